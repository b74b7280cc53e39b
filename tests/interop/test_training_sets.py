"""Our training sets, of both forms, in the trainer of the real Ais; and going on with our models there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.scnt_tiff import write_scnt_tiff

pytestmark = [pytest.mark.interop, pytest.mark.timeout(3600)]


def boxes(depth: int = 1, jitter: int = 0, slab: bool = False) -> TrainingSet:
    """Bright discs on noise."""
    chance = np.random.default_rng(0)
    images = chance.normal(size=(12, 32, 32, depth + jitter)).astype(np.float32)
    y, x = np.mgrid[:32, :32]
    disc = (y - 16) ** 2 + (x - 16) ** 2 < 64
    labels = np.zeros((12, 32, 32), np.uint8)
    labels[:8, disc] = 1
    images[:8, disc] += 2
    if slab:
        all_slices = np.full(images.shape, 2, np.uint8)
        all_slices[..., images.shape[3] // 2] = labels
        labels = all_slices
    sources = [
        {"aisTomogramName": "t", "aisFeatureName": "Disc", "aisBoxCoordinateZ": i, "aisBoxCoordinateY": 20,
         "aisBoxCoordinateX": 30, "aisNegative": i >= 8}
        for i in range(12)
    ]  # fmt: skip
    return TrainingSet(images, labels, 7.84, GLOBAL_MAD, ["Disc"], jitter, sources)


def train(ais: Any, folder: Path, data: Path, name: str, *more: object) -> Any:
    options = ("-t", data, "-ou", folder, "-gpu", "-1", "-e", 1, "-b", 4, "-c", 1, "-name", name)
    ais.run("train", *options, *more, folder=folder)
    return open_file(folder / f"{name}.scnm")


@pytest.mark.parametrize("form", ["tar", "tiff", "slab", "margin"])
def test_ais_trains_on_ours(ais: Any, tmp_path: Path, form: str) -> None:
    data = boxes(16, 16, slab=True) if form == "slab" else boxes()
    if form == "margin":  # for Ais larger boxes, whose rim is to be ignored
        data.labels[:, :8] = data.labels[:, -8:] = data.labels[:, :, :8] = data.labels[:, :, -8:] = 2
        data.margin = 8
    path = tmp_path / "ours.scnt"
    if form == "tiff":
        write_scnt_tiff(data, path)
    else:
        data.save(path)
    model = train(ais, tmp_path, path, form, "-a", "ezm-3d-M" if form == "slab" else "UNet S")
    print(f"\n{form}: loss after one epoch {model.info.loss:.4f}, {model.info}")
    assert 0 < model.info.loss < 5
    assert (model.info.box_size, model.info.depth, model.info.voxel_size) == (32, data.depth, 7.84)
    assert model.info.normalization == (None if form == "tiff" else GLOBAL_MAD)


def test_ais_goes_on_with_our_model(ais: Any, tmp_path: Path) -> None:
    from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
    from ais_jupyter.core.files.scnm import write_scnm
    from ais_jupyter.core.learning.model import SegmentationModel

    network = SegmentationModel("VGGNet double").build(32).network
    assert network is not None
    info = ModelInfo("ours", "VGGNet double", voxel_size=7.84, box_size=32)
    optimizer = {"adam/iteration": np.array(7)}
    write_scnm(StoredModel(info, network, optimizer=optimizer), tmp_path / "ours.scnm")
    path = boxes().save(tmp_path / "ours.scnt")
    model = train(ais, tmp_path, path, "on", "-m", tmp_path / "ours.scnm")
    assert model.info.architecture == "VGGNet M"
    moved = [abs(a.weights[0] - b.weights[0]).max() for a, b in zip(network.layers, model.network.layers) if a.weights]
    # Two batches of Adam at 1e-3 move no weight further than about 1e-2: it went on from ours and did not begin anew.
    print("\nlargest change per layer:", np.round(moved, 5))
    assert 0 < max(moved) < 0.02
