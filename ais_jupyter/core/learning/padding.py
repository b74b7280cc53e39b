"""How far a slice is continued beyond its edges, so that every pixel has its surroundings on the network's grid."""

from __future__ import annotations

import math

from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.network_geometry import View, view_of

#: Padded sizes in Ais are multiples of it.
SIZE_MULTIPLE = 32
#: Pixels that Ais adds to each dimension of a whole slice, by reflection, half on each side.
WHOLE_SLICE_PADDING = 64


def view_or_none(network: Network | Forest | None) -> View | None:
    """Return what a network or a forest sees; None for a custom object, of which nothing is known."""
    if isinstance(network, Forest):
        return View(1, network.bank.reach, 2 * network.bank.reach + 1)
    return None if network is None else view_of(network)


def grid_of(view: View | None) -> int:
    """Return what padded sizes are multiples of: 32, as in Ais, or more where the network's grid asks for it."""
    return SIZE_MULTIPLE if view is None else math.lcm(SIZE_MULTIPLE, view.grid)


def padding_for(n: int, view: View | None = None) -> tuple[int, int]:
    """Reflection before and after a dimension of `n` pixels of a whole slice.

    As in Ais: up to a multiple of 32 (or of the network's own grid where that is coarser), plus 64. For a network that
    sees less than that, only as much as makes no difference: at least its reach, on the same grid.
    """
    grid = grid_of(view)
    extra = -(n + WHOLE_SLICE_PADDING) % grid + WHOLE_SLICE_PADDING
    sides = extra // 2, extra - extra // 2
    if view is None or view.reach is None:
        return sides
    before, after = (min(side, view.reach + (side - view.reach) % view.grid) for side in sides)
    return before, after
