"""A session on real files: open, edit, lose, recover, save, open again."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.safekeeping.unsaved_work import list_recoverable
from ais_jupyter.core.session import Session


@pytest.fixture
def tomogram_file(tmp_path):
    mrcfile = pytest.importorskip("mrcfile")
    path = tmp_path / "tomo.mrc"
    with mrcfile.new(path) as file:
        file.set_data(np.random.default_rng(0).normal(size=(6, 20, 30)).astype(np.float32))
        file.voxel_size = 12.5
    return path


def test_edit_lose_recover_save_open(tomogram_file, tmp_path):
    session = Session()
    document = session.open(tomogram_file)
    feature = document.annotated.add_feature("Ribosome", box_size=64)
    feature.set_mask(2, np.eye(20, 30))
    feature.add_box(2, 5, 6)
    first = document.save()
    assert first == tmp_path / "tomo.scns"
    feature.set_mask(3, np.ones((20, 30)))
    uid = document.annotated.uid
    del session, document, feature
    gc.collect()

    session = Session()
    opened = session.open(first)
    assert opened.annotated.feature("Ribosome").annotated_slices == [2]
    (entry,) = session.recoverable()
    assert (entry.tomogram, entry.annotations) == (tomogram_file, first)
    document = session.recover(entry)
    assert session.documents == [document]
    assert document.annotated.uid == uid
    assert document.unsaved
    assert document.annotated.tomogram.voxel_size[2] == pytest.approx(12.5)
    assert document.save() == first
    assert list_recoverable() == []
    again = ais.open(first).feature("Ribosome")
    assert again.annotated_slices == [2, 3]
    assert (again.boxes, again.box_size) == ([(2, 5, 6)], 64)


def test_the_twin_file_is_activated_and_not_overwritten(tomogram_file):
    session = Session()
    document = session.open(tomogram_file)
    document.annotated.add_feature("A")
    saved = document.save()
    assert session.open(saved) is document
    session.close(document)
    fresh = session.open(tomogram_file)
    assert fresh is not document
    fresh.annotated.add_feature("B")
    with pytest.raises(InputError, match="already exists"):
        fresh.save()
    assert [f.title for f in ais.open(saved).features] == ["A"]


def test_what_is_no_tomogram_is_told(tmp_path):
    path = tmp_path / "set.txt"
    path.write_text("nothing")
    session = Session()
    with pytest.raises(AisError):
        session.open(path)
    assert session.documents == []


def test_samples_survive_edit_and_recovery(shared):
    opened = 0
    for path in sorted((shared / "samples" / "scns").glob("*.scns")):
        session = Session()
        try:
            document = session.open(path)
        except AisError:
            continue
        before = {f.uid: (f.settings(), f.boxes, f.masks) for f in document.annotated.features}
        available = document.annotated.tomogram.available
        document.annotated.add_feature("New")
        assert document.autosave_error is None, path.name
        del session, document
        gc.collect()
        (entry,) = list_recoverable()
        session = Session()
        found = session.recover(entry)
        session.undo()
        assert found.annotated.tomogram.available == available, path.name
        assert {f.uid for f in found.annotated.features} == set(before)
        for feature in found.annotated.features:
            settings, boxes, masks = before[feature.uid]
            assert (feature.settings(), feature.boxes) == (settings, boxes)
            assert all(np.array_equal(mask, feature.mask(z)) for z, mask in masks.items())
        session.close(found, discard_changes=True)
        opened += 1
    assert opened >= 6


def _volume(path, value):
    mrcfile = pytest.importorskip("mrcfile")
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(np.full((3, 8, 10), value, np.float32))
    return path


def _tiff(path, value):
    import tifffile

    tifffile.imwrite(path, np.full((3, 8, 10), value, np.float32), photometric="minisblack")
    return path


@pytest.mark.parametrize("other", ["TS_01.rec", "ts_01.mrc", "TS_01.tif", "TS_01.map"])
def test_files_of_one_stem_are_different_tomograms(tmp_path, other):
    session = Session()
    first = session.open(_volume(tmp_path / "TS_01.mrc", 1.0))
    write = _tiff if other.endswith(".tif") else _volume
    second = session.open(write(tmp_path / other, 2.0))
    assert first is not second
    assert [d.annotated.tomogram.slice(0).mean() for d in session.documents] == [1.0, 2.0]
    session.close(first)
    session.close(second)
    assert Session().open(tmp_path / other).annotated.tomogram.slice(0).mean() == 2.0


def test_a_file_is_the_same_through_a_link_and_from_another_folder(tmp_path, monkeypatch):
    path = _volume(tmp_path / "TS_01.mrc", 1.0)
    (tmp_path / "link.mrc").symlink_to(path)
    session = Session()
    document = session.open(path)
    assert session.open(tmp_path / "link.mrc") is document
    monkeypatch.chdir(tmp_path)
    assert session.open("TS_01.mrc") is document
    assert len(session.documents) == 1


def test_annotations_take_the_place_of_their_unchanged_tomogram(tmp_path):
    path = _volume(tmp_path / "TS_01.mrc", 1.0)
    session = Session()
    document = session.open(path)
    document.annotated.add_feature("A").add_box(1, 2, 3)
    saved = document.save(tmp_path / "elsewhere.scns")
    session.close(document)
    session.open(_volume(tmp_path / "first.mrc", 3.0))
    session.open(path)
    opened = session.open(saved)
    assert session.documents[1] is opened
    assert len(session.documents) == 2
    assert opened.annotated.feature("A").boxes == [(1, 2, 3)]


def test_a_closed_window_hands_its_unsaved_work_to_the_next(tomogram_file):
    first = Session()
    document = first.open(tomogram_file)
    document.annotated.add_feature("A").add_box(1, 2, 3)
    first.close_all()
    second = Session()
    fresh = second.open(tomogram_file)
    assert fresh is not document
    (entry,) = second.recoverable()
    recovered = second.recover(entry)
    assert recovered.annotated.feature("A").boxes == [(1, 2, 3)]
    assert second.documents == [recovered]
