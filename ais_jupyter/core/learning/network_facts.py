"""What a network looks like from outside: how far it sees and which sizes it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.architectures import Architecture, find


@dataclass(frozen=True)
class NetworkFacts:
    """What to know before choosing a network.

    Attributes
    ----------
    n_parameters : int
        Number of weights.
    receptive_field : int or None
        Edge, in pixels, of the square of the image that can change one pixel of the result; None: the whole image.
    size_multiple : int
        Boxes and slices must have a multiple of so many pixels.
    """

    n_parameters: int
    receptive_field: int | None
    size_multiple: int


def network_facts(network: Network) -> NetworkFacts:
    """Work the facts out, layer by layer along y."""
    seen = {network.layers[0].name: (1.0, 1.0)}  # pixels seen, and pixels from one to the next
    widest_step = 1.0
    for layer in network.layers[1:]:
        fields, steps = zip(*(seen[name] for name in layer.inputs))
        seen[layer.name] = _seen_after(layer, max(fields), max(steps))
        widest_step = max(widest_step, seen[layer.name][1])
    field = seen[network.output][0]
    return NetworkFacts(network.n_parameters, None if math.isinf(field) else math.ceil(field), round(widest_step))


def architecture_facts(title: str, depth: int = 1) -> NetworkFacts | None:
    """Facts of an architecture of the library, which is built for it once; None when it is not made of Keras layers."""
    return _facts(find(title), depth)


@cache
def _facts(architecture: Architecture, depth: int) -> NetworkFacts | None:
    from ais_jupyter.core.learning.network_keras import network_from_keras

    model = architecture.create((64, 64, depth))
    try:
        return network_facts(network_from_keras(model))
    except InputError:
        return None


def _seen_after(layer: Layer, field: float, step: float) -> tuple[float, float]:
    config = layer.config
    if layer.kind.startswith("Global"):
        return math.inf, step
    if layer.kind.startswith("UpSampling"):
        finer = step / _along_y(config.get("size", 2))
        return field + (step if config.get("interpolation") == "bilinear" else 0), finer
    if "Conv" in layer.kind or "Pooling" in layer.kind:
        size = _along_y(config.get("kernel_size", config.get("pool_size", 2)))
        stride = _along_y(config.get("strides") or (size if "Pooling" in layer.kind else 1))
        if "Transpose" in layer.kind:
            return field + (math.ceil(size / stride) - 1) * step, step / stride
        return field + (size - 1) * _along_y(config.get("dilation_rate") or 1) * step, step * stride
    return field, step


def _along_y(value: int | list[int]) -> int:
    return value[0] if isinstance(value, (list, tuple)) else value
