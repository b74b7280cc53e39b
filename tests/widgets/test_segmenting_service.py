"""The export stage as the browser asks for it: queue, region, results, scores."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from asking import answer_now

from ais_jupyter.widgets import Segmenter
from ais_jupyter.widgets.list_changes import ListChanges
from ais_jupyter.widgets.segmenting_service import PAUSE

sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))
from brightness import brightness_model

SHAPE = (6, 40, 48)


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_STATE", str(tmp_path / "state"))
    values = np.random.default_rng(0).normal(100, 10, SHAPE).astype(np.float32)
    for name, data in (("cell", values), ("truth", (values > 105).astype(np.float32))):
        with mrcfile.new(tmp_path / f"{name}.mrc", data) as file:
            file.voxel_size = 10.0
    widget = Segmenter(tmp_path / "cell.mrc", models=brightness_model(bias=-2.0))
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))

    def ask(kind, **content):
        answer_now(widget, kind, content)
        return next((c, b) for c, b in reversed(sent) if c.get("id") == "q")

    def finish():
        until = time.monotonic() + 60
        while any(e["status"]["state"] in ("waiting", "running") for e in ask("exports")[0]["exports"]):
            assert time.monotonic() < until
            time.sleep(0.02)
        return ask("exports")[0]["exports"]

    ask.widget, ask.sent, ask.folder, ask.finish = widget, sent, tmp_path, finish
    ask.tomogram = widget.annotated[0].uid
    ask.models = [opened.uid for opened in widget.session.models]
    yield ask
    widget.close()


OPTIONS = {
    "tta": 1, "tiled": False, "overlap": 0.2, "trim_edges": False, "sigma": 0.0, "folder": "", "overwrite": False,
}  # fmt: skip


def export(page, **content):
    return page("export", **{**OPTIONS, "files": "", "models": page.models, "tomograms": [page.tomogram], **content})[0]


def test_results_go_beside_the_tomogram_and_are_told(page):
    assert page("exports")[0]["folder"] == str(page.folder / "segmented")
    assert export(page)["added"] == 1
    (entry,) = page.finish()
    assert (entry["tomogram"], entry["status"]["state"]) == (page.tomogram, "done")
    assert [Path(o["path"]).name for o in entry["outputs"]] == ["cell__Bright.mrc"]
    time.sleep(2 * PAUSE)  # what happens in a burst is announced once, at its end
    told = [content for content, _ in page.sent if content.get("event") == "exports"]
    assert told[-1]["changed"][0]["status"]["state"] == "done"
    assert told[0]["order"] == [entry["uid"]]


def told_bytes(page, n):
    """Bytes of all reports while `n` tomograms are segmented."""
    folder = page.folder / f"many{n}"
    folder.mkdir()
    for i in range(n):
        (folder / f"t{i}.mrc").write_bytes((page.folder / "small.mrc").read_bytes())
    page.sent.clear()
    export(page, tomograms=[], files=str(folder), folder=str(folder / "out"))
    page.finish()
    time.sleep(2 * PAUSE)
    return sum(len(json.dumps(content)) for content, _ in page.sent if content.get("event") == "exports")


def test_reports_grow_with_the_queue_and_not_with_its_square(page):
    with mrcfile.new(
        page.folder / "small.mrc", np.zeros((1, 32, 32), np.float32) + np.arange(32, dtype=np.float32)
    ) as file:
        file.voxel_size = 10.0
    few = told_bytes(page, 20)
    page("export_clear")
    many = told_bytes(page, 120)
    assert 0 < many < 9 * few  # a report of all entries each time: 36 times


def test_only_what_differs_is_told():
    described = []

    def describe(entry):
        described.append(entry)
        return {"value": entry[0]}

    changes = ListChanges(describe)
    a, b, c = ["a"], ["b"], ["c"]
    assert changes.news({"1": a, "2": b}) == ([{"value": "a"}, {"value": "b"}], ["1", "2"])
    assert changes.news({"1": a, "2": b}) == ([], None)
    b[0] = "B"
    assert changes.news({"1": a, "2": b}) == ([], None)  # nobody has said so
    changes.touch("2")
    changes.touch("1")
    assert changes.news({"1": a, "2": b}) == ([{"value": "B"}], None)
    assert changes.news({"2": b, "3": c}) == ([{"value": "c"}], ["2", "3"])
    assert changes.news({"3": c, "2": b}) == ([], ["3", "2"])
    described.clear()
    changes.touch()
    c[0] = "C"
    assert changes.news({"3": c, "2": b}) == ([{"value": "C"}], None)
    assert len(described) == 2


def test_region_and_slices_limit_what_is_written(page):
    page("region", tomogram=page.tomogram, region=[4, 20, 8, 30], z_range=[2, 5])
    info = page("open")[0]["tomograms"][0]
    assert (info["region"], info["z_range"]) == ([4, 20, 8, 30], [2, 5])
    export(page)
    (entry,) = page.finish()
    levels = mrcfile.read(entry["outputs"][0]["path"])
    assert levels.shape == SHAPE
    inside = np.zeros(SHAPE, bool)
    inside[2:5, 4:20, 8:30] = True
    assert levels[inside].max() > 200
    assert not levels[~inside].any()
    page("region", tomogram=page.tomogram, region=None, z_range=None)
    assert page("open")[0]["tomograms"][0]["region"] == [0, 40, 0, 48]


@pytest.mark.parametrize(("axis", "index"), [("z", 3), ("y", 7), ("x", 11)])
def test_planes_of_a_result_lie_over_those_of_its_tomogram(page, axis, index):
    export(page)
    path = page.finish()[0]["outputs"][0]["path"]
    content, buffers = page("result_slice", path=path, axis=axis, index=index)
    plane = np.frombuffer(buffers[0], np.uint8).reshape(content["height"], content["width"])
    stored = np.take(mrcfile.read(path), index, axis="zyx".index(axis))
    assert np.array_equal(plane, stored.T if axis == "x" else stored)
    shown, pixels = page("slice", tomogram=page.tomogram, axis=axis, index=index, precision="float32")
    assert (shown["height"], shown["width"]) == plane.shape
    grey = np.frombuffer(pixels[0], np.float32).reshape(plane.shape)
    assert grey[plane > 128].min() > grey[plane < 128].max()


def test_only_results_of_the_list_are_read(page):
    answer, _ = page("result_slice", path=str(page.folder / "cell.mrc"), axis="z", index=0)
    assert "no result of this list" in answer["error"]["message"]


def test_scores_are_those_of_evaluate_and_are_kept(page):
    import ais_jupyter as ais

    export(page)
    path = page.finish()[0]["outputs"][0]["path"]
    truth = str(page.folder / "truth.mrc")
    scores, _ = page("score", path=path, truth=truth, threshold=0.5, ignore=[2])
    expected = ais.evaluate(path, truth, ignore=[2])
    assert scores["dice"] == expected.dice  # whole: what the page rounds must not be rounded before
    assert scores["best_dice"] == expected.best_dice
    assert len(scores["curve"]) == 256
    assert [z for z, _ in scores["per_slice"]] == [0, 1, 3, 4, 5]
    assert scores["region"] is None
    assert page("exports")[0]["exports"][0]["outputs"][0]["scores"]["dice"] == scores["dice"]


def test_scores_are_of_what_was_segmented_and_say_so(page):
    import ais_jupyter as ais

    page("region", tomogram=page.tomogram, region=[4, 20, 8, 30], z_range=[2, 5])
    export(page)
    path = page.finish()[0]["outputs"][0]["path"]
    scores, _ = page("score", path=path, truth=str(page.folder / "truth.mrc"), threshold=0.5)
    assert [z for z, _ in scores["per_slice"]] == [2, 3, 4]
    assert list(scores["region"]) == [4, 20, 8, 30]
    part = (slice(2, 5), slice(4, 20), slice(8, 30))
    levels, truth = mrcfile.read(path)[part], mrcfile.read(page.folder / "truth.mrc")[part]
    assert scores["dice"] == ais.evaluate(levels, truth).dice


def test_more_tomograms_come_from_a_wildcard(page):
    answer, _ = page("export", **OPTIONS, models=page.models, tomograms=[], files=str(page.folder / "*.mrc"))
    assert answer["added"] == 2
    assert sorted(entry["name"] for entry in page.finish()) == ["cell.mrc", "truth.mrc"]
    answer, _ = page("export", **OPTIONS, models=page.models, tomograms=[], files=str(page.folder / "none*.mrc"))
    assert "no files found" in answer["error"]["message"]


def test_a_missing_tomogram_is_refused_before_anything_is_queued(page):
    page.widget.annotated[0].tomogram.data = None
    if page.widget.annotated[0].tomogram.available:
        pytest.fail("the tomogram still counts as there")
    assert "missing" in export(page)["error"]["message"]
    assert page("exports")[0]["exports"] == []
