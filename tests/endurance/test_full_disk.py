"""The disk fills up at any write: an error for people, what was there stays whole, and later all goes well."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import mrcfile
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.replay import recover
from ais_jupyter.core.safekeeping.unsaved_work import list_recoverable
from tests.endurance.full_disk import FullDisk

sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))
from brightness import brightness_model

#: Positions that are tried of each kind of work; all of them where it has fewer writes.
TRIED = 12


def painted(rows=(3, 7)):
    annotated = ais.AnnotatedTomogram(ais.Tomogram(np.zeros((4, 64, 64), np.float32), 10.0, name="cell"))
    feature = annotated.add_feature("A")
    for z in range(4):
        feature.edit_mask(z, Region(*rows, 0, 64), np.ones((rows[1] - rows[0], 64)))
    feature.add_box(1, 20, 20)
    return annotated


def training_set(value=0.0):
    rng = np.random.default_rng(0)
    images = rng.normal(value, 1, (12, 32, 32, 1)).astype(np.float32)
    return ais.TrainingSet(images, np.zeros(images.shape[:3], np.uint8), 10.0, "global_mad", ["A"])


SAVED = {
    "a.scns": (painted, lambda: painted((10, 20))),
    "a.scnm": (brightness_model, lambda: brightness_model("Other", bias=-1.0)),
    "a.scnmgroup": (
        lambda: ais.ModelGroup([brightness_model()]),
        lambda: ais.ModelGroup([brightness_model(bias=-1.0), brightness_model("B")]),
    ),
    "a.scnt": (training_set, lambda: training_set(3.0)),
}


def positions(writes: int, name: str) -> list[int]:
    assert writes > 0, "nothing was written through the shim"
    rng = random.Random(name)
    return sorted(rng.sample(range(writes), min(TRIED, writes)))


@pytest.mark.parametrize("name", SAVED)
def test_a_file_that_cannot_be_replaced_stays(name, tmp_path):
    path = tmp_path / name
    first, second = SAVED[name]
    first().save(path)
    before = path.read_bytes()
    counting = FullDisk(None)
    with counting.used():
        second().save(tmp_path / f"b{path.suffix}")
    (tmp_path / f"b{path.suffix}").unlink()
    for place in positions(counting.writes, name):
        changed = second()
        with FullDisk(place).used(), pytest.raises(AisError, match=r"full|space"):
            changed.save(path, overwrite=True)
        assert path.read_bytes() == before
        assert [one.name for one in tmp_path.iterdir()] == [name]
    changed.save(path, overwrite=True)
    assert ais.open(path) is not None
    assert path.read_bytes() != before


def day(disk):
    """Paint twenty strokes on a disk, and one more when there is room again."""
    annotated = ais.AnnotatedTomogram(ais.Tomogram(np.zeros((4, 64, 64), np.float32), 10.0, name="cell"))
    document = Document.of(annotated)
    with disk.used():
        feature = annotated.add_feature("A")
        for row in range(20):
            feature.edit_mask(row % 4, Region(row, row + 1, 0, 64), np.ones((1, 64)))
        said = document.autosave_error
    feature.edit_mask(0, Region(40, 41, 0, 64), np.ones((1, 64)))
    return document, said


def test_painting_continues_and_is_recovered_whole_when_there_is_room_again(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    counting = FullDisk(None)
    day(counting)[0].discard()
    for place in positions(counting.writes, "painting"):
        document, said = day(FullDisk(place))
        assert "could not be autosaved" in said
        assert document.autosave_error is None
        document.close()
        (entry,) = list_recoverable()
        again = recover(entry)
        assert sum(int(mask.sum()) for mask in again.annotated.feature("A").masks.values()) == 21 * 64
        again.discard()
        assert list_recoverable() == []


def test_one_segmentation_that_finds_no_room_leaves_nothing_and_is_made_later(tmp_path):
    path, out = tmp_path / "t.mrc", tmp_path / "out"
    with mrcfile.new(path, np.random.default_rng(0).normal(100, 10, (6, 64, 64)).astype(np.float32)) as file:
        file.voxel_size = 10.0
    counting = FullDisk(None)
    with counting.used():
        (outcome,) = ais.segment(brightness_model(), path, out).result()
    whole = outcome.outputs[0].read_bytes()
    outcome.outputs[0].unlink()
    for place in positions(counting.writes, "segment"):
        with FullDisk(place).used():
            (outcome,) = ais.segment(brightness_model(), path, out).result()
        assert outcome.state == "failed"
        assert isinstance(outcome.error, AisError)
        assert list(out.iterdir()) == []
    (outcome,) = ais.segment(brightness_model(), path, out).result()
    assert outcome.outputs[0].read_bytes() == whole
