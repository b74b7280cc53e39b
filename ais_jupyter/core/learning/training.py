"""Training as a stream of events, from the state of a model to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.architectures import find
from ais_jupyter.core.learning.batches import Batches, edge_seen
from ais_jupyter.core.learning.building import forest_plan, fresh_model
from ais_jupyter.core.learning.custom_storage import CustomObject
from ais_jupyter.core.learning.custom_training import is_custom, training_custom
from ais_jupyter.core.learning.forest_training import training_on_boxes, training_on_drawing
from ais_jupyter.core.learning.hardware import device_name
from ais_jupyter.core.learning.keras_learner import KerasLearner
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.network_facts import network_facts
from ais_jupyter.core.learning.network_keras import network_from_keras
from ais_jupyter.core.learning.recipe import Recipe, recipe_called
from ais_jupyter.core.learning.training_events import Events, Prepared, Step
from ais_jupyter.core.learning.training_loop import TrainingLoop
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.learning.validation_split import Split, split_boxes
from ais_jupyter.models.forest_plan import ForestPlan

#: Batches that batch statistics are measured over: of the result, and of a copy that is looked at for a moment.
_THOROUGH, _QUICK = 16, 4


def training(
    state: ModelState, training_set: TrainingSet | Sequence[AnnotatedTomogram], options: TrainingOptions
) -> Events[ModelState]:
    """Train a model, and return what it has become; `state` itself stays as it is.

    Parameters
    ----------
    state : ModelState
        Its weights are where training begins; without any, new ones.
    training_set : TrainingSet, or list of AnnotatedTomogram
        Boxes; their size, depth and voxel size become the model's. A forest also learns from the drawing itself, of
        the feature of the model's title.
    options : TrainingOptions

    Yields
    ------
    TrainingEvent
        See `training_events`. Sent True, training ends after the current batch and keeps what was learned.

    Raises
    ------
    InputError
        The set does not fit the model's depth or the sizes that the network takes, or holds nothing to learn from.
    AisError
        The loss is no longer finite, or memory does not even suffice for one box.
    """
    yield Step("preparing")
    if not isinstance(training_set, TrainingSet):
        return (yield from _training_on_drawing(state, training_set, options))
    if state.has_weights and state.info.depth != training_set.depth:
        raise InputError(
            f"{state.info.title!r} works on {state.info.depth} slices but the training set has boxes of "
            f"{training_set.depth}; extract boxes of that depth or begin a new model"
        )
    split = split_boxes(training_set, options.validation_split, options.seed, state.info.extra.get(Split.KEY))
    if (plan := forest_plan(state)) is not None:
        return (yield from _training_forest(plan, state, training_set, split, options))
    if options.seed is not None:
        import keras

        keras.utils.set_random_seed(options.seed)
    created = state.custom.object if state.custom is not None else None
    if created is None:
        created = fresh_model(state, training_set.box_size, training_set.depth)
    if is_custom(created):
        return (yield from _training_custom(state, created, training_set, split, options))
    recipe, edge = _recipe(state, options), training_set.box_size
    if training_set.margin:
        edge = edge_seen(training_set, recipe.move, network_facts(network_from_keras(created)).size_multiple)
        created = fresh_model(state, edge, training_set.depth)
    learner = KerasLearner(created, state, options.precision, recipe)
    batches = Batches(split.to_learn(training_set), options, learner.is_slab, recipe, edge)
    validation = None
    if split.judges:
        validation = Batches(training_set.subset(split.held_out), options, learner.is_slab, edge=edge)
    yield Prepared(
        device_name(), learner.precision, batches.batch_size, len(split.learned), len(split.held_out), split.note
    )  # fmt: skip
    about = _about(training_set, split, options, edge, learner.is_slab)

    def state_now(loss: float | None, most_batches: int) -> ModelState:
        network, optimizer = learner.network(batches, most_batches), learner.optimizer_state()
        return state.trained(about, loss, network=network, custom=None, optimizer=optimizer)

    loop = TrainingLoop(
        learner.model, batches, validation, options, lambda loss: state_now(loss, _QUICK), learner.masks_ignore
    )  # fmt: skip
    loss = yield from loop.run()
    yield Step("measuring batch statistics", 0.999)
    return state_now(loss, _THOROUGH)


def _training_forest(
    plan: ForestPlan, state: ModelState, training_set: TrainingSet, split: Split, options: TrainingOptions
) -> Events[ModelState]:
    """Grow a forest; it begins anew, whatever the model knew."""
    about = {**_about(training_set, split, options, training_set.box_size, slab=False), "epochs": 1, "n_copies": 1}

    def state_now(forest: Forest, loss: float | None) -> ModelState:
        return state.trained(about, loss, network=forest, custom=None, optimizer={})

    return (yield from training_on_boxes(plan, training_set, split, options, state_now))


def _training_on_drawing(
    state: ModelState, annotated: Sequence[AnnotatedTomogram], options: TrainingOptions
) -> Events[ModelState]:
    if (plan := forest_plan(state)) is None:
        raise InputError(
            f"{state.info.title!r} is a network, which learns from boxes: make a training set of the annotations first "
            "(ais.extract)"
        )
    return (yield from training_on_drawing(plan, state, annotated, options))


def _recipe(state: ModelState, options: TrainingOptions) -> Recipe:
    """How the network is trained: as asked for, else as is best for its architecture."""
    if options.recipe is not None:
        return recipe_called(options.recipe)
    try:
        return recipe_called(find(state.info.architecture).recipe)
    except InputError:  # a network of an architecture that is not in the library
        return recipe_called("plain")


def _training_custom(
    state: ModelState, created: Any, training_set: TrainingSet, split: Split, options: TrainingOptions
) -> Events[ModelState]:
    """Train a custom object; it has no validation and begins with what it is."""
    made = CustomObject(state.info, created)
    batches = Batches(split.to_learn(training_set).trimmed(0), options)
    about = _about(training_set, split, options, training_set.box_size, slab=False)

    def state_now(loss: float | None) -> ModelState:
        return state.trained(about, loss, network=None, custom=made, optimizer={})

    loss = yield from training_custom(created, batches, options, state_now)
    return state_now(loss)


def _about(
    training_set: TrainingSet, split: Split, options: TrainingOptions, box_size: int, slab: bool
) -> dict[str, Any]:
    """Return what is stored with the weights of the set and of how they were trained."""
    return {
        "box_size": box_size,
        "depth": training_set.depth,
        "z_jitter": training_set.z_jitter if slab else 0,
        "voxel_size": training_set.voxel_size,
        "normalization": training_set.normalization,
        "epochs": options.epochs,
        "batch_size": options.batch_size,
        "n_copies": options.n_copies,
        "excess_negative": options.excess_negative,
        "learning_rate": options.learning_rate,
        "filament_diameter": options.filament_diameter,
        **split.stored(),
    }
