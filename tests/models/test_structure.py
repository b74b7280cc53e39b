"""Every architecture against the description of the original's: layer by layer, and the number of weights."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ais_jupyter.core.learning.architectures import find

DESCRIPTIONS = Path(__file__).resolve().parents[3] / "shared/spec/architectures"

PARAMETERS = {
    "ezm-2d": 43_634_689, "ezm-2d-bxe": 43_634_689, "ezm-2d-dice": 43_634_689,
    "ezm-3d-M": 19_579_265, "ezm-3d-L": 30_981_761, "Pix2pix": 16_661_121, "Pix2pix (2024)": 29_249_409,
    "UNet L": 38_791_489, "UNet M": 7_771_297, "UNet S": 922_881, "UNet lite": 185_217, "UNet dropout": 185_217,
    "VGGNet L": 38_239_489, "VGGNet M": 5_053_955, "VGGNet S": 1_493_059, "VGGNet X": 38_420_097,
    "Eman2": 378_081, "InceptionNet": 550_529, "ResNet": 1_215_457,
    "cryoPom-bxe": 31_054_145, "cryoPom-comb": 31_054_145, "cryoPom-dice": 31_054_145,
}  # fmt: skip
LOSSES = {"ezm-2d": "masked_bce_dice", "ezm-3d-M": "masked_bce_dice", "ezm-3d-L": "masked_bce_dice",
          "ezm-2d-dice": "masked_dice", "cryoPom-comb": "masked_combination", "cryoPom-dice": "masked_dice",
          "Pix2pix": "masked_l1", "Pix2pix (2024)": "masked_l1"}  # fmt: skip
SETTINGS = ("filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "activation", "use_bias",
            "pool_size", "size", "interpolation", "momentum", "epsilon", "center", "scale", "rate",
            "data_format")  # fmt: skip
TELLING = {"filters", "kernel_size", "activation", "pool_size", "rate", "momentum", "slope"}


def box_and_depth(title: str) -> tuple[int, int, int]:
    return (64, 64, 16 if title.startswith("ezm-3d") else 1)


def built_structure(model: Any) -> list[tuple[str, list[int], dict[str, Any], list[tuple[int, ...]], int]]:
    """Kind, numbers of the layers before it, settings, weight shapes and number of weights, for each layer."""
    place = {layer.name: number for number, layer in enumerate(model.layers)}
    inputs = {}
    for entry in model.get_config()["layers"]:
        names = re.findall(r'"keras_history": \["([^"]*)"', json.dumps(entry["inbound_nodes"]))
        inputs[entry["name"]] = [place[n] for n in names]
    rows = []
    for layer in model.layers:
        config = layer.get_config()
        settings = {key: config[key] for key in SETTINGS if key in config}
        settings |= {key: tuple(value) for key, value in settings.items() if isinstance(value, list)}
        if "negative_slope" in config:
            settings["slope"] = round(config["negative_slope"], 5)
        weights = [tuple(w.shape) for w in layer.weights]
        rows.append((type(layer).__name__, inputs[layer.name], settings, weights, layer.count_params()))
    return rows


def described_structure(layers: list[dict[str, Any]]) -> list[Any]:
    place = {layer["name"]: number for number, layer in enumerate(layers)}
    rows = []
    for layer in layers:
        settings = {key: layer[key] for key in SETTINGS if key in layer}
        settings |= {key: tuple(value) for key, value in settings.items() if isinstance(value, list)}
        if "alpha" in layer:
            settings["slope"] = round(layer["alpha"], 5)
        weights = [tuple(shape) for _, shape in layer["weights"]]
        rows.append((layer["cls"], [place[n] for n in layer["inbound"]], settings, weights, layer["params"]))
    return rows


def compare(model: Any, description: dict[str, Any]) -> None:
    built, described = built_structure(model), described_structure(description["layers"])
    for number, (ours, theirs) in enumerate(zip(built, described, strict=True)):
        shared = [{key: row[2][key] for key in row[2] if key in ours[2] and key in theirs[2]} for row in (ours, theirs)]
        assert shared[0] == shared[1], number
        assert TELLING & set(theirs[2]) <= set(ours[2])
        assert ours[:2] + ours[3:] == theirs[:2] + theirs[3:], number
    assert [list(t.shape) for t in model.outputs] == [description["output_shape"]]


@pytest.mark.parametrize("title", PARAMETERS)
def test_structure_is_the_described_one(title: str) -> None:
    model = find(title).create(box_and_depth(title))
    assert model.count_params() == PARAMETERS[title]
    assert model.loss.__name__ == LOSSES.get(title, "masked_bce")
    if title.startswith("cryoPom"):
        return  # nothing but the number of its weights is known
    if not DESCRIPTIONS.is_dir():
        pytest.skip(f"{DESCRIPTIONS} is absent: only the number of weights was checked")
    version = "1.0.21" if title in ("UNet lite", "UNet dropout", "Pix2pix (2024)") else "1.2.40"
    description = json.loads((DESCRIPTIONS / version / f"{title.removesuffix(' (2024)')}.json").read_text())
    rate = description["optimizer"]["learning_rate"]
    assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(rate)
    assert float(model.optimizer.beta_1) == pytest.approx(description["optimizer"]["beta_1"])
    if "generator" in description:
        compare(model.generator, description["generator"])
        compare(model.discriminator, description["discriminator"])
    else:
        compare(model, description)


@pytest.mark.parametrize(
    ("old", "new"), [("UNet deep", "UNet S"), ("VGGNet", "VGGNet S"), ("VGGNet double", "VGGNet M")]
)
def test_old_names_stand_for_the_same_network(old: str, new: str) -> None:
    path = DESCRIPTIONS / "1.0.21" / f"{old}.json"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    assert find(old).title == new
    compare(find(old).create((64, 64, 1)), json.loads(path.read_text()))


@pytest.mark.parametrize("title", ["VGGNet S", "UNet M", "Pix2pix"])
def test_slices_go_in_as_channels(title: str) -> None:
    model = find(title).create((64, 64, 5))
    assert model.input_shape[-1] == 5
    assert model.output_shape[-1] == 1
