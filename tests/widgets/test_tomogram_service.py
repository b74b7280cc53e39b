"""Open, close, save, relink, pixel size and recovery, as the browser asks for them."""

from __future__ import annotations

import tracemalloc

import mrcfile
import numpy as np
import pytest
from asking import answer_now

import ais_jupyter as ais
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.files.mrc_header import Placement, make_header
from ais_jupyter.widgets import Annotator
from ais_jupyter.widgets.slice_service import display_limits


def write_tomogram(path, value=0.0, shape=(4, 20, 24)):
    with mrcfile.new(path, np.full(shape, value, np.float32)) as file:
        file.voxel_size = 10.0
    return path


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "home"))
    annotator = Annotator([write_tomogram(tmp_path / "one.mrc"), write_tomogram(tmp_path / "two.mrc", 1.0)])
    sent = []
    annotator.send = lambda content, buffers=None: sent.append((content, buffers))

    def ask(kind, tomogram=0, **content):
        uid = annotator.annotated[tomogram].uid if annotator.annotated else None
        answer_now(annotator, kind, content, tomogram=uid)
        return next(c for c, _ in reversed(sent) if c.get("id") == "q")

    ask.annotator, ask.sent, ask.folder = annotator, sent, tmp_path
    yield ask
    annotator.close()


def test_listing_tells_what_the_browser_shows(page):
    page.annotator.annotated[0].add_feature("A", color=(1, 0, 0)).add_box(1, 5, 5)
    one, two = page("open")["tomograms"]
    assert (one["name"], one["shape"], one["voxel_size"]) == ("one", [4, 20, 24], [10.0, 10.0, 10.0])
    assert (one["colors"], one["unsaved"], two["unsaved"]) == ([[1.0, 0.0, 0.0]], True, False)


def test_save_and_open_again(page):
    page.annotator.annotated[0].add_feature("A").set_mask(2, np.ones((20, 24)))
    answer = page("save")
    assert not answer["info"]["unsaved"]
    again = ais.open(answer["path"])
    assert again.feature("A").mask(2).sum() == 20 * 24


def test_save_does_not_overwrite_what_is_not_its_own(page):
    (page.folder / "other.scns").write_bytes(b"something")
    page.annotator.annotated[0].add_feature("A")
    answer = page("save", path=str(page.folder / "other.scns"))
    assert "already exists" in answer["error"]["message"]
    assert (page.folder / "other.scns").read_bytes() == b"something"


def test_opening_and_closing(page):
    path = write_tomogram(page.folder / "three.mrc")
    uid = page("add", path=str(path))["tomogram"]
    assert [a.name for a in page.annotator.annotated] == ["one", "two", "three"]
    assert page("add", path=str(path))["tomogram"] == uid  # what is open already is only shown
    page.annotator.annotated[2].add_feature("A")
    assert "unsaved" in page("close", tomogram=2)["error"]["message"]
    page("close", tomogram=2, discard=True)
    assert [a.name for a in page.annotator.annotated] == ["one", "two"]


def test_opening_nonsense_is_reported(page):
    (page.folder / "text.mrc").write_text("no tomogram at all")
    assert page("add", path=str(page.folder / "text.mrc"))["error"]["message"]
    assert len(page.annotator.annotated) == 2


def test_relink_shows_the_other_voxels(page):
    page("relink", path=str(write_tomogram(page.folder / "copy.mrc", 7.0)))
    assert page("value", position=[1, 2, 3])["value"] == 7.0
    assert any(c.get("event") == "tomogram_replaced" for c, _ in page.sent)
    wrong = write_tomogram(page.folder / "wrong.mrc", shape=(5, 20, 24))
    assert "nothing changed" in page("relink", path=str(wrong))["error"]["message"]


def test_pixel_size(page):
    page("voxel_size", value=13.7)
    assert page.annotator.annotated[0].tomogram.pixel_size == 13.7
    assert "positive" in page("voxel_size", value=0)["error"]["message"]


def test_thumbnail_is_small(page):
    answer = page("thumbnail")
    assert (answer["height"], answer["width"]) == (20, 24)


def test_a_huge_slice_is_looked_at_without_being_read_into_memory(page):
    path, size = page.folder / "huge.mrc", 12_000
    header = make_header((1, size, size), np.dtype(np.float32), Placement((10.0, 10.0, 10.0)), (0.0, 1.0, 0.5, 0.1))
    with path.open("wb") as file:  # sparse: it takes no space on the disk
        file.write(header)
        file.truncate(len(header) + 4 * size * size)
    page("add", path=str(path))
    tracemalloc.start()
    try:
        display_limits(page.annotator.annotated[-1].tomogram)
        answer = page("thumbnail", tomogram=-1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (answer["height"], answer["width"]) == (64, 64)
    assert peak < 40e6  # the slice has 576 MB


def test_display_is_kept(page):
    page("display", contrast=[1, 5], slice=3, camera=[2, 3, 1.5], invert=True)
    page("display", camera=None, cursor=[7, 8])
    shown = {"contrast": [1, 5], "slice": 3, "invert": True, "cursor": [7, 8]}
    assert page("open")["tomograms"][0]["display"] == shown
    page("save")
    again = ais.open(page.folder / "one.scns").display
    assert (again["contrast"], again["slice"], again["invert"]) == ((1, 5), 3, True)


def test_annotations_beside_a_tomogram_are_offered(page):
    feature = page.annotator.annotated[0].add_feature("A")
    feature.add_box(1, 5, 5)
    page("save")
    page("close")
    page("add", path=str(page.folder / "one.mrc"))
    assert [d["name"] for d in page("open")["tomograms"]] == ["two", "one"]
    assert page("open")["tomograms"][1]["beside"] == str(page.folder / "one.scns")
    assert page("open")["tomograms"][0]["beside"] is None
    page.annotator.annotated[1].add_feature("B")
    assert "unsaved changes" in page("open_beside", tomogram=1)["error"]["message"]
    Document.of(page.annotator.annotated[1]).undo()
    assert "tomogram" in page("open_beside", tomogram=1)
    assert [f.title for f in page.annotator.annotated[1].features] == ["A"]
    assert page("open")["tomograms"][1]["beside"] is None
