"""A model as a value: what it knows at one moment."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.custom_storage import CustomObject

#: What training changes of a model's settings; the others, such as its title, stay with whoever sets them.
TRAINED = (
    "box_size", "depth", "z_jitter", "voxel_size", "normalization", "epochs", "batch_size", "n_copies",
    "excess_negative", "learning_rate", "filament_diameter", "loss", "n_parameters", "extra",
)  # fmt: skip


@dataclass(frozen=True)
class ModelState:
    """Settings and weights of a model; they never change: training returns another state.

    Attributes
    ----------
    info : ModelInfo
        Settings stored with the weights.
    network : Network, Forest or None
        Layers and weights, or trees; None before training, and for custom objects.
    custom : CustomObject or None
        What an architecture made that is no Keras model.
    optimizer : dict of str to array
        State of the optimizer, for exact continuation.
    """

    info: ModelInfo
    network: Network | Forest | None = None
    custom: CustomObject | None = None
    optimizer: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def has_weights(self) -> bool:
        """Whether it can be applied."""
        return self.network is not None or self.custom is not None

    @property
    def is_slab(self) -> bool:
        """Whether the network is three-dimensional: a result per slice of its input."""
        return self.network is not None and len(self.network.input_shape) == 4

    def without_weights(self) -> ModelState:
        """Return the model as it is before it is trained."""
        return ModelState(self.info)

    def trained(self, changes: dict[str, Any], loss: float | None = None, **weights: Any) -> ModelState:
        """Return the model with other weights, and `changes` of what is known of it; `loss` where it is known anew."""
        if loss is not None:
            changes = {**changes, "loss": loss}
        info = copy.deepcopy(self.info)
        state = replace(self, info=info, **weights)
        if state.network is not None:
            changes = {**changes, "n_parameters": state.network.n_parameters}
        elif state.custom is not None:
            changes = {**changes, "n_parameters": int(state.custom.object.count_params())}
        for name, value in changes.items():
            setattr(info, name, {**info.extra, **value} if name == "extra" else value)
        return state

    @classmethod
    def from_stored(cls, stored: StoredModel) -> ModelState:
        """Make it from what a file holds; nothing is built, and no plug-in is called."""
        info, custom = copy.deepcopy(stored.info), None
        if stored.network is None and stored.weights_file is not None:
            custom = CustomObject(info, weights_file=stored.weights_file)
        return cls(info, stored.network, custom, dict(stored.optimizer))
