"""The layers that models may have, and their settings as Keras 2 writes them (in files) and Keras 3 (elsewhere)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.data.network import Layer


@dataclass(frozen=True)
class LayerKind:
    """Settings that decide what a layer computes, and the names of its weights in order.

    Attributes
    ----------
    settings : tuple of str
        Keras 3 constructor arguments.
    weights : tuple of str
    channels_last : bool
        Whether Keras 2 writes a ``data_format``.
    """

    settings: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    channels_last: bool = False


_CONV = ("filters", "kernel_size", "strides", "padding", "dilation_rate", "groups", "activation", "use_bias")
_TRANSPOSE = (*_CONV[:4], "output_padding", "dilation_rate", "activation", "use_bias")
_DEPTHWISE = ("kernel_size", "strides", "padding", "depth_multiplier", "dilation_rate", "activation", "use_bias")
_POOL = ("pool_size", "strides", "padding")
_NORM = ("gamma", "beta")

_convolution = LayerKind(_CONV, ("kernel", "bias"), True)
_transposed = LayerKind(_TRANSPOSE, ("kernel", "bias"), True)
_pooling = LayerKind(_POOL, (), True)
_global_pooling = LayerKind(("keepdims",), (), True)
_rate = LayerKind(("rate",))
_merge = LayerKind()

KINDS: dict[str, LayerKind] = {
    "Conv2D": _convolution, "Conv3D": _convolution, "Conv2DTranspose": _transposed, "Conv3DTranspose": _transposed,
    "DepthwiseConv2D": LayerKind(_DEPTHWISE, ("depthwise_kernel", "bias"), True),
    "SeparableConv2D": LayerKind(("filters", *_DEPTHWISE), ("depthwise_kernel", "pointwise_kernel", "bias"), True),
    "Dense": LayerKind(("units", "activation", "use_bias"), ("kernel", "bias")),
    "MaxPooling2D": _pooling, "MaxPooling3D": _pooling, "AveragePooling2D": _pooling, "AveragePooling3D": _pooling,
    "GlobalAveragePooling2D": _global_pooling, "GlobalAveragePooling3D": _global_pooling,
    "GlobalMaxPooling2D": _global_pooling, "GlobalMaxPooling3D": _global_pooling,
    "UpSampling2D": LayerKind(("size", "interpolation"), (), True), "UpSampling3D": LayerKind(("size",), (), True),
    "ZeroPadding2D": LayerKind(("padding",), (), True), "ZeroPadding3D": LayerKind(("padding",), (), True),
    "Cropping2D": LayerKind(("cropping",), (), True), "Cropping3D": LayerKind(("cropping",), (), True),
    "BatchNormalization": LayerKind(
        ("axis", "momentum", "epsilon", "center", "scale"), (*_NORM, "moving_mean", "moving_variance")
    ),
    "LayerNormalization": LayerKind(("axis", "epsilon", "center", "scale"), _NORM),
    "GroupNormalization": LayerKind(("groups", "axis", "epsilon", "center", "scale"), _NORM),
    "Activation": LayerKind(("activation",)), "ReLU": LayerKind(("max_value", "negative_slope", "threshold")),
    "LeakyReLU": LayerKind(("negative_slope",)), "PReLU": LayerKind(("shared_axes",), ("alpha",)),
    "ELU": LayerKind(("alpha",)), "Softmax": LayerKind(("axis",)), "Rescaling": LayerKind(("scale", "offset")),
    "Dropout": _rate, "SpatialDropout2D": _rate, "SpatialDropout3D": _rate, "AlphaDropout": _rate,
    "GaussianDropout": _rate,     "GaussianNoise": LayerKind(("stddev",)), "Reshape": LayerKind(("target_shape",)),
    "Add": _merge, "Subtract": _merge, "Multiply": _merge, "Average": _merge, "Maximum": _merge, "Minimum": _merge,
    "Concatenate": LayerKind(("axis",)),
}  # fmt: skip

ACTIVATIONS = {
    "linear", "relu", "relu6", "sigmoid", "hard_sigmoid", "tanh", "softmax", "softplus", "softsign", "selu", "elu",
    "gelu", "swish", "silu", "mish", "exponential", "leaky_relu",
}  # fmt: skip

#: Layers that carry or name code.
_CODE = {"Lambda", "TFOpLambda", "SlicingOpLambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"}


def from_keras2(kind: str, name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return the Keras 3 settings of a layer that Keras 2 described.

    Raises
    ------
    UnsafeFileError
        The layer or its activation carries or names code.
    FileFormatError
        The layer is not one of `KINDS`, or has its channels first.
    """
    if kind in _CODE or ">" in kind:
        raise UnsafeFileError(
            f"layer {name!r} is a {kind}, which contains or calls code of the file's maker; "
            "it was not loaded and nothing was run. If you trust the file, ask for it by name "
            "(allow_custom_layers=True) and load it with Keras"
        )
    if kind not in KINDS:
        raise FileFormatError(
            f"layer {name!r} is a {kind}, which is not supported; there are {', '.join(sorted(KINDS))}"
        )
    if config.get("data_format", "channels_last") not in ("channels_last", None):
        raise FileFormatError(f"layer {name!r} has its channels first, which is not supported")
    config = dict(config)
    if kind == "LeakyReLU" and "alpha" in config:
        config["negative_slope"] = config.pop("alpha")
    if kind == "BatchNormalization" and isinstance(config.get("axis"), list):
        if len(config["axis"]) != 1:
            raise FileFormatError(f"layer {name!r} normalises over several axes, which is not supported")
        config["axis"] = config["axis"][0]
    kept = {key: config[key] for key in KINDS[kind].settings if key in config}
    if kept.get("output_padding", 0) is None:
        del kept["output_padding"]
    _check_values(kept, name)
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
        raise FileFormatError(f"layer {layer.name!r} ({layer.kind}) {what}; there are {', '.join(sorted(KINDS))}")
    kind = KINDS[layer.kind]
    config: dict[str, Any] = {"name": name, "trainable": True, "dtype": "float32"}
    for key, value in layer.config.items():
        if key not in kind.settings and key not in ("trainable", "name", "dtype", "data_format"):
            raise FileFormatError(f"{key} of layer {layer.name!r} ({layer.kind}) {what}")
        if key in kind.settings or key == "trainable":
            config[key] = value
    _check_values({k: v for k, v in config.items() if k in kind.settings}, layer.name)
    if layer.kind == "LeakyReLU" and "negative_slope" in config:
        config["alpha"] = config.pop("negative_slope")
    if layer.kind == "BatchNormalization" and isinstance(config.get("axis"), int):
        config["axis"] = [config["axis"]]
    if kind.channels_last:
        config["data_format"] = "channels_last"
    return config


def weight_names(layer: Layer) -> list[str]:
    """Names of the weights that a layer has with its settings, in the order of Keras."""
    absent = set()
    for setting, weight in (("use_bias", "bias"), ("scale", "gamma"), ("center", "beta")):
        if layer.config.get(setting, True) is False:
            absent.add(weight)
    return [name for name in KINDS[layer.kind].weights if name not in absent] if layer.kind in KINDS else []


def _check_values(settings: dict[str, Any], name: str) -> None:
    """See that settings are plain JSON values, and an activation one of those that Keras names."""
    activation = settings.get("activation")
    if activation is not None and activation not in (a for a in ACTIVATIONS if isinstance(activation, str)):
        raise UnsafeFileError(f"layer {name!r} has the activation {str(activation)[:60]!r}, which Keras does not name")
    for key, value in settings.items():
        if not _plain(value):
            raise FileFormatError(f"{key} of layer {name!r} is {str(value)[:60]!r}, not a plain value")


def _plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) <= 16 and all(_plain(item) for item in value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return abs(value) < 1e9
    return value is None or isinstance(value, (bool, str))
