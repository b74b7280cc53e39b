"""How far around a pixel a network looks, exactly.

Slices are padded so that every pixel has its surroundings. Padding beyond what the network sees costs time and changes
nothing, so it is left out.
"""

from __future__ import annotations

from typing import NamedTuple

from ais_jupyter.core.data.network import Layer, Network

_ELEMENTWISE = {
    "BatchNormalization", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Dropout", "SpatialDropout2D",
    "Concatenate", "Add", "Multiply", "Average", "Maximum",
}  # fmt: skip

Interval = tuple[int, int]


class Sight(NamedTuple):
    """What surrounds an output pixel in the input.

    Attributes
    ----------
    reach : int
        Pixels seen on the farther side.
    multiple : int
        The network's grid: results are the same where the image is shifted by a multiple of it.
    """

    reach: int
    multiple: int


def sight_of(network: Network) -> Sight | None:
    """Sight of a 2-D network along y and x; None where a layer is not known or sees everything."""
    multiple = _coarsest(network)
    if multiple is None:
        return None
    reach = 0
    start = multiple * 1000  # far from any edge
    for position in range(start, start + multiple):
        seen = _seen_from(network, position)
        if seen is None:
            return None
        reach = max(reach, position - seen[0], seen[1] - position)
    return Sight(reach, multiple)


def _coarsest(network: Network) -> int | None:
    """Input pixels per pixel of the coarsest layer."""
    steps: dict[str, float] = {network.layers[0].name: 1.0}
    for layer in network.layers[1:]:
        step = max(steps[name] for name in layer.inputs)
        stride = _square(layer, "strides") or 1
        if layer.kind.endswith("Pooling2D"):
            stride = _square(layer, "strides") or _square(layer, "pool_size") or 0
        if layer.kind == "UpSampling2D":
            step /= _square(layer, "size") or 1
        elif layer.kind == "Conv2DTranspose":
            step /= stride
        else:
            step *= stride
        steps[layer.name] = step
    coarsest = max(steps.values())
    return int(coarsest) if coarsest == int(coarsest) else None


def _seen_from(network: Network, position: int) -> Interval | None:
    """Interval of the input that reaches one output position."""
    needed: dict[str, Interval] = {network.output: (position, position)}
    for layer in reversed(network.layers[1:]):
        if layer.name not in needed:
            continue
        before = _before(layer, needed[layer.name])
        if before is None:
            return None
        for name in layer.inputs:
            low, high = needed.get(name, before)
            needed[name] = (min(low, before[0]), max(high, before[1]))
    return needed.get(network.layers[0].name)


def _before(layer: Layer, wanted: Interval) -> Interval | None:
    """Interval of a layer's input that makes an interval of its output; None where that is not known."""
    low, high = wanted
    if layer.kind in _ELEMENTWISE:
        return wanted
    if layer.kind == "UpSampling2D":
        size = _square(layer, "size")
        if size is None or layer.config.get("interpolation", "nearest") != "nearest":
            return None
        return low // size, high // size
    if layer.kind == "Conv2DTranspose":
        size, stride = _square(layer, "kernel_size"), _square(layer, "strides")
        if size is None or size != stride:
            return None
        return low // size, high // size
    if layer.kind in ("Conv2D", "MaxPooling2D", "AveragePooling2D"):
        pooling = layer.kind != "Conv2D"
        size = _square(layer, "pool_size" if pooling else "kernel_size")
        stride = _square(layer, "strides") or (size if pooling else 1)
        dilation = 1 if pooling else _square(layer, "dilation_rate") or 1
        if size is None or stride is None:
            return None
        extent = dilation * (size - 1) + 1
        same = layer.config.get("padding") == "same"
        first = max(0, extent - stride) // 2 if same else 0
        if not same and extent != stride:
            return None  # sizes would change
        return low * stride - first, high * stride - first + extent - 1
    return None


def _square(layer: Layer, key: str) -> int | None:
    """Value of a setting that is the same along y and x; None where it is absent or differs."""
    value = layer.config.get(key)
    if isinstance(value, list | tuple):
        return int(value[0]) if len(set(value)) == 1 else None
    return None if value is None else int(value)
