"""The engines against each other, on every architecture and on each kind of layer."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from network_tools import random_images, random_model, randomize

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning import engines
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.network_keras import network_from_keras

pytest.importorskip("openvino")

ARCHITECTURES = [
    "UNet 2.5D", "UNet S", "UNet lite", "UNet dropout", "UNet M", "UNet L", "VGGNet S", "VGGNet M", "VGGNet X", "Eman2",
    "InceptionNet", "ResNet", "Pix2pix", "Pix2pix (2024)", "ezm-2d", "ezm-3d-M", "ezm-3d-L",
]  # fmt: skip


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * float((a & b).sum()) / max(float(a.sum() + b.sum()), 1)


@pytest.mark.parametrize("title", ARCHITECTURES)
def test_openvino_computes_what_keras_does(title: str) -> None:
    slab = title.startswith("ezm-3d")
    depth = 4 if slab else 2
    model = random_model(title, depth)
    images = random_images(1, 32, 32, depth, 1) if slab else random_images(1, 64, 64, depth)
    if slab:
        model = keras.models.clone_model(model, input_tensors=keras.Input(images.shape[1:]))
        randomize(model)
    network = network_from_keras(model)
    exact = keras.ops.convert_to_numpy(model(images, training=False))[..., 0]
    quick = make_engine(network, "openvino", "float32").predict(images)
    assert quick.dtype == np.float32
    assert quick.shape == images.shape[:-1] if slab else images.shape[:3]
    assert exact.std() > 1e-3  # a network that says the same everywhere would prove nothing
    np.testing.assert_allclose(quick, exact, atol=1e-4)
    engine = make_engine(network, "openvino", "bfloat16")
    if engine.precision == "bfloat16":
        middle = np.median(exact)
        assert dice(engine.predict(images) > middle, exact > middle) > 0.95
        assert np.abs(engine.predict(images) - exact).max() < 0.05


def of(*made: Any, channels: int = 4) -> keras.Model:
    inputs = keras.Input((None, None, channels))
    x = inputs
    for layer in made:
        x = layer(x)
    return keras.Model(inputs, x)


def volume(*made: Any) -> keras.Model:
    inputs = keras.Input((None, None, 8, 1))
    x = layers.Conv3D(4, 3, padding="same")(inputs)
    for layer in made:
        x = layer(x)
    return keras.Model(inputs, x)


def squeezed(keepdims: bool) -> keras.Model:
    inputs = keras.Input((None, None, 4))
    x = layers.GlobalAveragePooling2D(keepdims=keepdims)(inputs)
    if not keepdims:
        x = layers.Reshape((1, 1, 4))(x)
    x = layers.Dense(2, activation="relu")(x)
    x = layers.Dense(4, activation="sigmoid")(x)
    return keras.Model(inputs, layers.Multiply()([inputs, x]))


def merged(kind: type) -> keras.Model:
    inputs = keras.Input((None, None, 4))
    branches = [layers.Conv2D(4, 3, padding="same")(inputs), layers.Conv2D(4, 1)(inputs)]
    return keras.Model(inputs, kind()(branches))


def conv(*args: Any, **kwargs: Any) -> Any:
    return layers.Conv2D(*args, **kwargs)


LAYERS: dict[str, Any] = {
    "conv even": lambda: of(conv(3, 4, padding="same")),
    "conv valid": lambda: of(conv(3, 3)),
    "conv strides": lambda: of(conv(3, 4, strides=2, padding="same")),
    "conv odd strides": lambda: of(conv(3, (3, 5), strides=(2, 3), padding="same")),
    "conv dilated": lambda: of(conv(3, 3, dilation_rate=3, padding="same")),
    "conv groups": lambda: of(conv(6, 3, groups=2, padding="same")),
    "conv no bias": lambda: of(conv(3, 3, use_bias=False)),
    "depthwise": lambda: of(layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", activation="relu")),
    "depthwise strides": lambda: of(layers.DepthwiseConv2D(3, strides=2, padding="same")),
    "separable": lambda: of(layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", activation="elu")),
    "transposed": lambda: of(layers.Conv2DTranspose(3, 2, strides=2, padding="same")),
    "transposed 3": lambda: of(layers.Conv2DTranspose(3, 3, strides=2, padding="same")),
    "transposed 4": lambda: of(layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="relu")),
    "transposed 5": lambda: of(layers.Conv2DTranspose(3, 5, strides=2, padding="valid")),
    "transposed small": lambda: of(layers.Conv2DTranspose(3, 1, strides=2, padding="same")),
    "transposed small valid": lambda: of(layers.Conv2DTranspose(3, 2, strides=3, padding="valid")),
    "max pool same": lambda: of(layers.MaxPooling2D(3, strides=2, padding="same")),
    "max pool": lambda: of(layers.MaxPooling2D((2, 3))),
    "average pool": lambda: of(layers.AveragePooling2D(2)),
    "average pool same": lambda: of(layers.AveragePooling2D(3, strides=2, padding="same")),
    "nearest": lambda: of(layers.UpSampling2D((2, 3))),
    "bilinear": lambda: of(layers.UpSampling2D(2, interpolation="bilinear")),
    "batch norm": lambda: of(layers.BatchNormalization()),
    "batch norm bare": lambda: of(layers.BatchNormalization(scale=False, center=False, epsilon=0.1)),
    "batch norm centred": lambda: of(layers.BatchNormalization(scale=False)),
    "layer norm": lambda: of(layers.LayerNormalization()),
    "group norm": lambda: of(layers.GroupNormalization(2)),
    "instance norm": lambda: of(layers.GroupNormalization(-1, center=False)),
    "relu": lambda: of(layers.ReLU(max_value=1.0)),
    "relu slope": lambda: of(layers.ReLU(negative_slope=0.3)),
    "relu threshold": lambda: of(layers.ReLU(threshold=0.5)),
    "leaky relu": lambda: of(layers.LeakyReLU(negative_slope=0.2)),
    "prelu": lambda: of(layers.PReLU(shared_axes=(1, 2), alpha_initializer="random_uniform")),
    "elu": lambda: of(layers.ELU(0.7)),
    "softmax": lambda: of(layers.Softmax()),
    "rescaling": lambda: of(layers.Rescaling(2.0, offset=-1.0)),
    "zero padding": lambda: of(layers.ZeroPadding2D(((1, 2), (3, 0)))),
    "cropping": lambda: of(layers.Cropping2D(((1, 2), (3, 0)))),
    "dropouts": lambda: of(layers.SpatialDropout2D(0.5), layers.GaussianNoise(1.0), layers.GaussianDropout(0.3)),
    "dense": lambda: of(layers.Dense(3, activation="tanh")),
    "squeeze": lambda: squeezed(True),
    "squeeze reshaped": lambda: squeezed(False),
    **{kind: (lambda kind=kind: merged(getattr(layers, kind)))
       for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")},
    "3-D conv": lambda: volume(layers.Conv3D(2, (3, 3, 1), strides=(2, 2, 1), padding="same", activation="relu")),
    "3-D transposed": lambda: volume(layers.Conv3DTranspose(2, (2, 2, 1), strides=(2, 2, 1), padding="same")),
    "3-D pool": lambda: volume(layers.MaxPooling3D((2, 2, 1)), layers.AveragePooling3D(2, padding="same")),
    "3-D nearest": lambda: volume(layers.UpSampling3D((2, 1, 2))),
    "3-D borders": lambda: volume(layers.ZeroPadding3D(1), layers.Cropping3D((0, 1, 2))),
    "3-D norm": lambda: volume(layers.BatchNormalization(), layers.GroupNormalization(2)),
    "3-D dense": lambda: volume(layers.Dense(2), layers.SpatialDropout3D(0.2)),
}  # fmt: skip


@pytest.mark.parametrize("case", LAYERS)
def test_each_layer_is_computed_as_keras_does(case: str) -> None:
    if case == "average pool same" and keras.backend.backend() == "torch":
        pytest.skip("Keras on torch averages over the padding too")
    model = LAYERS[case]()
    randomize(model)
    last = layers.Conv3D if len(model.output.shape) == 5 else layers.Conv2D
    model = keras.Model(model.input, last(1, 1)(model.output))
    network = network_from_keras(model)
    for y, x in ((16, 16), (13, 18)):
        images = random_images(2, y, x, *model.input_shape[3:])
        exact = keras.ops.convert_to_numpy(model(images, training=False))[..., 0]
        assert np.isfinite(exact).all()
        assert exact.std() > 1e-3
        np.testing.assert_allclose(make_engine(network, "openvino", "float32").predict(images), exact, atol=1e-4)


@pytest.mark.parametrize(
    "name",
    ["linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "elu", "selu", "silu", "gelu", "mish", "softplus",
     "softsign", "exponential", "hard_sigmoid", "hard_silu", "softmax"],
)  # fmt: skip
def test_each_activation(name: str) -> None:
    model = of(layers.Activation(name), layers.Conv2D(1, 1))
    images = random_images(1, 8, 8, 4) * 3
    exact = keras.ops.convert_to_numpy(model(images))[..., 0]
    quick = make_engine(network_from_keras(model), "openvino", "float32").predict(images)
    np.testing.assert_allclose(quick, exact, rtol=1e-4, atol=1e-4)


def tiny(channels: int = 1, **settings: Any) -> Network:
    return network_from_keras(of(layers.Conv2D(1, 3, padding="same", **settings), channels=channels))


@pytest.mark.parametrize("kind", ["keras", "openvino"])
def test_weights_can_be_replaced(kind: str) -> None:
    engine = make_engine(tiny(), kind, "float32")
    images = random_images(2, 16, 24, 1)
    first = engine.predict(images)
    other = tiny()
    engine.update(other)
    np.testing.assert_allclose(engine.predict(images), make_engine(other, kind, "float32").predict(images), atol=1e-6)
    assert np.abs(engine.predict(images) - first).max() > 1e-3
    engine.update(tiny(activation="sigmoid"))
    assert engine.predict(images).min() > 0


@pytest.mark.parametrize("kind", ["keras", "openvino"])
def test_a_batch_that_does_not_fit_is_refused(kind: str) -> None:
    engine = make_engine(tiny(3), kind)
    for shape in ((1, 16, 16, 1), (16, 16, 3), (1, 16, 16, 3, 1)):
        with pytest.raises(InputError, match=r"\(n, y, x, 3\); this one has"):
            engine.predict(np.zeros(shape, np.float32))


def test_several_threads_may_predict_at_once() -> None:
    network = network_from_keras(random_model("UNet lite"))
    engine = make_engine(network, "openvino", "float32")
    batches = [random_images(1, 32, 32 + 16 * i, 1, seed=i) for i in range(6)]
    expected = [engine.predict(batch) for batch in batches]
    results: dict[int, np.ndarray] = {}
    threads = [threading.Thread(target=lambda i=i: results.update({i: engine.predict(batches[i])})) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, result in enumerate(expected):
        np.testing.assert_allclose(results[i], result, atol=1e-6)


def test_auto_takes_the_quick_one_and_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "has_gpu", lambda: False)
    network = tiny()
    assert make_engine(network).name == "OpenVINO"
    monkeypatch.setattr(engines, "has_gpu", lambda: True)
    assert make_engine(network).name.startswith("Keras")
    monkeypatch.setattr(engines, "has_gpu", lambda: False)
    unknown = of(layers.UpSampling2D(2, interpolation="bicubic"), layers.Conv2D(1, 1))
    assert make_engine(network_from_keras(unknown)).name.startswith("Keras")
    with pytest.raises(InputError, match="'up_sampling2d.*' enlarges by 'bicubic'"):
        make_engine(network_from_keras(unknown), "openvino")
    monkeypatch.setattr(engines, "openvino_installed", lambda: False)
    assert make_engine(network).name.startswith("Keras")
    with pytest.raises(InputError, match="not installed"):
        make_engine(network, "openvino")


def test_choices_are_checked() -> None:
    for choice in ({"kind": "abacus"}, {"precision": "int3"}):
        with pytest.raises(InputError, match="one of"):
            make_engine(tiny(), **choice)
    two = network_from_keras(of(layers.Conv2D(2, 1)))
    with pytest.raises(InputError, match="one channel"):
        make_engine(two, "openvino")


@keras.saving.register_keras_serializable(package="test")
class Doubling(layers.Layer):
    def call(self, x: Any) -> Any:
        return 2 * x


def test_a_model_with_layers_of_its_own_making_is_applied_as_it_is() -> None:
    inputs = keras.Input((16, 16, 1))
    model = keras.Model(inputs, Doubling()(layers.Conv2D(1, 3, padding="same")(inputs)))
    engine = make_engine(model)
    images = random_images(1, 32, 48, 1)
    kernel, bias = model.get_weights()
    doubled = Layer("c", "Conv2D", {"padding": "same"}, ["in"], [2 * kernel, 2 * bias])
    plain = Network([Layer("in", "InputLayer", {"shape": [None, None, 1]}), doubled], "c")
    exact = make_engine(plain, "openvino", "float32").predict(images)
    np.testing.assert_allclose(engine.predict(images), exact, atol=1e-5)


class OwnObject:
    def predict(self, images: np.ndarray) -> np.ndarray:
        return images.mean(axis=3, keepdims=True)


def test_an_object_that_only_predicts_is_applied_too() -> None:
    images = random_images(2, 8, 8, 3)
    np.testing.assert_allclose(make_engine(OwnObject()).predict(images), images.mean(axis=3), atol=1e-6)
    with pytest.raises(InputError, match="no `predict"):
        make_engine(object())


def test_openvino_needs_neither_keras_nor_tensorflow() -> None:
    code = """
import sys
import numpy as np
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.engines import make_engine
conv = Layer("c", "Conv2D", {"padding": "same"}, ["i"], [np.ones((3, 3, 1, 1)), np.zeros(1)])
network = Network([Layer("i", "InputLayer", {"shape": [None, None, 1]}), conv], "c")
engine = make_engine(network, "openvino")
assert engine.predict(np.ones((1, 8, 8, 1)))[0, 4, 4] == 9
assert not {"keras", "tensorflow", "torch", "jax"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
