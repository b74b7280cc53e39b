"""One training run of a model: from its weights to a Keras model and back."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.progress import Work
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.architectures import Architecture
from ais_jupyter.core.learning.architectures import find as find_architecture
from ais_jupyter.core.learning.batch_norm import reestimate
from ais_jupyter.core.learning.batches import Batches, split
from ais_jupyter.core.learning.custom_model import is_custom, training_custom
from ais_jupyter.core.learning.device import device_name
from ais_jupyter.core.learning.network_facts import NetworkFacts, architecture_facts, network_facts
from ais_jupyter.core.learning.training import TrainingOptions, Watch, training

if TYPE_CHECKING:
    from ais_jupyter.core.learning.model import SegmentationModel

#: Losses of this module leave out label 2 by themselves.
_MASKED_LOSSES = "ais_jupyter.models.losses"
#: Batches for the statistics of a copy that is looked at for a moment.
_QUICK = 4


def fresh_network(architecture: str, box_size: int, depth: int) -> tuple[Network | None, Any]:
    """Return a new network, or the object that a non-Keras architecture made; the other of the two is None."""
    from ais_jupyter.core.learning.network_keras import network_from_keras

    created = _create(find_architecture(architecture), architecture, (box_size, box_size, depth))
    if is_custom(created):
        return None, created
    return network_from_keras(getattr(created, "generator", created)), None


class TrainingSession:
    """What exists only while a model is being trained.

    Parameters
    ----------
    model : SegmentationModel
        Its weights are where training begins; they change only in `store_into`.
    training_set : TrainingSet
    options : TrainingOptions
    """

    def __init__(self, model: SegmentationModel, training_set: TrainingSet, options: TrainingOptions) -> None:
        if model.compiled and model.info.depth != training_set.depth:
            raise InputError(
                f"{model.title!r} works on {model.info.depth} slices but the training set has boxes of "
                f"{training_set.depth}; extract boxes of that depth or begin a new model"
            )
        if options.seed is not None:
            import keras

            keras.utils.set_random_seed(options.seed)
        self.model, self.set, self.options = model, training_set, options
        created = _created(model, training_set)
        self.custom = model._custom or (created if is_custom(created) else None)
        self.keras_model: Any = None
        slab = False
        if self.custom is None:
            self.keras_model = self._keras_model(created)
            slab = len(self._drawing_model.input_shape) == 5
            self._restore_optimizer(model._optimizer)
        learn_from, held_out = split(training_set, options.validation_split, options.seed)
        self.batches = Batches(
            learn_from, options.batch_size, options.n_copies, options.excess_negative, slab, options.augment,
            options.filament_diameter, options.seed,
        )  # fmt: skip
        self.validation = None
        if held_out is not None and held_out.positive.any():
            self.validation = Batches(held_out, slab=slab, filament_diameter=options.filament_diameter)

    def run(self, watch: Watch | None) -> Work[dict[str, float]]:
        """Train; see `training`."""
        if self.custom is not None:
            return training_custom(self.custom, self.batches, self.options)
        return training(self.keras_model, self.batches, self.validation, self.options, self._masks_ignore, watch)

    def described(self) -> dict[str, Any]:
        """Return what computes: ``device``, ``arithmetic`` and ``batch_size``."""
        arithmetic = "bfloat16" if self.keras_model and _resolved(self.options.precision) == "bfloat16" else "float32"
        return {"device": device_name(), "arithmetic": arithmetic, "batch_size": self.batches.batch_size}

    def snapshot(self, row: dict[str, float] | None = None) -> SegmentationModel:
        """Return a copy of the model with the weights of this moment, ready to be applied."""
        other = copy.copy(self.model)
        other.info = copy.deepcopy(self.model.info)
        other._engines = {}
        self.store_into(other, row or {}, most_batches=_QUICK)
        other._weights_changed()
        return other

    def store_into(self, model: SegmentationModel, row: dict[str, float], most_batches: int = 16) -> None:
        """Give `model` the trained weights, with batch statistics measured anew, and what is known of the training."""
        info, options = model.info, self.options
        if self.custom is not None:
            model._custom = self.custom
        else:
            from ais_jupyter.core.learning.network_keras import network_from_keras

            reestimate(self._drawing_model, self.batches, most_batches)
            model.network = network_from_keras(self._drawing_model)
            model._optimizer = self._optimizer_state()
        info.box_size, info.depth = self.set.box_size, self.set.depth
        info.z_jitter = self.set.z_jitter if self.batches.slab else 0
        info.voxel_size, info.normalization = self.set.voxel_size, self.set.normalization
        info.epochs, info.batch_size = options.epochs, options.batch_size
        info.n_copies, info.excess_negative = options.n_copies, options.excess_negative
        info.learning_rate = options.learning_rate
        info.filament_diameter = options.filament_diameter
        info.loss = float(row.get("loss", info.loss))

    @property
    def _drawing_model(self) -> Any:
        """The part that is applied and saved (of an adversarial pair, the generator)."""
        return getattr(self.keras_model, "generator", self.keras_model)

    @property
    def _masks_ignore(self) -> bool:
        return getattr(self.keras_model.loss, "__module__", "") == _MASKED_LOSSES

    def _keras_model(self, created: Any) -> Any:
        """Return the model that is trained, in the wanted precision, with the weights it begins with."""
        from ais_jupyter.core.learning.metrics import counting_metrics
        from ais_jupyter.core.learning.network_keras import copy_weights, with_precision
        from ais_jupyter.models.losses import masked_bce

        model = with_precision(created, _resolved(self.options.precision))
        if self.model.network is not None:
            copy_weights(self.model.network, model)
        loss = masked_bce if model.loss in ("binary_crossentropy", "bce") else model.loss
        model.compile(
            optimizer=model.optimizer, loss=loss, metrics=counting_metrics(), jit_compile=_jit_compile()
        )  # fmt: skip
        return model

    def _optimizer_state(self) -> dict[str, np.ndarray]:
        variables = self.keras_model.optimizer.variables
        return {variable.path: np.asarray(variable) for variable in variables}

    def _restore_optimizer(self, state: dict[str, np.ndarray]) -> None:
        """Continue with the optimizer's memory where it fits the variables by name and shape, else by order.

        Keras numbers the names of layers anew in every thread, so that those of the same network may differ. The
        learning rate is not restored: it was that of the end of a schedule.
        """
        if not state:
            return
        optimizer = self.keras_model.optimizer
        optimizer.build(self.keras_model.trainable_variables)
        variables = optimizer.variables
        if any(variable.path not in state for variable in variables) and len(state) == len(variables):
            state = {variable.path: saved for variable, saved in zip(variables, state.values())}
        for variable in variables:
            saved = state.get(variable.path)
            if variable.path.endswith("learning_rate") or saved is None:
                continue
            if tuple(saved.shape) == tuple(variable.shape):
                variable.assign(saved)


def _created(model: SegmentationModel, training_set: TrainingSet) -> Any:
    """Return a new model of the architecture, or a copy of the network where that is not in the library."""
    size = (training_set.box_size, training_set.box_size, training_set.depth)
    try:
        architecture = find_architecture(model.info.architecture)
    except InputError:
        if model.network is None:
            raise
    else:
        return _create(architecture, model.title, size)
    _check_size(network_facts(model.network), model.title, training_set.box_size, training_set.depth)
    import keras

    from ais_jupyter.core.learning.network_keras import keras_from_network
    from ais_jupyter.models.losses import masked_bce

    copied = keras_from_network(model.network)
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


def _resolved(precision: str) -> str:
    if precision != "auto":
        return precision
    from ais_jupyter.core.learning.engine import has_gpu, processor_has_bfloat16

    return "bfloat16" if processor_has_bfloat16() and not has_gpu() else "float32"


def _jit_compile() -> bool | str:
    """XLA makes TensorFlow slower on the CPU (measured); elsewhere Keras knows best."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return "auto"
    import tensorflow

    return "auto" if tensorflow.config.list_physical_devices("GPU") else False
