"""How Keras 2 (in files) expresses the layers of the catalogue, whose names and settings are those of Keras 3."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.errors import CustomLayerError, FileFormatError, UnsafeFileError, UnsafeLayerError
from ais_jupyter.core.data.layer_settings import ACTIVATIONS
from ais_jupyter.core.data.layers import KINDS, KNOWN, problem_with
from ais_jupyter.core.data.network import Layer

#: Activations that Keras 2 does not have.
NO_ACTIVATIONS = {"hard_silu", "hard_swish"}

#: (kind, setting of Keras 3) → setting of Keras 2.
RENAMED_SETTINGS = {("LeakyReLU", "negative_slope"): "alpha"}

#: (kind, weight of Keras 3) → weight of Keras 2.
RENAMED_WEIGHTS = {("DepthwiseConv2D", "kernel"): "depthwise_kernel"}

#: Kinds with spatial axes for which Keras 2 stores no ``data_format``.
_NO_DATA_FORMAT = {"SpatialDropout2D", "SpatialDropout3D"}

#: Layers that carry or name code.
_CODE = {"Lambda", "TFOpLambda", "SlicingOpLambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def from_keras2(kind: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return the Keras 3 settings of a layer that Keras 2 described.

    What an activation computes is left to `keras2_changes`.

    Raises
    ------
    UnsafeFileError
        The layer or its activation carries or names code.
    FileFormatError
        The layer is not in the catalogue, a setting is not what it may be, or the channels come first.
    """
    if kind in _CODE or ">" in kind:
        raise UnsafeLayerError(
            f"layer {name!r} is a {kind}, which contains or calls code written by the file's author; "
            "the model was not loaded and nothing was run. Ask the author for a model made of standard Keras layers"
        )
    if kind not in KINDS:
        raise CustomLayerError(f"layer {name!r} is a {kind}, which is not supported; supported layers are {KNOWN}")
    if config.get("data_format", "channels_last") not in ("channels_last", None):
        raise FileFormatError(f"layer {name!r} has its channels first, which is not supported")
    config = dict(config)
    for (of, ours), theirs in RENAMED_SETTINGS.items():
        if kind == of and theirs in config:
            config[ours] = config.pop(theirs)
    if kind == "BatchNormalization" and isinstance(config.get("axis"), list):
        if len(config["axis"]) != 1:
            raise FileFormatError(f"layer {name!r} normalises over several axes, which is not supported")
        config["axis"] = config["axis"][0]
    kept = {key: config[key] for key in KINDS[kind].settings if key in config}
    if kept.get("output_padding", 0) is None:
        del kept["output_padding"]
    _check_values(kind, kept, name)
    if config.get("trainable") is False:
        kept["trainable"] = False
    return kept


def to_keras2(layer: Layer, name: str) -> dict[str, Any]:
    """Return the configuration that Keras 2.8–2.15 reads for a layer of this name.

    Raises
    ------
    FileFormatError
        The layer or one of its settings is unknown to Keras 2.
    """
    what = "cannot be stored for Keras 2"
    if layer.kind not in KINDS:
        raise FileFormatError(f"layer {layer.name!r} ({layer.kind}) {what}; supported layers are {KNOWN}")
    kind = KINDS[layer.kind]
    config: dict[str, Any] = {"name": name, "trainable": True, "dtype": "float32"}
    for key, value in layer.config.items():
        if key not in kind.settings and key not in ("trainable", "name", "dtype", "data_format"):
            raise FileFormatError(f"{key} of layer {layer.name!r} ({layer.kind}) {what}")
        if key in kind.settings or key == "trainable":
            config[key] = value
    if config.get("activation") in NO_ACTIVATIONS:
        raise FileFormatError(f"layer {layer.name!r} has the activation {config['activation']!r}, which {what}")
    _check_values(layer.kind, {k: v for k, v in config.items() if k in kind.settings}, layer.name)
    for (of, ours), theirs in RENAMED_SETTINGS.items():
        if layer.kind == of and ours in config:
            config[theirs] = config.pop(ours)
    if layer.kind == "BatchNormalization" and isinstance(config.get("axis"), int):
        config["axis"] = [config["axis"]]
    if kind.axes and layer.kind not in _NO_DATA_FORMAT:
        config["data_format"] = "channels_last"
    return config


def weight_names(layer: Layer) -> list[str]:
    """Names of the weights that a layer has with its settings, as Keras 2 calls them, in its order."""
    if layer.kind not in KINDS:
        return []
    return [RENAMED_WEIGHTS.get((layer.kind, name), name) for name in KINDS[layer.kind].weight_names(layer.config)]


def _check_values(kind: str, settings: dict[str, Any], name: str) -> None:
    """See that settings are what they may be, and an activation one of those that Keras 2 names."""
    activation = settings.get("activation")
    known = isinstance(activation, str) and activation in ACTIVATIONS and activation not in NO_ACTIVATIONS
    if activation is not None and not known:
        raise UnsafeFileError(
            f"layer {name!r} has the activation {str(activation)[:60]!r}, which Keras does not name in version 2"
        )
    if (problem := problem_with(kind, settings)) is not None:
        raise FileFormatError(f"layer {name!r} ({kind}): {problem}")
