"""A Keras model in training: from a model's state to a compiled Keras model and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.batch_norm import reestimate
from ais_jupyter.core.learning.batches import Batches
from ais_jupyter.core.learning.hardware import resolve_precision
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.recipe import RECIPES, Recipe

#: Losses of this module leave out label 2 by themselves.
_MASKED_LOSSES = "ais_jupyter.models.losses"


class KerasLearner:
    """The Keras model that is trained, with the weights and the optimizer's memory that training begins with.

    Parameters
    ----------
    created : Keras model
        Compiled; of the architecture.
    state : ModelState
        Its weights are where training begins; without any, those of `created`.
    precision : str
        See `hardware.resolve_precision`.
    recipe : Recipe
        Says whether Dice is added to the loss.

    Attributes
    ----------
    model : Keras model
        Compiled, in the wanted precision.
    precision : "float32" or "bfloat16"
        Of the arithmetic.
    """

    def __init__(self, created: Any, state: ModelState, precision: str, recipe: Recipe = RECIPES["plain"]) -> None:
        from ais_jupyter.core.learning.metrics import counting_metrics
        from ais_jupyter.core.learning.network_keras import copy_weights, with_precision
        from ais_jupyter.models.losses import bce_and_dice, masked_bce

        self.precision = resolve_precision(precision, "keras")
        model = with_precision(created, self.precision)
        if isinstance(state.network, Network):
            copy_weights(state.network, model)
        loss = masked_bce if model.loss in ("binary_crossentropy", "bce") else model.loss
        if recipe.dice and loss is masked_bce:
            loss = bce_and_dice(recipe.dice)
        model.compile(optimizer=model.optimizer, loss=loss, metrics=counting_metrics(), jit_compile=_jit_compile())
        self.model = model
        self._restore_optimizer(state.optimizer)

    @property
    def is_slab(self) -> bool:
        """Whether the network gives a result for each slice of its input."""
        return len(self._applied.input_shape) == 5

    @property
    def masks_ignore(self) -> bool:
        """Whether the loss leaves out label 2 by itself."""
        return getattr(self.model.loss, "__module__", "") == _MASKED_LOSSES

    def network(self, batches: Batches, most_batches: int) -> Network:
        """Return the network as it is now, with batch statistics measured again over some batches."""
        from ais_jupyter.core.learning.network_keras import network_from_keras

        reestimate(self._applied, batches, most_batches)
        return network_from_keras(self._applied)

    def optimizer_state(self) -> dict[str, np.ndarray]:
        """Return copies of the optimizer's variables by name."""
        return {variable.path: np.array(variable) for variable in self.model.optimizer.variables}

    @property
    def _applied(self) -> Any:
        """The part that is applied and saved (of an adversarial pair, the generator)."""
        return getattr(self.model, "generator", self.model)

    def _restore_optimizer(self, state: dict[str, np.ndarray]) -> None:
        """Continue with the optimizer's memory where it fits the variables by name and shape, else by order.

        Keras numbers the names of layers separately in every thread, so that those of the same network may differ. The
        learning rate is not restored: it was that of the end of a schedule.
        """
        if not state:
            return
        optimizer = self.model.optimizer
        optimizer.build(self.model.trainable_variables)
        variables = optimizer.variables
        if any(variable.path not in state for variable in variables) and len(state) == len(variables):
            state = {variable.path: saved for variable, saved in zip(variables, state.values())}
        for variable in variables:
            saved = state.get(variable.path)
            if variable.path.endswith("learning_rate") or saved is None:
                continue
            if tuple(saved.shape) == tuple(variable.shape):
                variable.assign(saved)


def _jit_compile() -> bool | str:
    """XLA makes TensorFlow slower on the CPU (measured); elsewhere Keras knows best."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return "auto"
    import tensorflow

    return "auto" if tensorflow.config.list_physical_devices("GPU") else False
