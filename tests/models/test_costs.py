"""Models that ask for much are priced before anything is built."""

from __future__ import annotations

import io
import json
import resource
import tarfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from network_tools import random_model

import ais_jupyter as ais
from ais_jupyter.core.data.errors import AisError, FileFormatError, InputError
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.network_cost import check_cost, cost_of
from ais_jupyter.core.data.network_geometry import view_of
from ais_jupyter.core.files.scnm import read_scnm, write_scnm
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.network_facts import network_facts
from ais_jupyter.core.learning.network_keras import network_from_keras

KERNEL = np.zeros((1, 1, 1, 1), np.float32)


def network(*middle: Layer) -> Network:
    layers = [Layer("i", "InputLayer", {"shape": [None, None, 1]})]
    for layer in middle:
        layer.inputs = [layers[-1].name]
        layers.append(layer)
    last = {"filters": 1, "kernel_size": [1, 1], "padding": "same", "activation": "sigmoid", "use_bias": False}
    layers.append(Layer("o", "Conv2D", last, [layers[-1].name], [KERNEL]))
    return Network(layers, "o")


def model_of(net: Network, **info: Any) -> SegmentationModel:
    settings = ModelInfo("A", "", voxel_size=10.0, box_size=32, normalization=None)
    for name, value in info.items():
        setattr(settings, name, value)
    return SegmentationModel.from_stored(StoredModel(settings, net))


def enlarging(times: int) -> Network:
    up = [Layer(f"u{n}", "UpSampling2D", {"size": [64, 64]}) for n in range(times)]
    down = [Layer(f"d{n}", "MaxPooling2D", {"pool_size": [64, 64], "strides": [64, 64]}) for n in range(times)]
    return network(*up, *down)


@pytest.mark.parametrize("engine", ["keras", "openvino"])
def test_terabytes_are_refused_with_the_price(engine: str) -> None:
    model = model_of(enlarging(3))
    begin = time.monotonic()
    with pytest.raises(InputError, match=r"would take .* (TB|PB) of memory at layer 'u2'; this machine has .*GB"):
        model.engine(engine).predict(np.zeros((1, 512, 512, 1), np.float32))
    assert time.monotonic() - begin < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 8 << 20


def test_a_slice_that_would_take_days_is_refused() -> None:
    wide = Layer("w", "Conv2D", {"filters": 64, "kernel_size": [256, 256], "padding": "same", "use_bias": False})
    wide.weights = [np.zeros((256, 256, 1, 64), np.float32)]
    end = Layer("e", "Conv2D", {"filters": 1, "kernel_size": [1, 1], "use_bias": False}, [], [np.zeros((1, 1, 64, 1))])
    with pytest.raises(InputError, match="multiplications, which is days"):
        check_cost(network(wide, end), (200_000, 200_000, 1), 1, 0)


def test_a_network_that_shrinks_beyond_reason_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    pools = [Layer(f"p{n}", "MaxPooling2D", {"pool_size": [64, 64], "strides": [64, 64]}) for n in range(3)]
    write_scnm(StoredModel(ModelInfo("A"), network(*pools)), tmp_path / "a.scnm")
    with pytest.raises(FileFormatError, match=r"a\.scnm.*layer 'p2'.* one pixel of 262144"):
        ais.open(tmp_path / "a.scnm")


def with_metadata(path: Path, **changes: Any) -> Path:
    """A good model whose metadata say something else."""
    write_scnm(StoredModel(ModelInfo("A", "VGGNet S", box_size=32), network()), path)
    with tarfile.open(path) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            if name.endswith(".json"):
                data = json.dumps({**json.loads(data), **changes}).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize(
    ("key", "value"),
    [("model_depth", 10**6), ("box_size", 10**9), ("z_jitter", 10**9), ("model_depth", 0), ("box_size", -7)],
)
def test_sizes_in_metadata_have_bounds(tmp_path: Path, key: str, value: int) -> None:
    with pytest.raises(FileFormatError, match=f"{key} should be from .* found {value}"):
        ais.open(with_metadata(tmp_path / "a.scnm", **{key: value}))


@pytest.mark.parametrize("apix", [1e-9, 1e9, 1e29, 1e-300])
def test_voxel_sizes_beyond_reason_are_named_when_they_matter(tmp_path: Path, apix: float) -> None:
    model = ais.open(with_metadata(tmp_path / "a.scnm", apix=apix))
    assert repr(model)
    with pytest.raises(InputError, match="one of the two must be wrong"):
        model.segment_slice(np.zeros((64, 64), np.float32), voxel_size=10.0)
    assert model.segment_slice(np.zeros((64, 64), np.float32), voxel_size=10.0, rescale=False).shape == (64, 64)


@pytest.mark.parametrize("apix", [0, -3])
def test_an_unknown_voxel_size_rescales_nothing(tmp_path: Path, apix: float) -> None:
    model = ais.open(with_metadata(tmp_path / "a.scnm", apix=apix))
    assert model.segment_slice(np.zeros((64, 64), np.float32), voxel_size=10.0).shape == (64, 64)


def test_opening_and_describing_build_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ais_jupyter.core.learning import building, engines, model

    def built(*_: Any, **__: Any) -> None:
        raise AssertionError("something was built")

    path = with_metadata(tmp_path / "a.scnm")
    custom = tmp_path / "b.scnm"
    write_scnm(StoredModel(ModelInfo("B", "VGGNet S", box_size=8192, depth=1024), weights_file=b"own"), custom)
    for module, name in ((model, "make_engine"), (engines, "make_engine"), (building, "fresh_model")):
        monkeypatch.setattr(module, name, built)
    monkeypatch.setattr("ais_jupyter.core.learning.custom_storage.load_custom", built)
    opened = [ais.open(path), ais.open(custom)]
    assert all(map(repr, opened))
    assert network_facts(opened[0].network).size_multiple == 1
    assert read_scnm(path).network is not None


@pytest.mark.parametrize(("box", "depth"), [(10**9, 1), (64, 10**6), (0, 1), (64, 0)])
def test_fresh_networks_have_bounds_too(box: int, depth: int) -> None:
    with pytest.raises(AisError, match="boxes have 1 to"):
        SegmentationModel("VGGNet S").build(box, depth)


def test_what_a_known_network_costs() -> None:
    network = network_from_keras(random_model("VGGNet M"))
    cost = cost_of(network, (512, 512, 1))
    assert 50e6 < cost.memory < 1e9
    assert 1e9 < cost.operations < 1e12
    assert cost_of(network, (512, 512, 1), batch=2).memory == 2 * cost.memory
    with pytest.raises(InputError, match="use tiles or a smaller region"):
        check_cost(network, (512, 512, 1), 1, memory=10**6)


def test_the_small_network_for_short_trainings_is_small_and_sees_far() -> None:
    network = network_from_keras(random_model("UNet 2.5D", depth=5))
    assert 2 * cost_of(network, (512, 512, 5)).operations < 10e9
    facts = network_facts(network)
    assert facts.receptive_field is not None
    assert facts.receptive_field > 90
    assert facts.size_multiple == 8


def test_layers_that_see_everything_are_known() -> None:
    norm = Layer("g", "GroupNormalization", {"groups": 1, "axis": -1}, [], [np.ones(1), np.zeros(1)])
    assert view_of(network(norm)).field is None
    assert view_of(network(Layer("u", "UpSampling2D", {"size": 2, "interpolation": "bilinear"}))).field == 2
