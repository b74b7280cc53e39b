"""Networks that come from model files, and ours written into such files: they predict what they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from network_tools import random_images, random_model

from ais_jupyter.core.files.keras2_h5 import read_network, write_network
from ais_jupyter.core.files.scnm import read_scnm
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.network_keras import copy_weights, network_from_keras

MODELS = ("unet_s_training_mode", "cli_trained_unet_s", "vggnet_m_inference_mode", "handwritten_h5_minimal")


@pytest.mark.parametrize("name", MODELS)
def test_both_engines_agree_on_models_of_the_original(name: str, shared: Path) -> None:
    pytest.importorskip("openvino")
    network = read_scnm(shared / f"samples/scnm/{name}.scnm").network
    images = random_images(1, 64, 96, network.input_shape[2])
    exact = make_engine(network, "keras", "float32").predict(images)
    assert exact.std() > 1e-4
    np.testing.assert_allclose(make_engine(network, "openvino", "float32").predict(images), exact, atol=1e-5)


@pytest.mark.parametrize(("name", "depth"), [("LinearTest2D", 1), ("LinearTest25D", 5)])
@pytest.mark.parametrize("kind", ["keras", "openvino"])
def test_the_linear_model_is_the_formula_it_was_made_from(name: str, depth: int, kind: str, shared: Path) -> None:
    if kind == "openvino":
        pytest.importorskip("openvino")
    network = read_scnm(shared / f"samples/scnm/{name}.scnm").network
    images = random_images(2, 20, 24, depth)
    kernel = np.array([[0.05, 0.10, 0.05], [0.10, 0.40, 0.10], [0.00, 0.10, 0.10]])
    slices = np.arange(1, depth + 1) / np.arange(1, depth + 1).sum()
    around = np.pad(images @ slices, ((0, 0), (1, 1), (1, 1)))
    total = sum(kernel[i, j] * around[:, i : i + 20, j : j + 24] for i in range(3) for j in range(3))
    expected = 1 / (1 + np.exp(3.0 + 2.0 * total))
    predicted = make_engine(network, kind, "float32").predict(images)
    np.testing.assert_allclose(predicted, expected, atol=1e-5)


@pytest.mark.parametrize("title", [
    "VGGNet S", "UNet 2.5D", "UNet M", "InceptionNet", "ResNet", "Pix2pix", "Eman2", "UNet dropout",
])  # fmt: skip
def test_a_file_keeps_each_layer_and_its_place(title: str) -> None:
    network = network_from_keras(random_model(title, depth=3))
    again, _ = read_network(write_network(network, box_size=64), "memory")
    assert again.output == network.output
    for ours, theirs in zip(network.layers[1:], again.layers[1:], strict=True):
        assert (ours.name, ours.kind, ours.inputs) == (theirs.name, theirs.kind, theirs.inputs)
        changed = {key for key in ours.config | theirs.config if ours.config.get(key) != theirs.config.get(key)}
        assert not changed
        for a, b in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_array_equal(a, b)
    copy_weights(again, random_model(title, depth=3, seed=2))
