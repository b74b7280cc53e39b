"""Particles as the browser asks for them: picking, adding, removing, undo, saving."""

from __future__ import annotations

import numpy as np
import pytest
from asking import answer_now

import ais_jupyter as ais
from ais_jupyter.core.files.mrc import write_mrc

SHAPE = (30, 60, 80)
SETTINGS = {"method": "centroids", "threshold": 128, "min_diameter": 0, "spacing": 50, "min_length": 300, "margin": 0}


@pytest.fixture
def page(tmp_path):
    grid = np.indices(SHAPE)
    levels = np.zeros(SHAPE)
    for place, height in (((15, 20, 20), 1.0), ((15, 40, 60), 0.6)):
        levels += height * (sum((g - c) ** 2 for g, c in zip(grid, place)) <= 36)
    write_mrc(tmp_path / "cell.mrc", np.zeros(SHAPE, np.float32), 10.0)
    (tmp_path / "segmented").mkdir()
    write_mrc(tmp_path / "segmented/cell__Ribosome.mrc", (255 * levels).astype(np.uint8), 10.0)
    write_mrc(tmp_path / "other__Ribosome.mrc", (255 * levels).astype(np.uint8), 10.0)
    widget = ais.Workspace(tmp_path / "cell.mrc")
    sent = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))
    tomogram = widget.annotated[0].uid

    def ask(kind, **content):
        answer_now(widget, kind, content, tomogram=tomogram)
        return next((c, b) for c, b in reversed(sent) if c.get("id") == "q")

    ask.widget, ask.sent, ask.folder = widget, sent, tmp_path
    ask.path = str(tmp_path / "segmented/cell__Ribosome.mrc")
    yield ask
    widget.close()


def places(answer):
    return np.frombuffer(answer[1][0], np.float32).reshape(-1, 3).tolist()


def test_a_window_for_picking_alone(page):
    window = ais.Picker(page.folder / "cell.mrc")
    assert window.stages == ["render"]
    window.close()


def test_segmentations_of_this_tomogram_are_found(page):
    assert page("segmentations")[0]["segmentations"] == [{"path": page.path, "title": "Ribosome"}]


def test_the_threshold_decides_and_python_sees_it(page):
    assert places(page("picks_find", path=page.path, **SETTINGS)) == [[15, 20, 20], [15, 40, 60]]
    answer = page("picks_find", path=page.path, **{**SETTINGS, "threshold": 200})
    assert places(answer) == [[15, 20, 20]]
    assert answer[0]["title"] == "Ribosome"
    assert page.widget.picks["cell"].positions.tolist() == [[15, 20, 20]]
    empty = page("picks_find", path=page.path, **{**SETTINGS, "min_diameter": 900})
    assert empty[0]["count"] == 0
    assert "none of 2 components" in empty[0]["note"]
    assert page.widget.picks == {}


def test_steps_are_taken_back_and_made_again(page):
    page("picks_find", path=page.path, **SETTINGS)
    page("picks_find", path=page.path, **{**SETTINGS, "threshold": 200})  # a slider: the same step
    added = page("pick_add", z=10.0, y=11.0, x=12.0)
    assert (added[0]["count"], added[0]["undo"], added[0]["redo"]) == (2, "Add pick", None)
    removed = page("pick_remove", z=15.0, y=21.0, x=20.0, reach=3.0)
    assert places(removed) == [[10, 11, 12]]
    assert page("pick_remove", z=0.0, y=0.0, x=0.0, reach=3.0)[0]["undo"] == "Remove pick"  # nothing is near
    assert places(page("picks_undo")) == [[15, 20, 20], [10, 11, 12]]
    assert page("picks_undo")[0]["redo"] == "Add pick"
    assert page("picks_undo")[0]["count"] == 0
    assert page("picks_undo")[0]["undo"] is None
    assert page("picks_redo")[0]["count"] == 1
    assert page("picks_redo")[0]["count"] == 2
    assert page("pick_add", z=1.0, y=1.0, x=1.0)[0]["redo"] is None


def test_every_change_is_announced(page):
    page("pick_add", z=10.0, y=11.0, x=12.0)
    event, buffers = next((c, b) for c, b in page.sent if c.get("event") == "picks")
    assert event["count"] == 1
    assert np.frombuffer(buffers[0], np.float32).tolist() == [10, 11, 12]


def test_saved_as_a_star_file_with_those_added_by_hand(page):
    page("picks_find", path=page.path, **SETTINGS)
    page("pick_add", z=1.0, y=2.0, x=3.0)
    proposed = page("picks")[0]["proposed"]
    assert proposed == str(page.folder / "cell__Ribosome_coords.star")
    assert page("picks_save", path=proposed)[0]["path"] == proposed
    found = ais.open(proposed)
    assert found.positions.tolist() == [[15, 20, 20], [15, 40, 60], [1, 2, 3]]
    assert found.columns["aisParticleSize"][2] == 0
    page("picks_undo")
    assert page("picks_save", path=proposed)[0]["error"]["offer"] == "overwrite"
    assert page("picks_save", path=proposed, overwrite=True)[0]["path"] == proposed
    assert len(ais.open(proposed)) == 2
    assert ".star" in page("picks_save", path=str(page.folder / "a.txt"))[0]["error"]["message"]


def test_places_and_volumes_that_do_not_fit(page):
    assert "inside the tomogram" in page("pick_add", z=10.0, y=11.0, x=80.0)[0]["error"]["message"]
    write_mrc(page.folder / "cell__Large.mrc", np.full((60, 120, 160), 255, np.uint8), 10.0)
    answer = page("picks_find", path=str(page.folder / "other__Ribosome.mrc"), **SETTINGS)
    assert "of the tomogram 'other'" in answer[0]["error"]["message"]
    answer = page("picks_find", path=str(page.folder / "cell__Large.mrc"), **SETTINGS)
    assert "not of the same tomogram" in answer[0]["error"]["message"]
    assert page("picks")[0]["count"] == 0


@pytest.mark.parametrize("method", ["blobs", "centroids", "filaments", "surface"])
def test_every_method_has_a_door(page, method):
    data = np.zeros(SHAPE, np.uint8)
    data[10:20, 20:30, 10:70] = 255
    path = page.folder / "cell__Rod.mrc"
    write_mrc(path, data, 10.0)
    answer = page("picks_find", path=str(path), **{**SETTINGS, "method": method})
    assert answer[0]["count"] > 0
