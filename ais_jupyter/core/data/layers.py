"""The catalogue of layers: which kinds a network may have, their settings, their weights, and what they see.

Engines and files add only how they express each kind (`learning.openvino_graph`, `learning.network_keras`,
`files.keras2_layers`); a test compares them with this list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ais_jupyter.core.data import layer_settings as rules
from ais_jupyter.core.data.layer_settings import Rule

Geometry = Literal["pixel", "window", "pool", "transposed", "enlarging", "border", "cropping", "everything"]


@dataclass(frozen=True)
class LayerKind:
    """What is known of one kind of layer.

    Attributes
    ----------
    settings : dict of str to Rule
        Keras 3 constructor arguments that decide what it computes, and what each may be.
    weights : tuple of str
        Names in the order of Keras.
    axes : int
        Spatial axes of a kind that is made for 2 or 3 of them; 0 for any number.
    geometry : str
        How an output pixel depends on input pixels: "pixel" on the same one alone, "window" (a convolution), "pool",
        "transposed" (a transposed convolution), "enlarging", "border" (zeros around), "cropping", or "everything".
    merges : bool
        It takes several inputs.
    only_in_training : bool
        It passes its input on unchanged when a network is applied.
    """

    settings: dict[str, Rule] = field(default_factory=dict)
    weights: tuple[str, ...] = ()
    axes: int = 0
    geometry: Geometry = "pixel"
    merges: bool = False
    only_in_training: bool = False

    def weight_names(self, config: dict[str, Any]) -> list[str]:
        """Names of the weights that a layer with these settings has, in the order of Keras."""
        absent = {weight for setting, weight in _OPTIONAL_WEIGHTS.items() if config.get(setting, True) is False}
        return [name for name in self.weights if name not in absent]


#: Setting that, when False, leaves out a weight.
_OPTIONAL_WEIGHTS = {"use_bias": "bias", "scale": "gamma", "center": "beta"}

_CHANNELS = rules.whole(1, 65536, per_axis=False)
_WINDOW = rules.whole(1, 256)
_STRIDE = rules.whole(1, 64)
_padding = rules.choice("valid", "same")
_number, _fraction, _slope = rules.number(), rules.number(0, 1), rules.number(optional=True)

_after = {"activation": rules.activation, "use_bias": rules.switch}
_conv = {
    "filters": _CHANNELS, "kernel_size": _WINDOW, "strides": _STRIDE, "padding": _padding, "dilation_rate": _WINDOW,
    "groups": _CHANNELS, **_after,
}  # fmt: skip
_transposed = {
    "filters": _CHANNELS, "kernel_size": _WINDOW, "strides": _STRIDE, "padding": _padding,
    "output_padding": rules.whole(0, 64, optional=True), "dilation_rate": _WINDOW, **_after,
}  # fmt: skip
_depthwise = {
    "kernel_size": _WINDOW, "strides": _STRIDE, "padding": _padding,
    "depth_multiplier": rules.whole(1, 1024, per_axis=False), "dilation_rate": _WINDOW, **_after,
}  # fmt: skip
_pool = {"pool_size": _WINDOW, "strides": rules.whole(1, 64, optional=True), "padding": _padding}
_norm = {"axis": rules.axis, "epsilon": rules.number(0, 1e6), "center": rules.switch, "scale": rules.switch}
_ENLARGE = rules.whole(1, 64)
_interpolations = rules.choice("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def _noise(setting: str, axes: int = 0) -> LayerKind:
    rule = _fraction if setting == "rate" else rules.number(0, 1e6)
    return LayerKind({setting: rule}, axes=axes, only_in_training=True)


def _of_both(name: str, settings: dict[str, Rule], weights: tuple[str, ...], geometry: Geometry) -> dict[str, Any]:
    return {f"{name}{n}D": LayerKind(settings, weights, n, geometry) for n in (2, 3)}


KINDS: dict[str, LayerKind] = {
    **_of_both("Conv", _conv, ("kernel", "bias"), "window"),
    **{f"Conv{n}DTranspose": LayerKind(_transposed, ("kernel", "bias"), n, "transposed") for n in (2, 3)},
    "DepthwiseConv2D": LayerKind(_depthwise, ("kernel", "bias"), 2, "window"),
    "SeparableConv2D": LayerKind(
        {"filters": _CHANNELS, **_depthwise}, ("depthwise_kernel", "pointwise_kernel", "bias"), 2, "window"
    ),
    "Dense": LayerKind({"units": _CHANNELS, **_after}, ("kernel", "bias")),
    **_of_both("MaxPooling", _pool, (), "pool"),
    **_of_both("AveragePooling", _pool, (), "pool"),
    **_of_both("GlobalAveragePooling", {"keepdims": rules.switch}, (), "everything"),
    **_of_both("GlobalMaxPooling", {"keepdims": rules.switch}, (), "everything"),
    "UpSampling2D": LayerKind({"size": _ENLARGE, "interpolation": _interpolations}, (), 2, "enlarging"),
    "UpSampling3D": LayerKind({"size": _ENLARGE}, (), 3, "enlarging"),
    **_of_both("ZeroPadding", {"padding": rules.margins(1024)}, (), "border"),
    **_of_both("Cropping", {"cropping": rules.margins(1024)}, (), "cropping"),
    "BatchNormalization": LayerKind(
        {"momentum": _fraction, **_norm}, ("gamma", "beta", "moving_mean", "moving_variance")
    ),
    "LayerNormalization": LayerKind(_norm, ("gamma", "beta")),
    "GroupNormalization": LayerKind(
        {"groups": rules.whole(-1, 65536, per_axis=False), **_norm}, ("gamma", "beta"), geometry="everything"
    ),
    "Activation": LayerKind({"activation": rules.activation}),
    "ReLU": LayerKind({"max_value": _slope, "negative_slope": _slope, "threshold": _slope}),
    "LeakyReLU": LayerKind({"negative_slope": _number}),
    "PReLU": LayerKind({"shared_axes": rules.axes_or_none}, ("alpha",)),
    "ELU": LayerKind({"alpha": _number}),
    "Softmax": LayerKind({"axis": rules.axis}),
    "Rescaling": LayerKind({"scale": rules.number(several=True), "offset": rules.number(several=True)}),
    "Dropout": _noise("rate"), "SpatialDropout2D": _noise("rate", 2), "SpatialDropout3D": _noise("rate", 3),
    "AlphaDropout": _noise("rate"), "GaussianDropout": _noise("rate"), "GaussianNoise": _noise("stddev"),
    "Reshape": LayerKind({"target_shape": rules.shape}, geometry="everything"),
    **{name: LayerKind(merges=True) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": LayerKind({"axis": rules.axis}, merges=True),
}  # fmt: skip

#: For errors: the kinds there are.
KNOWN = ", ".join(sorted(KINDS))


def problem_with(kind: str, config: dict[str, Any]) -> str | None:
    """Say which setting of a layer is not what it may be, and what it should be; None when all are.

    Settings that the catalogue does not know are left to whoever has them.
    """
    for key, rule in KINDS[kind].settings.items():
        if key in config and (expected := rule(config[key])) is not None:
            return f"{key} should be {expected}, not {str(config[key])[:60]!r}"
    return None
