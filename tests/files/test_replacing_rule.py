"""Saving never replaces what was not read, nor a file of another kind: for every kind of object and of file."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import mrcfile
import numpy as np
import pytest
import tifffile

import ais_jupyter as ais
from ais_jupyter.core.data.errors import FileWriteError, InputError
from ais_jupyter.core.data.feature_library import FeatureLibrary, LibraryFeature
from ais_jupyter.core.data.surface import Surface


def annotated(title="A"):
    made = ais.AnnotatedTomogram(ais.Tomogram(np.zeros((3, 8, 10), np.float32), 10.0, name="t"))
    made.add_feature(title).add_box(1, 2, 3)
    return made


def training_set():
    return ais.TrainingSet(np.zeros((2, 8, 8, 1)), np.ones((2, 8, 8)), 10.0)


def model():
    return ais.SegmentationModel("UNet S", "A").build(32)


OBJECTS = {
    "annotations": (annotated, ".scns"),
    "training set": (training_set, ".scnt"),
    "model": (model, ".scnm"),
    "group": (lambda: ais.ModelGroup([model()]), ".scnmgroup"),
    "picks": (lambda: ais.Picks([[1, 2, 3]], "t"), ".star"),
    "library": (lambda: FeatureLibrary({"a": [LibraryFeature("x")]}, "a"), ".txt"),
    "surface": (lambda: Surface(np.eye(3), np.array([[0, 1, 2]]), np.eye(3)), ".obj"),
}


@pytest.fixture(params=list(OBJECTS))
def kind(request):
    return request.param


def test_a_file_that_was_not_read_is_not_replaced(kind, tmp_path):
    make, suffix = OBJECTS[kind]
    path = make().save(tmp_path / f"a{suffix}")
    before = path.read_bytes()
    with pytest.raises(InputError, match="already exists"):
        make().save(path)
    assert path.read_bytes() == before
    if kind != "surface":
        make().save(path, overwrite=True)


def test_its_own_file_is_replaced_until_another_changes_it(kind, tmp_path):
    make, suffix = OBJECTS[kind]
    mine = make()
    path = mine.save(tmp_path / f"a{suffix}")
    mine.save(path)
    if kind != "surface":
        opened = ais.open(path)
        opened.save(path)
        assert ais.open(path) is not None
    mine = make()
    mine.save(tmp_path / f"b{suffix}")
    content = (tmp_path / f"b{suffix}").read_bytes()
    (tmp_path / f"b{suffix}").write_bytes(content)
    os.utime(tmp_path / f"b{suffix}", (1e9, 1e9))
    with pytest.raises(InputError, match="another program has changed"):
        mine.save(tmp_path / f"b{suffix}")


def foreign_files(folder: Path) -> list[Path]:
    with mrcfile.new(folder / "t.mrc") as file:
        file.set_data(np.zeros((3, 8, 10), np.float32))
    (folder / "t.mrc.gz").write_bytes(gzip.compress((folder / "t.mrc").read_bytes()))
    tifffile.imwrite(folder / "t.tif", np.zeros((3, 8, 10), np.uint8), photometric="minisblack")
    made = [make().save(folder / f"{i}{suffix}") for i, (make, suffix) in enumerate(OBJECTS.values())]
    return [folder / "t.mrc", folder / "t.mrc.gz", folder / "t.tif", *made[:-1]]


def test_a_file_of_another_kind_is_never_replaced(kind, tmp_path):
    make, suffix = OBJECTS[kind]
    for path in foreign_files(tmp_path):
        if path.suffix == suffix:
            continue
        before = path.read_bytes()
        with pytest.raises((InputError, FileWriteError), match="not replaced|extension|obj"):
            make().save(path, overwrite=True)
        assert path.read_bytes() == before


def test_yesterdays_annotations_are_kept(tmp_path):
    with mrcfile.new(tmp_path / "t.mrc") as file:
        file.set_data(np.zeros((3, 8, 10), np.float32))
    monday = ais.AnnotatedTomogram(ais.open(tmp_path / "t.mrc"))
    monday.add_feature("Monday").add_box(1, 2, 3)
    monday.save()
    tuesday = ais.AnnotatedTomogram(ais.open(tmp_path / "t.mrc"))
    tuesday.add_feature("Tuesday")
    with pytest.raises(InputError, match="already exists"):
        tuesday.save()
    assert [f.title for f in ais.open(tmp_path / "t.scns").features] == ["Monday"]
    opened = ais.open(tmp_path / "t.scns")
    opened.add_feature("Tuesday")
    opened.save()
    assert [f.title for f in ais.open(tmp_path / "t.scns").features] == ["Monday", "Tuesday"]


def test_a_folder_is_no_place_to_write(tmp_path):
    with pytest.raises(InputError, match="folder"):
        annotated().save(tmp_path, overwrite=True)
