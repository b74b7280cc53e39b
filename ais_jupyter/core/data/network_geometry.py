"""Where in its input a network looks, and how large its layers are; worked out from settings, nothing is built."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.layers import KINDS
from ais_jupyter.core.data.network import Layer, Network

#: A network that joins more pixels into one is a mistake, or made to do harm.
LARGEST_GRID = 4096

#: Input pixels on each side of a point that an enlargement mixes.
_MIXED = {"nearest": 0, "bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}


@dataclass(frozen=True)
class View:
    """What surrounds an output pixel in the input, along one axis.

    Attributes
    ----------
    grid : int
        Input pixels per pixel of the coarsest layer. Sizes must be multiples of it, and results are the same where the
        image is shifted by it.
    reach : int or None
        Pixels seen on the farther side; None: the whole image.
    field : int or None
        Receptive field: pixels of the input that can change one pixel of the output; None: the whole image.
    """

    grid: int
    reach: int | None
    field: int | None


def view_along(network: Network, axis: int) -> View:
    """Work out what a network sees along an axis: 0 y, 1 x, 2 z (of networks of slabs).

    Raises
    ------
    InputError
        It shrinks images more than any network that makes sense.
    """
    grid = _grid(network, axis)
    start = grid * 1000  # far from any edge
    positions = np.arange(start, start + grid)
    seen = _seen_from(network, axis, positions)
    if seen is None:
        return View(grid, None, None)
    low, high = seen
    reach = max(0, int((positions - low).max()), int((high - positions).max()))
    return View(grid, reach, max(1, int((high - low).max()) + 1))


def view_of(network: Network) -> View:
    """Return what a network sees along y and x, the larger of the two."""
    y, x = view_along(network, 0), view_along(network, 1)
    if y.reach is None or x.reach is None or y.field is None or x.field is None:
        return View(math.lcm(y.grid, x.grid), None, None)
    return View(math.lcm(y.grid, x.grid), max(y.reach, x.reach), max(y.field, x.field))


def _grid(network: Network, axis: int) -> int:
    steps: dict[str, Fraction] = {network.layers[0].name: Fraction(1)}
    grid = 1
    for layer in network.layers[1:]:
        step = max(steps[name] for name in layer.inputs) * _step(layer, axis)
        steps[layer.name] = step
        grid = math.lcm(grid, step.numerator)
        if grid > LARGEST_GRID:
            raise InputError(
                f"layer {layer.name!r} ({layer.kind}) would leave one pixel of {grid}; "
                f"a network may shrink images {LARGEST_GRID} times at most"
            )
    return grid


def _step(layer: Layer, axis: int) -> Fraction:
    """Spacing of the output's pixels in pixels of the input."""
    match KINDS[layer.kind].geometry:
        case "window" | "pool":
            return Fraction(_window(layer, axis)[1])
        case "transposed":
            return Fraction(1, _window(layer, axis)[1])
        case "enlarging":
            return Fraction(1, along(layer.config.get("size", 2), axis))
    return Fraction(1)


def _seen_from(network: Network, axis: int, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Lowest and highest input pixel that reach each output position; None where it is all of them."""
    needed: dict[str, tuple[np.ndarray, np.ndarray]] = {network.output: (positions, positions)}
    for layer in reversed(network.layers[1:]):
        if layer.name not in needed:
            continue
        before = _before(layer, axis, *needed[layer.name])
        if before is None:
            return None
        for name in layer.inputs:
            low, high = needed.get(name, before)
            needed[name] = (np.minimum(low, before[0]), np.maximum(high, before[1]))
    return needed.get(network.layers[0].name, (positions, positions))


def _before(layer: Layer, axis: int, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Interval of a layer's input that makes an interval of its output; None: all of it."""
    match KINDS[layer.kind].geometry:
        case "everything":
            return None
        case "window" | "pool":
            extent, stride, same = _window(layer, axis)
            first = max(0, extent - stride) // 2 if same else 0
            return low * stride - first, high * stride - first + extent - 1
        case "transposed":
            extent, stride, same = _window(layer, axis)
            first = max(0, extent - stride) // 2 if same else 0
            loose = extent if layer.config.get("output_padding") is not None else 0  # backends differ there
            return -((extent - 1 + loose - low - first) // stride), (high + first + loose) // stride
        case "enlarging":
            size = along(layer.config.get("size", 2), axis)
            mixed = _MIXED[layer.config.get("interpolation", "nearest")]
            if not mixed:
                return low // size, high // size
            lower, higher = ((2 * q + 1 - size) // (2 * size) for q in (low, high))
            return lower - mixed + 1, higher + mixed
        case "border":
            return tuple(q - _margin(layer, "padding", axis)[0] for q in (low, high))  # type: ignore[return-value]
        case "cropping":
            return tuple(q + _margin(layer, "cropping", axis)[0] for q in (low, high))  # type: ignore[return-value]
    return None if _mixes_pixels(layer) else (low, high)


def _mixes_pixels(layer: Layer) -> bool:
    """Whether a layer that usually treats each pixel alone works along another axis than the channels'."""
    axis = layer.config.get("axis", -1)
    return layer.kind in ("LayerNormalization", "Softmax", "Concatenate") and axis not in (-1, [-1], 3, [3], 4, [4])


def along(value: Any, axis: int) -> int:
    """Return a setting along an axis, where it is given once for all axes or for each."""
    return int(value[min(axis, len(value) - 1)]) if isinstance(value, (list, tuple)) else int(value)


def _window(layer: Layer, axis: int) -> tuple[int, int, bool]:
    """Extent and stride of a window along an axis, and whether it keeps the size ("same")."""
    config, pool = layer.config, KINDS[layer.kind].geometry == "pool"
    size = along(config.get("pool_size", 2) if pool else config.get("kernel_size") or _kernel(layer), axis)
    stride = along(config.get("strides") or (size if pool else 1), axis)
    dilation = 1 if pool else along(config.get("dilation_rate") or 1, axis)
    return dilation * (size - 1) + 1, stride, config.get("padding", "valid") == "same"


def _kernel(layer: Layer) -> list[int]:
    return list(layer.weights[0].shape[: KINDS[layer.kind].axes]) if layer.weights else [1]


def _margin(layer: Layer, key: str, axis: int) -> tuple[int, int]:
    value = layer.config.get(key, 1)
    one = value[min(axis, len(value) - 1)] if isinstance(value, (list, tuple)) else value
    return (int(one[0]), int(one[1])) if isinstance(one, (list, tuple)) else (int(one), int(one))


# sizes ---------------------------------------------------------------------------------------------------------------


def layer_shapes(network: Network, shape: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Shape of each layer's output, without the batch, for an input of this `shape`: (y, x, …, channels).

    Raises
    ------
    InputError
        Nothing is left of the image in a layer, or layers of different size are joined; the text names the layer.
    """
    shapes: dict[str, tuple[int, ...]] = {network.layers[0].name: tuple(shape)}
    for layer in network.layers[1:]:
        found = _shape_after(layer, [shapes[name] for name in layer.inputs])
        if min(found, default=1) < 1:
            raise InputError(f"nothing is left of an image of {_times(shape)} in layer {layer.name!r} ({layer.kind})")
        shapes[layer.name] = found
    return shapes


def _shape_after(layer: Layer, inputs: list[tuple[int, ...]]) -> tuple[int, ...]:
    first = inputs[0]
    kind = KINDS[layer.kind]
    if kind.merges:
        return _merged(layer, inputs)
    *sizes, channels = first
    match kind.geometry:
        case "window" | "pool":
            sizes = [_shrunk(n, *_window(layer, axis)) for axis, n in enumerate(sizes)]
        case "transposed":
            sizes = [_grown(n, *_window(layer, axis)) for axis, n in enumerate(sizes)]
        case "enlarging":
            sizes = [n * along(layer.config.get("size", 2), axis) for axis, n in enumerate(sizes)]
        case "border":
            sizes = [n + sum(_margin(layer, "padding", axis)) for axis, n in enumerate(sizes)]
        case "cropping":
            sizes = [n - sum(_margin(layer, "cropping", axis)) for axis, n in enumerate(sizes)]
        case "everything" if layer.kind.startswith("Global"):
            sizes = [1] * len(sizes) if layer.config.get("keepdims") else []
        case "everything" if layer.kind == "Reshape":
            return tuple(max(1, int(n)) for n in layer.config.get("target_shape", first))
    return (*sizes, _channels_after(layer, channels))


def _shrunk(n: int, extent: int, stride: int, same: bool) -> int:
    return -(-n // stride) if same else (n - extent) // stride + 1


def _grown(n: int, extent: int, stride: int, same: bool) -> int:
    return n * stride + (0 if same else max(0, extent - stride))


def _channels_after(layer: Layer, channels: int) -> int:
    config = layer.config
    if layer.kind == "DepthwiseConv2D":
        return channels * int(config.get("depth_multiplier") or 1)
    if layer.weights and layer.weights[0].ndim > 1 and layer.kind != "PReLU":
        kernel = layer.weights[1] if layer.kind == "SeparableConv2D" else layer.weights[0]
        return int(kernel.shape[-2 if KINDS[layer.kind].geometry == "transposed" else -1])
    return int(config.get("filters", config.get("units", channels)))


def _merged(layer: Layer, inputs: list[tuple[int, ...]]) -> tuple[int, ...]:
    rank = max(map(len, inputs))
    padded = [(1,) * (rank - len(shape)) + shape for shape in inputs]
    joined = int(layer.config.get("axis", -1)) if layer.kind == "Concatenate" else None
    if joined is not None:
        joined = rank - 1 if joined in (-1, rank) else (joined % (rank + 1)) - 1
    result = []
    for axis, sizes in enumerate(zip(*padded)):
        if axis == joined:
            result.append(sum(sizes))
        elif len(set(sizes) - ({1} if joined is None else set())) > 1:
            raise InputError(
                f"layer {layer.name!r} joins images of different size: {' and '.join(map(_times, inputs))}"
            )
        else:
            result.append(max(sizes))
    return tuple(result)


def _times(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))
