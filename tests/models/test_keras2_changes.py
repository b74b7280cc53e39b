"""What Keras 2 and Keras 3 compute differently under one name is what it was, after reading and after writing."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras import layers
from network_tools import random_images, randomize

from ais_jupyter.core.data.layer_settings import ACTIVATIONS
from ais_jupyter.core.files.keras2_h5 import read_network, write_network
from ais_jupyter.core.files.keras2_layers import NO_ACTIVATIONS
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.network_keras import network_from_keras

#: What Keras 2 computes; the others are the same in Keras 3 (compared with tf_keras below).
FORMULAS = {"hard_sigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1)}


def keras2_file(kind: str, settings: dict[str, Any], *weights: tuple[str, np.ndarray]) -> bytes:
    """One layer as Keras 2.15 stores it."""
    config = {"name": "c", "trainable": True, "dtype": "float32", **settings}
    shape = {"batch_input_shape": [None, 32, 32, 1], "dtype": "float32", "name": "in"}
    entries = [
        {"class_name": "InputLayer", "name": "in", "inbound_nodes": [], "config": shape},
        {"class_name": kind, "name": "c", "inbound_nodes": [[["in", 0, 0, {}]]], "config": config},
    ]
    model = {"name": "m", "layers": entries, "input_layers": [["in", 0, 0]], "output_layers": [["c", 0, 0]]}
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Functional", "config": model})
        group = file.create_group("model_weights")
        group.create_group("in").attrs["weight_names"] = np.zeros(0, "S1")
        layer = group.create_group("c")
        names = [f"c/{name}:0".encode() for name, _ in weights]
        layer.attrs["weight_names"] = np.array(names) if names else np.zeros(0, "S1")
        for name, values in weights:
            layer.create_dataset(f"c/{name}:0", data=values)
    return buffer.getvalue()


CONV = {"filters": 1, "kernel_size": [1, 1], "padding": "same", "use_bias": False}
ONE = ("kernel", np.ones((1, 1, 1, 1), np.float32))


@pytest.mark.parametrize("engine", ["keras", "openvino"])
@pytest.mark.parametrize(("kind", "settings", "weights"), [("Conv2D", CONV, [ONE]), ("Activation", {}, [])])
def test_hard_sigmoid_of_a_file_is_that_of_keras_2(engine: str, kind: str, settings: Any, weights: Any) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino")
    network, _ = read_network(keras2_file(kind, {**settings, "activation": "hard_sigmoid"}, *weights), "m")
    x = np.linspace(-5, 5, 32 * 32, dtype=np.float32).reshape(1, 32, 32, 1)
    found = make_engine(network, engine, "float32").predict(x)
    np.testing.assert_allclose(found, FORMULAS["hard_sigmoid"](x[..., 0]), atol=1e-6)
    again, _ = read_network(write_network(network), "again")
    np.testing.assert_allclose(make_engine(again, engine, "float32").predict(x), found, atol=1e-6)
    assert again.n_parameters == network.n_parameters


def test_hard_sigmoid_of_keras_3_stays_what_it_is_in_a_file() -> None:
    inputs = keras.Input((None, None, 1))
    x = layers.Conv2D(2, 3, padding="same", activation="hard_sigmoid", name="first")(inputs)
    both = layers.Concatenate()([x, layers.Activation("hard_sigmoid", name="first_scaled")(x)])
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="hard_sigmoid")(both))
    randomize(model)
    images = 3 * random_images(1, 24, 24, 1)
    exact = keras.ops.convert_to_numpy(model(images))[..., 0]
    data = write_network(network_from_keras(model))
    stored = json.loads(h5py.File(io.BytesIO(data)).attrs["model_config"])
    assert "hard_sigmoid" not in {layer["config"].get("activation") for layer in stored["config"]["layers"]}
    network, _ = read_network(data, "m")
    np.testing.assert_allclose(make_engine(network, "keras", "float32").predict(images), exact, atol=1e-6)


IN_KERAS_2 = """
import os, sys
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy as np, tf_keras
for path in sys.argv[1:]:
    model = tf_keras.models.load_model(path + ".h5", compile=False)
    np.save(path + "_keras2.npy", model(np.load(path + ".npy"), training=False).numpy())
"""


def test_keras_2_itself_computes_the_same_of_each_activation_and_layer(tmp_path: Path) -> None:
    """Every activation and layer of the catalogue, written by us and run by Keras 2."""
    pytest.importorskip("tf_keras")
    from test_engines import LAYERS, of

    cases = {name: make for name, make in LAYERS.items() if name not in ("average pool same",)}
    for name in ACTIVATIONS:
        if name not in NO_ACTIVATIONS:
            cases[name] = lambda name=name: of(layers.Conv2D(4, 1, activation=name))
    exact = {}
    for number, (name, make) in enumerate(cases.items()):
        model = make()
        randomize(model)
        images = 2 * random_images(1, 16, 16, *model.input_shape[3:])
        path = tmp_path / str(number)
        path.with_suffix(".h5").write_bytes(write_network(network_from_keras(model)))
        np.save(path.with_suffix(".npy"), images)
        exact[name] = (path, keras.ops.convert_to_numpy(model(images, training=False)))
    paths = [str(path) for path, _ in exact.values()]
    subprocess.run([sys.executable, "-c", IN_KERAS_2, *paths], check=True, env={**os.environ})
    for name, (path, expected) in exact.items():
        np.testing.assert_allclose(np.load(f"{path}_keras2.npy"), expected, atol=1e-4, err_msg=name)
