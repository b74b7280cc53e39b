"""What a network asks for, worked out before anything is built."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.layers import KINDS
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.network_geometry import layer_shapes

_FLOAT = 4
#: Multiplications of one call that take days on a processor.
MOST_OPERATIONS = 10**17


@dataclass(frozen=True)
class Cost:
    """What one call takes.

    Attributes
    ----------
    memory : int
        Bytes of all results that are needed at the same time, at the peak, in float32.
    operations : int
        Multiplications.
    where : str
        Name of the layer at the peak of memory.
    """

    memory: int
    operations: int
    where: str


def cost_of(network: Network, shape: Sequence[int], batch: int = 1) -> Cost:
    """Work out what an input of this `shape` (y, x, …, channels) costs.

    Raises
    ------
    InputError
        The network does not take this shape.
    """
    shapes = layer_shapes(network, shape)
    sizes = {name: math.prod(one) * _FLOAT * batch for name, one in shapes.items()}
    waiting = Counter(name for layer in network.layers for name in layer.inputs)
    waiting[network.output] += 1
    held = peak = sizes[network.layers[0].name]
    where, operations = network.layers[0].name, 0
    for layer in network.layers[1:]:
        held += sizes[layer.name]
        if held > peak:
            peak, where = held, layer.name
        operations += _operations(layer, shapes) * batch
        for name in layer.inputs:
            waiting[name] -= 1
            if not waiting[name]:
                held -= sizes[name]
    return Cost(peak, operations, where)


def check_cost(network: Network, shape: Sequence[int], batch: int, memory: int) -> None:
    """See that a machine with so many bytes of `memory` can apply a network to inputs of this shape.

    Raises
    ------
    InputError
        It cannot; the text says what it would take.
    """
    cost = cost_of(network, shape, batch)
    what = f"{batch} × {'×'.join(map(str, shape))} values" if batch > 1 else f"{'×'.join(map(str, shape))} values"
    if memory and cost.memory > memory:
        raise InputError(
            f"applying the network to {what} would take {_bytes(cost.memory)} of memory at layer {cost.where!r}; "
            f"this machine has {_bytes(memory)}: use tiles or a smaller region, or another network"
        )
    if cost.operations > MOST_OPERATIONS:
        raise InputError(
            f"applying the network to {what} would take {cost.operations:.0e} multiplications, which is days: "
            "use tiles or a smaller region, or another network"
        )


def _operations(layer: Layer, shapes: dict[str, tuple[int, ...]]) -> int:
    """Multiplications of one layer: its kernel at each pixel of the larger side, else a few for each value."""
    out, given = math.prod(shapes[layer.name]), math.prod(shapes[layer.inputs[0]])
    geometry = KINDS[layer.kind].geometry
    if geometry == "pool":
        size = layer.config.get("pool_size", 2)
        return out * (math.prod(size) if isinstance(size, (list, tuple)) else int(size) ** KINDS[layer.kind].axes)
    kernels = [weight for weight in layer.weights if weight.ndim > 1]
    if not kernels:
        return out
    if geometry == "transposed":
        pixels = given // max(1, shapes[layer.inputs[0]][-1])
    else:
        pixels = out // max(1, shapes[layer.name][-1])
    return sum(pixels * int(kernel.size) for kernel in kernels)


def _bytes(count: int) -> str:
    value = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB"):
        if value < 1000 or unit == "PB":
            return f"{value:.3g} {unit}"
        value /= 1000
    return ""
