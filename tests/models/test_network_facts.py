"""How far networks see, against what changes when one pixel changes."""

from __future__ import annotations

import numpy as np
import pytest
from network_tools import random_model

from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.network_facts import architecture_facts, network_facts
from ais_jupyter.core.learning.network_keras import network_from_keras


@pytest.mark.parametrize("title", ["UNet lite", "UNet S", "UNet 2.5D", "VGGNet S", "Eman2", "InceptionNet", "ResNet"])
def test_receptive_field_is_the_reach_of_one_pixel(title: str) -> None:
    pytest.importorskip("openvino")
    network = network_from_keras(random_model(title))
    for layer in network.layers:
        layer.weights = [np.full(w.shape, 1 / max(w[..., 0].size, 1)) for w in layer.weights]  # everything passes on
        if layer.config.get("activation") == "sigmoid":
            layer.config["activation"] = "linear"
    engine = make_engine(network, "openvino", "float32")
    facts = network_facts(network)
    assert facts.receptive_field is not None
    size = 96
    reach = 0
    for position in range(size // 2, size // 2 + facts.size_multiple):
        image = np.zeros((1, size, size, 1), np.float32)
        quiet = engine.predict(image)[0]
        image[0, position, position] = 1e6
        changed = np.flatnonzero(np.any(engine.predict(image)[0] - quiet > 1e-7, axis=1))
        reach = max(reach, int(2 * np.abs(changed - position).max()) + 1)
    assert facts.receptive_field == pytest.approx(reach, abs=2 * facts.size_multiple)


@pytest.mark.parametrize(
    ("title", "multiple", "parameters"),
    [("VGGNet S", 8, 1_493_059), ("UNet S", 4, 922_881), ("Pix2pix", 32, 16_661_121), ("ResNet", 1, 1_215_457)],
)
def test_facts_of_architectures(title: str, multiple: int, parameters: int) -> None:
    facts = architecture_facts(title)
    assert facts is not None
    assert (facts.size_multiple, facts.n_parameters) == (multiple, parameters)
    assert architecture_facts(title) is facts


def test_networks_of_slabs_halve_the_depth_as_well() -> None:
    facts = architecture_facts("ezm-3d-M")  # also where the depth asked for is none that it takes
    assert facts is not None
    assert (facts.size_multiple % 4, facts.depth_multiple) == (0, 4)
    assert architecture_facts("UNet S", depth=8).depth_multiple == 1
