"""A network as an OpenVINO graph, built straight from layers and weights.

Keras keeps channels last, OpenVINO first: the input is transposed once, all layers work on (n, channels, y, x[, z]),
and as the output has one channel it needs no transposing back. "Same" padding puts the odd pixel at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.layers import KINDS, problem_with
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.openvino_runtime import ops, opset1, ov

Node = Any


class UnsupportedLayerError(InputError):
    """A layer, or one of its settings, that this engine cannot compute; Keras may."""


def openvino_graph(network: Network) -> ov.Model:
    """Graph from float32 (n, y, x, z) to (n, y, x), or from (n, y, x, z, 1) to (n, y, x, z); n, y and x are free.

    Raises
    ------
    UnsupportedLayerError
        Names the layer.
    """
    first = network.layers[0]
    *spatial, channels = network.input_shape
    free = [-1, -1, *spatial[2:]]
    inputs = ops.parameter([-1, *(-1 if n is None else n for n in free), channels], np.float32, name="input")
    axes = [0, len(spatial) + 1, *range(1, len(spatial) + 1)]
    nodes = {first.name: ops.transpose(inputs, np.array(axes))}
    for layer in network.layers[1:]:
        if layer.kind not in BUILDERS:
            raise UnsupportedLayerError(f"layer {layer.name!r} is a {layer.kind}")
        if (problem := problem_with(layer.kind, layer.config)) is not None:
            raise InputError(f"layer {layer.name!r} ({layer.kind}): {problem}")
        nodes[layer.name] = BUILDERS[layer.kind](layer, *(nodes[name] for name in layer.inputs))
    output = nodes[network.output]
    if output.get_output_partial_shape(0)[1] != 1:
        raise UnsupportedLayerError(f"the output of layer {network.output!r} does not have one channel")
    return ov.Model([ops.squeeze(output, np.array([1]))], [inputs], network.name)


# shapes and constants ------------------------------------------------------------------------------------------------


def _rank(x: Node) -> int:
    return len(x.get_output_partial_shape(0))


def _constant(values: Any) -> Node:
    return ops.constant(np.asarray(values, np.float32, order="C"))


def _per_channel(values: Any, rank: int) -> Node:
    """Return one number per channel, shaped to go with (n, channels, …)."""
    return _constant(np.reshape(values, (1, -1) + (1,) * (rank - 2)))


def _channels_only(layer: Layer, rank: int) -> None:
    """Refuse an `axis` that is not the channels'."""
    axis = layer.config.get("axis", -1)
    axes = axis if isinstance(axis, list) else [axis]
    if axes not in ([-1], [rank - 1]):
        raise UnsupportedLayerError(f"layer {layer.name!r} works along axis {axis}, not along the channels")


def _each(value: Any, n: int) -> list[int]:
    return [int(v) for v in value] if isinstance(value, (list, tuple)) else [int(value)] * n


def _axis(axis: int, rank: int) -> int:
    """Axis of channels-first data for an axis of channels-last data."""
    axis %= rank
    return 0 if axis == 0 else 1 if axis == rank - 1 else axis + 1


# activations ---------------------------------------------------------------------------------------------------------

ACTIVATIONS: dict[str, Callable[[Node], Node]] = {
    "linear": lambda x: x,
    "relu": ops.relu,
    "relu6": lambda x: ops.clamp(x, 0.0, 6.0),
    "leaky_relu": lambda x: ops.prelu(x, _constant([0.2])),
    "sigmoid": ops.sigmoid,
    "tanh": ops.tanh,
    "elu": lambda x: ops.elu(x, 1.0),
    "selu": lambda x: ops.selu(x, _constant(1.67326324), _constant(1.05070098)),
    "silu": ops.swish,
    "swish": ops.swish,
    "gelu": lambda x: ops.gelu(x, "erf"),
    "mish": ops.mish,
    "softplus": ops.softplus,
    "softsign": ops.softsign,
    "exponential": ops.exp,
    "hard_sigmoid": ops.hsigmoid,
    "hard_silu": ops.hswish,
    "hard_swish": ops.hswish,
    "softmax": lambda x: ops.softmax(x, 1),
}


def _activated(layer: Layer, x: Node) -> Node:
    name = layer.config.get("activation") or "linear"
    if name not in ACTIVATIONS:
        raise UnsupportedLayerError(f"layer {layer.name!r} has the activation {name!r}")
    return ACTIVATIONS[name](x)


def _relu(layer: Layer, x: Node) -> Node:
    slope = layer.config.get("negative_slope") or 0.0
    threshold = layer.config.get("threshold") or 0.0
    highest = layer.config.get("max_value")
    if threshold:
        if slope:
            raise UnsupportedLayerError(f"layer {layer.name!r} has a threshold and a slope")
        kept = ops.select(ops.greater_equal(x, _constant(threshold)), x, _constant(0.0))
    else:
        kept = ops.prelu(x, _constant([slope])) if slope else ops.relu(x)
    return kept if highest is None else ops.minimum(kept, _constant(highest))


def _prelu(layer: Layer, x: Node) -> Node:
    alpha = layer.weights[0]
    if any(n != 1 for n in alpha.shape[:-1]):
        raise UnsupportedLayerError(f"layer {layer.name!r} has its own slope for each pixel")
    return ops.prelu(x, _constant(alpha.reshape(-1)))


# convolutions --------------------------------------------------------------------------------------------------------


def _padding(layer: Layer, size: list[int], strides: list[int], dilation: list[int]) -> dict[str, Any]:
    """Give the padding in numbers where it does not depend on the size of the image, as with stride 1."""
    n = len(size)
    if layer.config.get("padding", "valid") != "same":
        return {"pads_begin": [0] * n, "pads_end": [0] * n}
    if max(strides) > 1:
        return {"pads_begin": [0] * n, "pads_end": [0] * n, "auto_pad": "same_upper"}
    total = [(k - 1) * d for k, d in zip(size, dilation)]
    return {"pads_begin": [t // 2 for t in total], "pads_end": [t - t // 2 for t in total]}


def _with_bias(layer: Layer, x: Node, bias: list[np.ndarray]) -> Node:
    if bias:
        x = ops.add(x, _per_channel(bias[0], _rank(x)))
    return _activated(layer, x)


def _conv(layer: Layer, x: Node) -> Node:
    kernel, *bias = layer.weights
    return _with_bias(layer, _convolved(layer, x, kernel, int(layer.config.get("groups") or 1)), bias)


def _convolved(layer: Layer, x: Node, kernel: np.ndarray, groups: int = 1) -> Node:
    """Convolve with a kernel (…, channels in per group, channels out)."""
    n = kernel.ndim - 2
    size = list(kernel.shape[:n])
    strides, dilation = (_each(layer.config.get(key) or 1, n) for key in ("strides", "dilation_rate"))
    weights = np.moveaxis(kernel, (-1, -2), (0, 1))
    padding = _padding(layer, size, strides, dilation)
    if groups == 1:
        return ops.convolution(x, _constant(weights), strides, dilations=dilation, **padding)
    weights = weights.reshape(groups, -1, *weights.shape[1:])
    return ops.group_convolution(x, _constant(weights), strides, dilations=dilation, **padding)


def _depthwise(layer: Layer, x: Node, kernel: np.ndarray) -> Node:
    """Convolve each channel by itself with a kernel (…, channels in, multiplier)."""
    channels = kernel.shape[-2]
    return _convolved(layer, x, kernel.reshape(*kernel.shape[:-2], 1, -1), channels)


def _depthwise_conv(layer: Layer, x: Node) -> Node:
    kernel, *bias = layer.weights
    return _with_bias(layer, _depthwise(layer, x, kernel), bias)


def _separable_conv(layer: Layer, x: Node) -> Node:
    depthwise, pointwise, *bias = layer.weights
    x = _depthwise(layer, x, depthwise)
    point = Layer(layer.name, "Conv", {})
    return _with_bias(layer, _convolved(point, x, pointwise), bias)


def _transposed_conv(layer: Layer, x: Node) -> Node:
    kernel, *bias = layer.weights
    n = kernel.ndim - 2
    if layer.config.get("output_padding") is not None or max(_each(layer.config.get("dilation_rate") or 1, n)) > 1:
        raise UnsupportedLayerError(f"layer {layer.name!r} has an output padding or a dilation")
    size, strides = list(kernel.shape[:n]), _each(layer.config.get("strides") or 1, n)
    same = layer.config.get("padding", "valid") == "same"
    total = [max(k - s, 0) if same else 0 for k, s in zip(size, strides)]
    x = ops.convolution_backprop_data(
        x, _constant(np.moveaxis(kernel, (-1, -2), (0, 1))), strides,
        pads_begin=[t // 2 for t in total], pads_end=[t - t // 2 for t in total],
        output_padding=[max(s - k, 0) for k, s in zip(size, strides)],
    )  # fmt: skip
    return _with_bias(layer, x, bias)


def _dense(layer: Layer, x: Node) -> Node:
    kernel, *bias = layer.weights
    rank = _rank(x)
    if rank == 2:
        return _with_bias(layer, ops.matmul(x, _constant(kernel), False, False), bias)
    point = Layer(layer.name, "Conv", {})
    return _with_bias(layer, _convolved(point, x, kernel.reshape((1,) * (rank - 2) + kernel.shape)), bias)


# normalisation -------------------------------------------------------------------------------------------------------


def _scaled(layer: Layer, x: Node, weights: list[np.ndarray]) -> Node:
    """Multiply by gamma and add beta, as far as the layer has them."""
    remaining = list(weights)
    if layer.config.get("scale", True):
        x = ops.multiply(x, _per_channel(remaining.pop(0), _rank(x)))
    if layer.config.get("center", True):
        x = ops.add(x, _per_channel(remaining.pop(0), _rank(x)))
    return x


def _batch_norm(layer: Layer, x: Node) -> Node:
    """One factor and one summand per channel, worked out in float64."""
    _channels_only(layer, _rank(x))
    *affine, mean, variance = (w.astype(np.float64) for w in layer.weights)
    scale = 1.0 / np.sqrt(variance + layer.config.get("epsilon", 1e-3))
    if layer.config.get("scale", True):
        scale = scale * affine.pop(0)
    shift = (affine.pop(0) if layer.config.get("center", True) else 0.0) - mean * scale
    return ops.add(ops.multiply(x, _per_channel(scale, _rank(x))), _per_channel(shift, _rank(x)))


def _layer_norm(layer: Layer, x: Node) -> Node:
    _channels_only(layer, _rank(x))
    x = ops.mvn(x, np.array([1]), True, float(layer.config.get("epsilon", 1e-3)), "inside_sqrt")
    return _scaled(layer, x, layer.weights)


def _group_norm(layer: Layer, x: Node) -> Node:
    _channels_only(layer, _rank(x))
    channels = x.get_output_partial_shape(0)[1].get_length()
    groups = int(layer.config.get("groups", 32))
    ones, zeros = _constant(np.ones(channels)), _constant(np.zeros(channels))
    epsilon = float(layer.config.get("epsilon", 1e-3))
    x = ops.group_normalization(x, ones, zeros, channels if groups == -1 else groups, epsilon)
    return _scaled(layer, x, layer.weights)


def _rescaling(layer: Layer, x: Node) -> Node:
    scale, offset = (np.asarray(layer.config.get(key, default)) for key, default in (("scale", 1.0), ("offset", 0.0)))
    return ops.add(ops.multiply(x, _per_channel(scale, _rank(x))), _per_channel(offset, _rank(x)))


# size ----------------------------------------------------------------------------------------------------------------


def _pool(layer: Layer, x: Node) -> Node:
    size = _each(layer.config.get("pool_size", 2), _rank(x) - 2)
    strides = _each(layer.config.get("strides") or size, len(size))
    nothing = [0] * len(size)
    pad = "same_upper" if layer.config.get("padding", "valid") == "same" else "valid"
    if layer.kind.startswith("Max"):
        return opset1.max_pool(x, strides, nothing, nothing, size, auto_pad=pad)  # later ones also give indices
    return ops.avg_pool(x, strides, nothing, nothing, size, exclude_pad=True, auto_pad=pad)


def _global_pool(layer: Layer, x: Node) -> Node:
    reduce = ops.reduce_max if "Max" in layer.kind else ops.reduce_mean
    return reduce(x, np.arange(2, _rank(x)), keep_dims=bool(layer.config.get("keepdims")))


def _upsample(layer: Layer, x: Node) -> Node:
    n = _rank(x) - 2
    mode = layer.config.get("interpolation", "nearest")
    if mode not in ("nearest", "bilinear"):
        raise UnsupportedLayerError(f"layer {layer.name!r} enlarges by {mode!r}")
    nearest = mode == "nearest"
    return ops.interpolate(
        x, _constant(_each(layer.config.get("size", 2), n)), "nearest" if nearest else "linear_onnx", "scales",
        coordinate_transformation_mode="asymmetric" if nearest else "half_pixel", nearest_mode="floor",
        axes=np.arange(2, n + 2),
    )  # fmt: skip


def _margins(layer: Layer, key: str, n: int) -> tuple[list[int], list[int]]:
    value = layer.config.get(key, 1)
    pairs = [_each(v, 2) for v in (value if isinstance(value, (list, tuple)) else [value] * n)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _zero_padding(layer: Layer, x: Node) -> Node:
    begin, end = _margins(layer, "padding", _rank(x) - 2)
    return ops.pad(x, np.array([0, 0, *begin]), np.array([0, 0, *end]), "constant", _constant(0.0))


def _cropping(layer: Layer, x: Node) -> Node:
    n = _rank(x) - 2
    begin, end = _margins(layer, "cropping", n)
    stop = np.array([-e if e else np.iinfo(np.int64).max for e in end])
    return ops.slice(x, np.array(begin), stop, np.ones(n, np.int64), np.arange(2, n + 2))


def _reshape(layer: Layer, x: Node) -> Node:
    *ones, _ = layer.config["target_shape"]
    if _rank(x) != 2 or any(n != 1 for n in ones):
        raise UnsupportedLayerError(f"layer {layer.name!r} changes the shape to {layer.config['target_shape']}")
    return ops.unsqueeze(x, np.arange(2, 2 + len(ones)))


# several inputs ------------------------------------------------------------------------------------------------------


def _merge(combine: Callable[[Node, Node], Node]) -> Callable[..., Node]:
    def build(layer: Layer, *xs: Node) -> Node:
        rank = max(map(_rank, xs))
        same = [x if _rank(x) == rank else ops.unsqueeze(x, np.arange(_rank(x), rank)) for x in xs]
        result = same[0]
        for x in same[1:]:
            result = combine(result, x)
        return ops.divide(result, _constant(float(len(xs)))) if layer.kind == "Average" else result

    return build


def _concatenate(layer: Layer, *xs: Node) -> Node:
    return ops.concat(list(xs), _axis(int(layer.config.get("axis", -1)), _rank(xs[0])))


def _nothing(layer: Layer, x: Node) -> Node:
    """Return `x`: layers that only act in training."""
    return x


#: How OpenVINO expresses each kind of the catalogue.
BUILDERS: dict[str, Callable[..., Node]] = {
    **dict.fromkeys(("Conv2D", "Conv3D"), _conv),
    **dict.fromkeys(("Conv2DTranspose", "Conv3DTranspose"), _transposed_conv),
    **dict.fromkeys(("MaxPooling2D", "MaxPooling3D", "AveragePooling2D", "AveragePooling3D"), _pool),
    **dict.fromkeys((f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (2, 3)), _global_pool),
    **dict.fromkeys(("UpSampling2D", "UpSampling3D"), _upsample),
    **dict.fromkeys(("ZeroPadding2D", "ZeroPadding3D"), _zero_padding),
    **dict.fromkeys(("Cropping2D", "Cropping3D"), _cropping),
    **dict.fromkeys((name for name, kind in KINDS.items() if kind.only_in_training), _nothing),
    "DepthwiseConv2D": _depthwise_conv,
    "SeparableConv2D": _separable_conv,
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "Rescaling": _rescaling,
    "Reshape": _reshape,
    "Activation": _activated,
    "ReLU": _relu,
    "LeakyReLU": lambda layer, x: ops.prelu(x, _constant([layer.config.get("negative_slope", 0.3)])),
    "PReLU": _prelu,
    "ELU": lambda layer, x: ops.elu(x, float(layer.config.get("alpha", 1.0))),
    "Softmax": lambda layer, x: ops.softmax(x, _axis(int(layer.config.get("axis", -1)), _rank(x))),
    "Concatenate": _concatenate,
    "Add": _merge(ops.add),
    "Average": _merge(ops.add),
    "Subtract": _merge(ops.subtract),
    "Multiply": _merge(ops.multiply),
    "Maximum": _merge(ops.maximum),
    "Minimum": _merge(ops.minimum),
}
