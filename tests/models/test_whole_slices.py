"""Whole slices of any size, for every architecture and engine."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from network_tools import random_images, random_model

from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.network_geometry import layer_shapes, view_along, view_of
from ais_jupyter.core.learning.architectures import architectures
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.inference import Inference
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.network_keras import network_from_keras
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.padding import padding_for

pytest.importorskip("openvino")

RAW = Statistic(0.0, 1.0)
TITLES = [entry.title for entry in architectures() if not entry.plugin and entry.plan is None]
#: Networks that take many seconds for a slice are tried on one size.
LARGE = {"ezm-2d", "ezm-2d-bxe", "ezm-2d-dice", "ezm-3d-M", "ezm-3d-L", "cryoPom-bxe", "cryoPom-comb", "cryoPom-dice"}
CASES = [(title, (96, 128)) for title in TITLES] + [
    (title, size) for title in TITLES if title not in LARGE for size in ((33, 70), (101, 67))
]
SLAB_DEPTH = 8


@cache
def network_of(title: str) -> tuple[Network, ModelInfo]:
    """Network with random weights, at a box of its own grid."""
    depth = SLAB_DEPTH if title.startswith("ezm-3d") else 1
    network = network_from_keras(random_model(title, depth))
    return network, ModelInfo(title, title, box_size=64, depth=depth)


@cache
def engine_of(title: str, kind: str) -> Any:
    return make_engine(network_of(title)[0], kind, "float32")


@pytest.mark.slow
@pytest.mark.parametrize(("title", "size"), CASES)
def test_every_architecture_takes_slices_of_any_size(title: str, size: tuple[int, int]) -> None:
    network, info = network_of(title)
    block = random_images(1, info.depth, *size)
    found = {}
    for kind in ("openvino", "keras"):
        inference = Inference(engine_of(title, kind), info, InferenceOptions())
        found[kind] = inference.middle_slices(block, 0.0, RAW)[0]
        assert found[kind].shape == size
    np.testing.assert_allclose(found["openvino"], found["keras"], atol=2e-4)
    view = view_of(network)
    if view.reach is None or inference.is_slab:
        return
    # the reference: the same grid, continued by reflection much further than anybody looks
    rows, cols = (padding_for(n, view) for n in size)
    step = view.grid * -(-max(view.reach, 64) // view.grid)
    far = [(before + step, after + step) for before, after in (rows, cols)]
    padded = np.pad(block, ((0, 0), (0, 0), *far), mode="reflect")
    reference = engine_of(title, "keras").predict(np.moveaxis(padded, 1, -1))[0]
    reference = reference[far[0][0] : far[0][0] + size[0], far[1][0] : far[1][0] + size[1]]
    same = [_undisturbed(n, sides, view.reach) for n, sides in zip(size, (rows, cols))]
    np.testing.assert_allclose(found["keras"][same[0], same[1]], reference[same[0], same[1]], atol=2e-4)


def _undisturbed(n: int, sides: tuple[int, int], reach: int) -> slice:
    """Pixels of a slice that see nothing beyond what it is padded with."""
    return slice(max(0, reach - sides[0]), max(0, n - max(0, reach - sides[1])))


@pytest.mark.parametrize("title", ["Pix2pix (2024)", "UNet S", "ezm-2d"])
def test_tiles_lie_on_the_networks_own_grid(title: str) -> None:
    info = ModelInfo(title, title, box_size=50, depth=1)  # as a file may say
    for kind in ("openvino", "keras"):
        inference = Inference(engine_of(title, kind), info, InferenceOptions(tiled=True))
        assert inference.middle_slices(random_images(1, 1, 60, 75), 0.0, RAW)[0].shape == (60, 75)


@pytest.mark.parametrize("title", TITLES)
def test_sizes_worked_out_are_those_of_keras(title: str) -> None:
    depth = SLAB_DEPTH if title.startswith("ezm-3d") else 2
    model = random_model(title, depth)
    network = network_from_keras(model)
    grid = view_of(network).grid
    shape = (2 * grid, 3 * grid, *network.input_shape[2:])
    shapes = layer_shapes(network, shape)
    assert shapes[network.output] == (*shape[:2], *shape[2:-1], 1) if len(shape) == 4 else (*shape[:2], 1)
    for layer in model.layers[1:]:
        built = tuple(layer.output.shape[1:])
        mine = shapes[layer.name]
        assert mine[-1] == built[-1]
        if model.input_shape[1] is not None:
            given = layer_shapes(network, tuple(model.input_shape[1:]))
            assert given[layer.name] == built
    if len(shape) == 4:
        assert SLAB_DEPTH % view_along(network, 2).grid == 0
