"""What a network looks like from outside: how far it sees and which sizes it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.architectures import Architecture, find

#: Slices that every network of slabs takes.
_ANY_DEPTH = 32


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
    depth_multiple : int
        Boxes must have a multiple of so many slices; 1 for networks that take any depth.
    """

    n_parameters: int
    receptive_field: int | None
    size_multiple: int
    depth_multiple: int = 1


def network_facts(network: Network) -> NetworkFacts:
    """Work the facts out, layer by layer."""
    field, multiple = _sight_along(network, 0)
    depth_multiple = _sight_along(network, 2)[1] if len(network.input_shape) == 4 else 1
    return NetworkFacts(network.n_parameters, None if math.isinf(field) else math.ceil(field), multiple, depth_multiple)


def architecture_facts(title: str, depth: int = 1) -> NetworkFacts | None:
    """Facts of an architecture of the library, which is built for it once; None when it is not made of Keras layers."""
    return _facts(find(title), depth)


@cache
def _facts(architecture: Architecture, depth: int) -> NetworkFacts | None:
    from ais_jupyter.core.learning.network_keras import network_from_keras

    try:
        try:
            created = architecture.create((64, 64, depth))
        except ValueError:  # a network of slabs that is not made for so few slices
            created = architecture.create((64, 64, _ANY_DEPTH))
        return network_facts(network_from_keras(created))
    except InputError:
        return None
    except Exception:
        if not architecture.plugin:
            raise
        return None  # somebody else's code need not take boxes of this size


def _sight_along(network: Network, axis: int) -> tuple[float, int]:
    """Return how many pixels along an axis (0 y, 2 z) change one result, and the step of the coarsest layer."""
    seen = {network.layers[0].name: (1.0, 1.0)}  # pixels seen, and pixels from one to the next
    widest_step = 1.0
    for layer in network.layers[1:]:
        fields, steps = zip(*(seen[name] for name in layer.inputs))
        seen[layer.name] = _seen_after(layer, axis, max(fields), max(steps))
        widest_step = max(widest_step, seen[layer.name][1])
    return seen[network.output][0], round(widest_step)


def _seen_after(layer: Layer, axis: int, field: float, step: float) -> tuple[float, float]:
    def along(value: int | list[int]) -> int:
        return value[axis] if isinstance(value, (list, tuple)) else value

    config = layer.config
    if layer.kind.startswith("Global"):
        return math.inf, step
    if layer.kind.startswith("UpSampling"):
        finer = step / along(config.get("size", 2))
        return field + (step if config.get("interpolation") == "bilinear" else 0), finer
    if "Conv" in layer.kind or "Pooling" in layer.kind:
        size = along(config.get("kernel_size", config.get("pool_size", 2)))
        stride = along(config.get("strides") or (size if "Pooling" in layer.kind else 1))
        if "Transpose" in layer.kind:
            return field + (math.ceil(size / stride) - 1) * step, step / stride
        return field + (size - 1) * along(config.get("dilation_rate") or 1) * step, step * stride
    return field, step
