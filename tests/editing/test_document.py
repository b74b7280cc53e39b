"""Steps, undo, redo, unsaved marker and saving."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document


@pytest.fixture
def saved_names(monkeypatch):
    """Let annotations be saved without a file format: only the name is written."""
    monkeypatch.setitem(storage._writers, AnnotatedTomogram, lambda annotated, path: path.write_text(annotated.name))
    monkeypatch.setattr(storage, "_provider", None)


def stroke(feature, z=1, y=3):
    feature.edit_mask(z, Region(y, y + 2, 4, 8), np.ones((2, 4)))


def test_changes_made_anywhere_are_steps(annotated):
    document = Document.of(annotated)
    assert Document.of(annotated) is document
    feature = annotated.add_feature("A")
    stroke(feature)
    feature.add_box(2, 5, 6)
    feature.title = "B"
    assert [document.undo().name for _ in range(4)] == ["Rename feature", "Add box", "Change mask", "Add feature"]
    assert annotated.features == []
    assert document.undo() is None
    for _ in range(4):
        document.redo()
    assert annotated.features == [feature]
    assert (feature.title, feature.boxes, feature.mask(1).sum()) == ("B", [(2, 5, 6)], 8)
    assert document.redo() is None


def test_a_step_over_slices_and_features_undoes_as_one(annotated):
    document = Document.of(annotated)
    first, second = annotated.add_feature("A"), annotated.add_feature("B")
    with document.step("Copy"):
        stroke(first, 0)
        stroke(second, 1)
        with document.step("Box"):
            second.add_box(1, 1, 1)
    step = document.undo()
    assert (step.name, step.z) == ("Copy", 0)
    assert (first.mask(0), second.mask(1), second.boxes) == (None, None, [])


def test_an_error_inside_a_step_takes_it_back(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")

    def fail():
        with document.step("Broken"):
            stroke(feature)
            feature.add_box(99, 0, 0)

    with pytest.raises(InputError):
        fail()
    assert feature.mask(1) is None
    assert document.history.undo_name == "Add feature"


def test_tool_settings_are_no_steps(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    stroke(feature)
    feature.brush_radius = 7
    feature.alpha = 0.5
    assert document.undo().name == "Change mask"
    assert (feature.brush_radius, feature.alpha) == (7, 0.5)


def test_a_dragged_colour_is_one_step(annotated):
    feature = annotated.add_feature("A", color=(0, 0, 0))
    document = Document.of(annotated)
    stroke(feature)
    for value in np.linspace(0.1, 1, 10):
        feature.color = (value, 0, 0)
    assert document.undo().name == "Change colour"
    assert feature.color == (0, 0, 0)
    assert document.undo().name == "Change mask"


def test_a_deleted_feature_comes_back_with_everything(annotated):
    document = Document.of(annotated)
    first, second = annotated.add_feature("A"), annotated.add_feature("B")
    stroke(first)
    annotated.remove_feature("A")
    assert document.undo().name == "Delete feature"
    assert annotated.features == [first, second]
    stroke(first, y=9)
    assert document.undo().name == "Change mask"
    assert first.mask(1).sum() == 8


def test_many_steps_are_kept_and_memory_is_bounded(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    for i in range(300):
        feature.edit_mask(i % 5, Region(i % 19, i % 19 + 1, 0, 30), np.full((1, 30), (i // 95) % 2 == 0))
    undone = 0
    while document.undo():
        undone += 1
    assert undone >= 190
    assert annotated.features == []
    document.history.max_bytes = 5000
    feature = annotated.add_feature("B")
    for i in range(100):
        feature.add_box(0, i, i)
    assert 1 < len(document.history) < 30


def test_what_was_drawn_before_and_is_in_no_file_is_unsaved(annotated, tmp_path, state_folder):
    stroke(annotated.add_feature("A"))
    document = Document.of(annotated)
    assert document.unsaved
    document.save(tmp_path / "a.scns")
    assert not document.unsaved
    document.close()
    assert not Document.of(annotated).unsaved


def test_unsaved_follows_save_undo_and_redo(annotated, saved_names, tmp_path, state_folder):
    document = Document.of(annotated)
    assert not document.unsaved
    stroke(annotated.add_feature("A"))
    assert document.unsaved
    assert len(list((state_folder / "recovery").glob("*.journal"))) == 1
    document.save(tmp_path / "a.scns")
    assert not document.unsaved
    assert list((state_folder / "recovery").iterdir()) == []
    document.undo()
    assert document.unsaved
    document.redo()
    assert not document.unsaved


def test_saving_does_not_replace_a_file_of_others(saved_names, tmp_path):
    (tmp_path / "t.scns").write_text("the work of last week")
    annotated = AnnotatedTomogram(Tomogram(np.zeros((2, 4, 4)), name="t", path=tmp_path / "t.mrc"))
    document = Document.of(annotated)
    with pytest.raises(InputError, match="already exists"):
        document.save()
    assert (tmp_path / "t.scns").read_text() == "the work of last week"
    assert document.save(tmp_path / "u.scns") == tmp_path / "u.scns"
    document.save()
    document.save(tmp_path / "t.scns", overwrite=True)
    assert (tmp_path / "t.scns").read_text() == "t"


def test_saving_does_not_replace_what_another_program_wrote(saved_names, tmp_path):
    annotated = AnnotatedTomogram(Tomogram(np.zeros((2, 4, 4)), name="t", path=tmp_path / "t.mrc"))
    document = Document.of(annotated)
    annotated.add_feature("A")
    path = document.save()
    document.save()
    path.write_text("the work of a colleague")
    annotated.add_feature("B")
    with pytest.raises(InputError, match="another program"):
        document.save()
    assert path.read_text() == "the work of a colleague"
    document.save(overwrite=True)
    assert path.read_text() == "t"


def test_saving_from_a_script_counts(annotated, saved_names, tmp_path, state_folder):
    document = Document.of(annotated)
    annotated.add_feature("A")
    annotated.save(tmp_path / "a.scns")
    assert not document.unsaved
    assert list((state_folder / "recovery").iterdir()) == []


def test_a_full_disk_is_told_and_painting_goes_on(annotated, monkeypatch, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(blocker))
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    assert "could not be autosaved" in document.autosave_error
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "good"))
    stroke(feature)
    assert document.autosave_error is None
    assert len(list((tmp_path / "good/.ais_jupyter/recovery").glob("*.journal"))) == 1


def test_a_new_step_ends_what_could_be_redone(annotated):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    stroke(feature)
    document.undo()
    feature.add_box(1, 2, 3)
    assert document.redo() is None
    assert document.history.redo_name is None
    assert feature.mask(1) is None
