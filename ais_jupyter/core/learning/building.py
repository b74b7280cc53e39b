"""New networks and forests of an architecture, for boxes of a size that it takes."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import MOST_PIXELS, MOST_SLICES
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.architectures import Architecture
from ais_jupyter.core.learning.architectures import find as find_architecture
from ais_jupyter.core.learning.custom_training import is_custom
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.network_facts import NetworkFacts, architecture_facts, network_facts
from ais_jupyter.models.forest_plan import ForestPlan


def forest_plan(state: ModelState) -> ForestPlan | None:
    """Return how the model's forest is grown; None where its architecture is a network, or makes an object.

    Raises
    ------
    InputError
        The model has no weights, and there is no such architecture.
    """
    try:
        return find_architecture(state.info.architecture).plan
    except InputError:
        if not state.has_weights:
            raise
        return ForestPlan() if isinstance(state.network, Forest) else None


def fresh_model(state: ModelState, box_size: int, depth: int) -> Any:
    """Return a new compiled Keras model or custom object of a model's architecture.

    Where the architecture is not in the library, it is a compiled copy of the model's own network.

    Raises
    ------
    InputError
        There is no such architecture, or it does not take boxes of this size.
    """
    for given, most, unit in ((box_size, MOST_PIXELS, "px"), (depth, MOST_SLICES, "slices")):
        if not 1 <= given <= most:
            raise InputError(f"boxes have 1 to {most} {unit}, not {given}")
    size = (int(box_size), int(box_size), int(depth))
    try:
        architecture = find_architecture(state.info.architecture)
    except InputError:
        if not isinstance(state.network, Network):
            raise
    else:
        return _create(architecture, state.info.title, size)
    _check_size(network_facts(state.network), state.info.title, box_size, depth)
    import keras

    from ais_jupyter.core.learning.network_keras import keras_from_network
    from ais_jupyter.models.losses import masked_bce

    copied = keras_from_network(state.network)
    copied.compile(optimizer=keras.optimizers.Adam(), loss=masked_bce)
    return copied


def _create(architecture: Architecture, title: str, size: tuple[int, int, int]) -> Any:
    """Return what an architecture makes for boxes (y, x, z) that it takes."""
    try:
        created = architecture.create(size)
    except ValueError:  # where Keras cannot join layers of different size
        _check_size(architecture_facts(architecture.title, size[2]), title, size[0], size[2])
        raise
    if not is_custom(created):
        from ais_jupyter.core.learning.network_keras import network_from_keras

        drawing = getattr(created, "generator", created)
        shape = drawing.compute_output_shape((None, *size, *drawing.input_shape[4:]))
        if tuple(shape[1:3]) != size[:2]:
            _check_size(network_facts(network_from_keras(drawing)), title, size[0], size[2])
    return created


def _check_size(facts: NetworkFacts | None, title: str, box_size: int, depth: int) -> None:
    """Raise InputError for boxes that a network halves into fractions of a pixel or of a slice."""
    if facts is None:
        return
    for given, multiple, unit in ((box_size, facts.size_multiple, "px"), (depth, facts.depth_multiple, "slices")):
        if given % multiple:
            raise InputError(
                f"{title!r} takes boxes of a multiple of {multiple} {unit}, these have {given}; "
                f"make the set with {-(-given // multiple) * multiple} {unit}, or choose another architecture"
            )
