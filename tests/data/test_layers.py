"""The catalogue of layers, and that every engine and file expresses each of its kinds."""

from __future__ import annotations

import inspect

import keras
import numpy as np
import pytest
from keras import layers

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.layer_settings import ACTIVATIONS
from ais_jupyter.core.data.layers import KINDS, problem_with
from ais_jupyter.core.data.network import Layer
from ais_jupyter.core.files.keras2_changes import CHANGED
from ais_jupyter.core.files.keras2_layers import NO_ACTIVATIONS, RENAMED_SETTINGS, from_keras2, to_keras2

#: Kinds that OpenVINO is not told how to compute; Keras does.
REFUSED_BY_OPENVINO: set[str] = set()

SETTINGS = {
    "filters": 4, "kernel_size": 3, "units": 4, "groups": 2, "rate": 0.2, "stddev": 0.1, "target_shape": (-1, 8, 4),
    "pool_size": 2, "scale": 2.0, "offset": 1.0, "shared_axes": [1, 2], "activation": "relu", "padding": "same",
    "depth_multiplier": 2,
}  # fmt: skip


def made(kind: str) -> keras.layers.Layer:
    """A layer of this kind, built for images of four channels."""
    taken = inspect.signature(getattr(layers, kind).__init__).parameters
    given = {name: SETTINGS[name] for name in KINDS[kind].settings if name in SETTINGS and name in taken}
    if kind.startswith("ZeroPadding"):
        given["padding"] = 1
    if kind.endswith("Normalization") and "scale" in given:
        given["scale"] = True
    layer = getattr(layers, kind)(**given)
    shape = (None, 8, 8, 8, 4) if KINDS[kind].axes == 3 else (None, 8, 8, 4)
    layer.build([shape, shape] if KINDS[kind].merges else shape)
    return layer


@pytest.mark.parametrize("kind", KINDS)
def test_keras_has_each_kind_with_these_settings_and_weights(kind: str) -> None:
    layer = made(kind)
    config = layer.get_config()
    assert set(KINDS[kind].settings) <= set(config)
    assert [weight.name for weight in layer.weights if "seed" not in weight.name] == KINDS[kind].weight_names(config)
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in config.items()}
    assert problem_with(kind, {key: plain[key] for key in KINDS[kind].settings}) is None


def test_openvino_computes_each_kind_and_activation_or_refuses_it() -> None:
    pytest.importorskip("openvino")
    from ais_jupyter.core.learning import openvino_graph

    assert set(openvino_graph.BUILDERS) | REFUSED_BY_OPENVINO == set(KINDS)
    assert not set(openvino_graph.BUILDERS) & REFUSED_BY_OPENVINO
    assert set(openvino_graph.ACTIVATIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_keras_2_express_each_kind(kind: str) -> None:
    config = {key: value for key, value in made(kind).get_config().items() if key in KINDS[kind].settings}
    config = {key: list(value) if isinstance(value, tuple) else value for key, value in config.items()}
    stored = to_keras2(Layer("a", kind, config), "a")
    assert not {ours for of, ours in RENAMED_SETTINGS if of == kind} & set(stored)
    again = from_keras2(kind, "a", stored)
    assert {key: value for key, value in config.items() if value is not None or key in again} == again


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_files_of_keras_2_express_each_activation_or_refuse_it(name: str) -> None:
    layer = Layer("a", "Activation", {"activation": name})
    if name in NO_ACTIVATIONS:
        with pytest.raises(FileFormatError, match=f"{name!r}, which cannot be stored for Keras 2"):
            to_keras2(layer, "a")
    else:
        assert from_keras2("Activation", "a", to_keras2(layer, "a")) == layer.config
    assert set(ACTIVATIONS) >= CHANGED
    assert callable(keras.activations.get(name))


ABSURD = [10**9, -1, 10**30, float("nan"), float("inf"), "x", None, [10**9, 2], [[]], {}, True]
NEEDED = [
    (kind, key)
    for kind, about in KINDS.items()
    for key in about.settings
    if key in ("kernel_size", "filters", "units", "pool_size", "size", "padding", "cropping", "dilation_rate")
]


@pytest.mark.parametrize(("kind", "key"), NEEDED)
@pytest.mark.parametrize("value", ABSURD, ids=str)
def test_settings_have_bounds(kind: str, key: str, value: object) -> None:
    assert f"{key} should be" in str(problem_with(kind, {key: value}))
    with pytest.raises(FileFormatError, match=f"layer 'a' .*{key} should be"):
        from_keras2(kind, "a", {key: value})


@pytest.mark.parametrize("key", ["strides", "size"])
def test_nothing_may_be_zero_that_is_divided_by(key: str) -> None:
    kinds = [kind for kind, about in KINDS.items() if key in about.settings]
    assert kinds
    assert all(problem_with(kind, {key: 0}) and problem_with(kind, {key: [2, 0]}) for kind in kinds)


def test_engines_check_networks_made_in_python_too() -> None:
    from ais_jupyter.core.data.network import Network
    from ais_jupyter.core.learning.engines import make_engine

    kernel = [np.ones((3, 3, 1, 1), np.float32), np.zeros(1, np.float32)]
    conv = Layer("c", "Conv2D", {"padding": "same", "dilation_rate": 10**9}, ["i"], kernel)
    network = Network([Layer("i", "InputLayer", {"shape": [None, None, 1]}), conv], "c")
    for kind in ("keras", "openvino"):
        with pytest.raises(InputError, match="dilation_rate should be"):
            make_engine(network, kind)
