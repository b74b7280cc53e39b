"""Damaged and random files end in our own error, soon, in little memory, and leave nothing behind."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import random
import resource
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.feature_library import FeatureLibrary, LibraryFeature
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import Interaction, ModelInfo, StoredGroup, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.files.scnt_tiff import write_scnt_tiff

CASES = 2000
LONGEST = 10  # seconds for one file
MOST_MEMORY = 1 << 20  # kilobytes

VOLUME = np.random.default_rng(0).normal(size=(3, 6, 7)).astype(np.float32)


def network() -> Network:
    kernel, bias = VOLUME.ravel()[:9].reshape(3, 3, 1, 1), np.zeros(1, np.float32)
    config = {"filters": 1, "kernel_size": [3, 3], "padding": "same", "activation": "sigmoid"}
    return Network(
        [
            Layer("input", "InputLayer", {"shape": [None, None, 1]}),
            Layer("c", "Conv2D", config, ["input"], [kernel, bias]),
        ],
        "c",
    )


def forest() -> Forest:
    asked = np.array([[0, 3], [19, 7]], np.int32)
    return Forest(FilterBank(depth=1), -0.5, asked, VOLUME[0, :2, :2].copy(), VOLUME[0, 2:4, :4].copy())


def make_files(folder: Path) -> dict[str, Path]:
    """One small sound file of every kind."""
    made = {kind: folder / name for kind, name in {
        "mrc": "a.mrc", "gz": "b.mrc.gz", "bz2": "c.mrc.bz2", "tiff": "a.tif", "tiff packed": "b.tif", "scns": "a.scns",
        "scnt tar": "a.scnt", "scnt tiff": "b.scnt", "scnm": "a.scnm", "scnm forest": "d.scnm", "scnm pair": "c.scnm",
        "group": "a.scnmgroup", "star": "a.star", "coordinates": "a.txt", "library": "b.txt",
    }.items()}  # fmt: skip
    write_mrc(made["mrc"], VOLUME, 10.0)
    made["gz"].write_bytes(gzip.compress(made["mrc"].read_bytes()))
    made["bz2"].write_bytes(bz2.compress(made["mrc"].read_bytes()))
    tifffile.imwrite(made["tiff"], VOLUME, photometric="minisblack")
    tifffile.imwrite(made["tiff packed"], VOLUME, photometric="minisblack", compression="zlib")
    annotated = AnnotatedTomogram(Tomogram(VOLUME, 10.0, name="a"))
    for title in ("Membrane", "Ribosome"):
        feature = annotated.add_feature(title)
        feature.set_mask(1, VOLUME[0] > 0)
        feature.add_box(2, 3, 4)
    annotated.save(made["scns"])
    boxes = TrainingSet(np.zeros((2, 4, 4, 1)), np.ones((2, 4, 4)), 10.0)
    boxes.save(made["scnt tar"])
    write_scnt_tiff(boxes, made["scnt tiff"])
    from ais_jupyter.core.data import storage

    model = StoredModel(ModelInfo("a", "UNet S"), network(), optimizer={"adam/iteration": np.array(3)})
    storage.save(model, made["scnm"])
    storage.save(StoredModel(ModelInfo("d", "Instant forest"), forest()), made["scnm forest"])
    made["scnm pair"].write_text(json.dumps({"title": "a", "apix": 1.0}))
    made["scnm pair"].with_name("c_weights.h5").write_bytes(b"own")
    storage.save(
        StoredGroup([model, StoredModel(ModelInfo("b", "Instant forest"), forest())], [Interaction("a", "b")]),
        made["group"],
    )
    Picks(VOLUME[0, :, :3], "a", 10.0, "b", VOLUME[0, :, :3]).save(made["star"])
    made["coordinates"].write_text("1\t2\t3\n4\t5\t6\n")
    FeatureLibrary({"a": [LibraryFeature("b")]}).save(made["library"])
    return made


KINDS = [
    "mrc", "gz", "bz2", "tiff", "tiff packed", "scns", "scnt tar", "scnt tiff", "scnm", "scnm forest", "scnm pair",
    "group", "star", "coordinates", "library",
]  # fmt: skip


def damaged(good: bytes, chance: random.Random) -> bytes:
    """Cut, flip bits, overwrite bytes with values that hurt, move pieces, or keep only the beginning."""
    way = chance.random()
    if way < 0.15:
        return good[: chance.randrange(len(good))]
    data = bytearray(good)
    if way < 0.25:
        keep = chance.choice([0, 2, 4, 8, 16, 64, 300, 1024])
        return bytes(data[:keep]) + chance.randbytes(chance.randrange(1, 3000))
    if way < 0.35:
        start, length, target = (chance.randrange(len(data)) for _ in range(3))
        data[target : target + length % 200] = data[start : start + length % 200]
        return bytes(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16, 64])):
        place = chance.randrange(len(data) if chance.random() < 0.5 else min(len(data), 1500))
        data[place] = data[place] ^ (1 << chance.randrange(8)) if way < 0.7 else chance.choice([0, 1, 127, 128, 255])
    return bytes(data)


@pytest.fixture
def no_hang() -> Iterator[None]:
    def too_long(*_: Any) -> None:
        raise TimeoutError("one file took too long")

    before = signal.signal(signal.SIGALRM, too_long)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def read_everything(path: Path) -> None:
    found = open_file(path)
    if isinstance(found, AnnotatedTomogram):
        found = found.tomogram
    if isinstance(found, Tomogram) and found.available and np.prod(found.shape[1:], dtype=object) < 1 << 24:
        found.slice(0)
        found.slice(found.shape[0] - 1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files(tmp_path: Path, kind: str, no_hang: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = make_files(tmp_path)[kind]
    check_damage(path, kind, CASES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["scns/legacy_ais_1.0.0.scns", "scns/minimal_p2.scns", "scns/sample_i8_withmap.scns", "scnm/LinearTest25D.scnm",
     "scnt/legacy_tiff_ais_1.0.0.scnt", "scnt/cli_32x32x1_7.84Apx_Ribosome.scnt", "tomo/sample_i8.mrc",
     "pick/out_filament/tomoA__Fil_coords.star", "config/feature_library_1.2.txt"],
)  # fmt: skip
def test_damaged_files_of_ais(
    shared: Path, tmp_path: Path, name: str, no_hang: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / Path(name).name
    path.write_bytes((shared / "samples" / name).read_bytes())
    check_damage(path, name, CASES // 10)


def check_damage(path: Path, kind: str, cases: int) -> None:
    read_everything(path)
    tmp_path = path.parent
    good, names, start = path.read_bytes(), sorted(os.listdir(tmp_path)), time.time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in range(cases):
            chance = random.Random(f"{kind} {case}")
            path.write_bytes(damaged(good, chance) if case % 20 else chance.randbytes(chance.randrange(4000)))
            signal.alarm(LONGEST)
            try:
                read_everything(path)
            except AisError:
                refused += 1
            except BaseException as error:
                raise AssertionError(f"case {case} ended in {error!r}") from error
            signal.alarm(0)
    assert refused > cases * 0.1
    assert sorted(os.listdir(tmp_path)) == names
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY
    assert time.time() - start < 120


def test_every_kind_of_file_is_tried(tmp_path: Path) -> None:
    made = make_files(tmp_path)
    assert list(made) == KINDS
    assert {kinds.identify(path) for path in made.values()} | {"group_json"} == set(kinds.DESCRIPTION)


def test_random_bytes_under_every_name(tmp_path: Path, no_hang: None) -> None:
    """Whatever the name says, random content is refused."""
    endings = (".mrc", ".mrc.gz", ".tif", ".scns", ".scnt", ".scnm", ".scnmgroup", ".star", ".txt")
    chance = random.Random(1)
    for case in range(CASES):
        path = tmp_path / f"a{endings[case % len(endings)]}"
        path.write_bytes(chance.randbytes(chance.randrange(5000)))
        signal.alarm(LONGEST)
        with pytest.raises(AisError):
            read_everything(path)
        path.unlink()
