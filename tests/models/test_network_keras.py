"""Keras → network → Keras: same predictions; what cannot be stored is named."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from network_tools import random_images, random_model

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.learning.architectures import find
from ais_jupyter.core.learning.network_keras import (
    copy_weights,
    keras_from_network,
    network_from_keras,
    with_precision,
)

SMALL = ["UNet dropout", "VGGNet S", "ResNet", "UNet M", "Pix2pix"]


@pytest.mark.parametrize("title", SMALL)
def test_round_trip_predicts_the_same(title: str) -> None:
    model = random_model(title, depth=2)
    network = network_from_keras(model)
    json.dumps([layer.config for layer in network.layers])
    again = keras_from_network(network)
    images = random_images(1, 64, 64, 2)
    np.testing.assert_allclose(again.predict_on_batch(images), model.predict_on_batch(images), atol=1e-6)
    assert again.input_shape == (None, None, None, 2)
    assert network.n_parameters == model.count_params()
    larger = again.predict_on_batch(random_images(3, 96, 128, 2))
    assert larger.shape == (3, 96, 128, 1)
    second = network_from_keras(again)
    for a, b in zip(network.layers[1:], second.layers[1:], strict=True):
        assert (a.name, a.kind, a.config, len(a.weights)) == (b.name, b.kind, b.config, len(b.weights))


def test_slabs_round_trip() -> None:
    inputs = keras.Input((16, 16, 4, 1))
    x = layers.Conv3D(3, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling3D((2, 2, 1))(x)
    x = layers.Conv3DTranspose(1, (2, 2, 1), strides=(2, 2, 1), padding="same", activation="sigmoid")(x)
    model = keras.Model(inputs, x)
    network = network_from_keras(model)
    assert network.input_shape == (16, 16, 4, 1)
    images = random_images(2, 16, 16, 4, 1)
    again = keras_from_network(network)
    np.testing.assert_allclose(again.predict_on_batch(images), model.predict_on_batch(images), atol=1e-6)


def test_a_sequential_model_is_a_network() -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, 3, padding="same", activation="sigmoid")])
    assert [layer.kind for layer in network_from_keras(model).layers] == ["InputLayer", "Conv2D"]


def test_frozen_layers_stay_frozen() -> None:
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(1, 3, trainable=False), layers.Conv2D(1, 1)])
    again = keras_from_network(network_from_keras(model))
    assert len(again.trainable_weights) == 2


def test_half_precision_keeps_the_weights_and_the_last_layer_whole() -> None:
    model = random_model("VGGNet S")
    half = keras_from_network(network_from_keras(model), "bfloat16")
    assert half.layers[1].compute_dtype == "bfloat16"
    assert half.layers[1].variable_dtype == "float32"
    assert half.layers[-1].compute_dtype == "float32"
    images = random_images(1, 64, 64, 1)
    exact, close = model.predict_on_batch(images), half.predict_on_batch(images)
    assert close.dtype == np.float32
    assert np.abs(close - exact).max() < 0.02


@pytest.mark.parametrize("title", ["VGGNet S", "Pix2pix"])
def test_changing_the_precision_keeps_what_training_needs(title: str) -> None:
    model = find(title).create((32, 32, 1))
    half = with_precision(model, "bfloat16")
    for a, b in zip(model.get_weights(), half.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert half.loss is model.loss
    assert float(half.optimizer.learning_rate) == pytest.approx(float(model.optimizer.learning_rate))
    x, y = random_images(1, 32, 32, 1), (random_images(1, 32, 32, 1) > 0).astype(np.uint8)
    logs = half.train_on_batch(x, y, return_dict=True)
    assert np.isfinite(logs["loss"])
    assert getattr(half, "generator", half).layers[1].compute_dtype == "bfloat16"


def test_weights_are_copied_into_a_fresh_model() -> None:
    trained, fresh = random_model("UNet S"), find("UNet S").create((64, 64, 1))
    copy_weights(network_from_keras(trained), fresh)
    images = random_images(1, 64, 64, 1)
    np.testing.assert_array_equal(fresh.predict_on_batch(images), trained.predict_on_batch(images))
    before = fresh.get_weights()
    for other in (random_model("UNet S", depth=3), random_model("UNet lite")):
        with pytest.raises(InputError, match=r"layer|layers"):
            copy_weights(network_from_keras(other), fresh)
    np.testing.assert_array_equal(before[0], fresh.get_weights()[0])


def model_with(*made: Any) -> keras.Model:
    return keras.Sequential([keras.Input((8, 8, 2)), *made])


def own_activation(x: Any) -> Any:
    return x


def shared_layer() -> keras.Model:
    inputs = keras.Input((8, 8, 2))
    twice = layers.Conv2D(2, 3, padding="same", name="twice")
    return keras.Model(inputs, twice(twice(inputs)))


def two_inputs() -> keras.Model:
    inputs = [keras.Input((8, 8, 2)), keras.Input((8, 8, 2))]
    return keras.Model(inputs, layers.Add()(inputs))


def operation() -> keras.Model:
    inputs = keras.Input((8, 8, 2))
    return keras.Model(inputs, inputs + 1)


def always_dropping() -> keras.Model:
    inputs = keras.Input((8, 8, 2))
    return keras.Model(inputs, layers.Dropout(0.5, name="drop")(inputs, training=True))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: model_with(layers.Lambda(lambda x: x * 2, name="mine")), "'mine' is a Lambda"),
        (lambda: model_with(layers.Conv2D(1, 1, activation=own_activation, name="odd")), "activation of layer 'odd'"),
        (shared_layer, "'twice' is used 2 times"),
        (two_inputs, "one input and one output; this has 2 and 1"),
        (operation, "is an operation and not a layer"),
        (always_dropping, "'drop' is called with training"),
        (lambda: object(), "a object is not a Keras model built from connected layers"),
    ],
)
def test_what_cannot_be_stored_is_named(make: Any, text: str) -> None:
    with pytest.raises(InputError, match=text):
        network_from_keras(make())


def test_settings_that_do_not_fit_are_named() -> None:
    network = network_from_keras(model_with(layers.Conv2D(1, 1, name="last")))
    network.layers[1].weights[0] = np.zeros((3, 3, 2, 1))
    with pytest.raises(InputError, match="layer 'last'"):
        keras_from_network(network)
    network.layers[1].kind = "Conv7D"
    with pytest.raises(InputError, match="'last' is a Conv7D"):
        keras_from_network(network)
