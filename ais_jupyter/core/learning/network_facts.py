"""What a network looks like from outside: how far it sees and which sizes it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import MOST_SLICES
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.network_geometry import view_along, view_of
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


def network_facts(network: Network | Forest) -> NetworkFacts:
    """Return the facts of a network or a forest; nothing is built for that."""
    if isinstance(network, Forest):
        return NetworkFacts(network.n_parameters, 2 * network.bank.reach + 1, 1)
    view = view_of(network)
    depth_multiple = view_along(network, 2).grid if len(network.input_shape) == 4 else 1
    return NetworkFacts(network.n_parameters, view.field, view.grid, depth_multiple)


def architecture_facts(title: str, depth: int = 1) -> NetworkFacts | None:
    """Facts of an architecture of the library, built once to find out; None for one that makes objects of its own.

    Raises
    ------
    InputError
        There is no such architecture, or no boxes have so many slices.
    """
    if not 1 <= depth <= MOST_SLICES:
        raise InputError(f"boxes have 1 to {MOST_SLICES} slices, not {depth}")
    return _facts(find(title), depth)


@cache
def _facts(architecture: Architecture, depth: int) -> NetworkFacts | None:
    if (plan := architecture.plan) is not None:
        count = plan.trees * (plan.levels + 2**plan.levels)
        return NetworkFacts(count, 2 * FilterBank(plan.sigmas, depth).reach + 1, 1)
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
        return None  # a plug-in need not take boxes of this size
