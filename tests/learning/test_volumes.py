"""Slab networks, blurring of a stream of slices, and tiles."""

from __future__ import annotations

import numpy as np
import pytest
from bright_discs import bright_discs
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.streams import smoothed
from ais_jupyter.core.learning.tiling import TileGrid

RAW = Statistic(0.0, 1.0)


def neighbour_model(depth=8, jitter=0):
    """Return a slab network: sigmoid of the sum over each voxel and its neighbour one slice above and one row above."""
    kernel = np.zeros((3, 3, 3, 1, 1), np.float32)
    kernel[1, 1, 1] = kernel[1, 1, 2] = kernel[2, 1, 1] = 1  # (y, x, z)
    config = {
        "filters": 1, "kernel_size": [3, 3, 3], "strides": [1, 1, 1], "padding": "same", "dilation_rate": [1, 1, 1],
        "groups": 1, "activation": "sigmoid", "use_bias": True,
    }  # fmt: skip
    layer = Layer("conv", "Conv3D", config, ["input"], [kernel, np.zeros(1, np.float32)])
    network = Network([Layer("input", "InputLayer", {"shape": [None, None, depth, 1]}), layer], "conv")
    info = ModelInfo(title="N", voxel_size=10.0, box_size=32, depth=depth, z_jitter=jitter)
    return SegmentationModel.from_stored(StoredModel(info, network))


def expected(volume):
    above = np.concatenate([volume[1:], volume[-1:]])
    right = np.concatenate([volume[:, 1:], volume[:, -2:-1]], axis=1)  # reflected at the edge
    return 1 / (1 + np.exp(-(volume + above + right)))


@pytest.mark.parametrize("jitter", [0, 16])
@pytest.mark.parametrize("z_range", [(0, 21), (5, 12)])
def test_slabs_cover_every_slice_once_in_order(z_range, jitter):
    """Where neighbours lie in the same slab the result is exact; only its mean with cut-off ones differs."""
    volume = np.random.default_rng(0).normal(size=(21, 40, 50)).astype(np.float32)
    model = neighbour_model(jitter=jitter)
    segmenter = Segmenter(model.engine(precision="float32"), model.info, Tomogram(volume, 10.0), statistic=RAW)
    results = list(segmenter.stream(z_range))
    assert [z for z, _ in results] == list(range(*z_range))
    exact = expected(volume)
    for z, found in results:
        assert found.shape == (40, 50)
        assert np.abs(found - exact[z]).mean() < 0.12
        assert np.corrcoef(found.ravel(), exact[z].ravel())[0, 1] > 0.93


def test_slabs_larger_than_a_tile_have_no_seams():
    volume = np.random.default_rng(0).normal(size=(8, 40, 900)).astype(np.float32)
    model = neighbour_model()
    slab = model.segment_slice(volume, 10.0, RAW, precision="float32")
    np.testing.assert_allclose(slab, expected(volume)[4], atol=1e-5)


def test_slab_networks_are_symmetric_under_augmentation():
    volume = np.random.default_rng(0).normal(size=(8, 40, 48)).astype(np.float32)
    model = neighbour_model()
    plain, averaged = (model.segment_slice(volume, 10.0, RAW, tta=n, precision="float32") for n in (1, 16))
    turned = model.segment_slice(np.rot90(volume, axes=(1, 2)), 10.0, RAW, tta=16, precision="float32")
    np.testing.assert_allclose(np.rot90(turned, -1), averaged, atol=1e-5)
    assert np.abs(plain - averaged).max() > 0.01


def test_slab_networks_learn_from_one_labelled_slice(tmp_path_factory, monkeypatch):
    import plugins

    from ais_jupyter.core.learning import architectures

    home = tmp_path_factory.mktemp("home3d")
    source = plugins.TINY.replace('"Tiny"', '"Tiny 3D"').replace("Conv2D", "Conv3D")
    plugins.install(home, source.replace("(None, None, input_shape[2])", "(None, None, input_shape[2], 1)"))
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(home))
    architectures.reload()
    flat = bright_discs(16)
    deep = np.random.default_rng(1).normal(0, 0.5, (16, 32, 32, 8 + 16)).astype(np.float32)
    deep += flat.labels[..., None] == 1
    deep *= 2
    boxes = TrainingSet(deep, flat.labels, 10.0, "global_mad", ["Disc"], z_jitter=16)
    model = SegmentationModel("Tiny 3D", "Disc")
    job = model.train(boxes, epochs=3, n_copies=4, batch_size=4, precision="float32", seed=0)
    job.result(120)
    monkeypatch.undo()
    architectures.reload()
    assert model.is_slab
    assert (model.info.depth, model.info.z_jitter) == (8, 16)
    last = [row for row in job.history if "precision" in row][-1]
    assert last["recall"] > 0.8


@settings(max_examples=25, deadline=None)
@given(
    nz=st.integers(1, 12), first=st.integers(0, 11), count=st.integers(1, 12), sigma=st.tuples(*[st.floats(0.3, 3)] * 3)
)
def test_blurring_a_stream_is_blurring_the_volume(nz, first, count, sigma):
    first = min(first, nz - 1)
    stop = min(nz, first + count)
    volume = np.zeros((nz, 9, 10), np.float32)
    volume[first:stop] = np.random.default_rng(0).random((stop - first, 9, 10))
    stream = ((z, volume[z]) for z in range(first, stop))
    result = dict(smoothed(stream, nz, (9, 10), sigma))
    assert list(result) == list(range(nz))
    np.testing.assert_allclose(np.stack(list(result.values())), gaussian_filter(volume, sigma), atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    ny=st.integers(8, 120), nx=st.integers(8, 120), box=st.sampled_from([16, 32, 48, 64]), overlap=st.floats(0, 0.9),
    mode=st.sampled_from(["average", "best"]),
)  # fmt: skip
def test_tiles_put_together_are_the_slice(ny, nx, box, overlap, mode):
    slab = np.random.default_rng(0).normal(size=(1, ny, nx)).astype(np.float32)
    grid = TileGrid((ny, nx), box, overlap, mode)
    tiles = grid.cut(slab)
    assert tiles.shape[1:] == (1, box, box)
    np.testing.assert_allclose(grid.join(tiles[:, 0]), slab[0], atol=1e-5)
