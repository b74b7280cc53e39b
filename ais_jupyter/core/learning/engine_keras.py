"""Prediction with Keras on its current backend, and with objects that have a ``predict`` of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.engine import BatchCheck, engine_error
from ais_jupyter.core.learning.hardware import resolve_precision


class KerasEngine:
    """Applies a network with Keras; compiled once, for images of any size."""

    def __init__(self, network: Network, precision: str = "auto") -> None:
        import keras

        self.name = f"Keras ({keras.backend.backend()})"
        self.precision = resolve_precision(precision, "keras")
        self._load(network)

    def _load(self, network: Network) -> None:
        from ais_jupyter.core.learning.network_keras import keras_from_network

        self.model = keras_from_network(network, self.precision)
        self._take(network)

    def _take(self, network: Network) -> None:
        self.network, self._checked = network, BatchCheck(network)

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """(n, y, x, z) → (n, y, x), or (n, y, x, z, 1) → (n, y, x, z); see `Engine`."""
        batch = self._checked(batch)
        try:
            return np.asarray(self.model.predict_on_batch(batch), np.float32)[..., 0]
        except Exception as error:  # each backend has errors of its own
            raise engine_error(error, self, batch.shape) from error

    def update(self, network: Network) -> None:
        """Take the weights of `network`; rebuild when its structure differs."""
        from ais_jupyter.core.learning.network_keras import copy_weights

        if [(a.name, a.kind, a.config) for a in network.layers[1:]] == [
            (b.name, b.kind, b.config) for b in self.network.layers[1:]
        ]:
            copy_weights(network, self.model)
            self._take(network)
        else:
            self._load(network)


class ModelEngine:
    """Applies a model as it is: one with custom layers, or an object that has only ``predict``."""

    network = None

    def __init__(self, model: Any) -> None:
        import keras

        if not callable(getattr(model, "predict", None)):
            raise InputError(f"a {type(model).__name__} has no `predict(batch)`")
        self.name, self.precision = type(model).__name__, "float32"
        self.model = model
        if isinstance(model, keras.Model) and model.inputs:
            free = keras.Input((None, None, *model.input_shape[3:]))
            self.model = keras.models.clone_model(model, input_tensors=free)
            self.model.set_weights(model.get_weights())

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """(n, y, x, z) → (n, y, x), or (n, y, x, z, 1) → (n, y, x, z); see `Engine`."""
        batch = np.ascontiguousarray(batch, np.float32)
        predict = getattr(self.model, "predict_on_batch", self.model.predict)
        try:
            result = np.asarray(predict(batch), np.float32)
        except Exception as error:  # a custom object raises whatever it likes
            raise engine_error(error, self, batch.shape) from error
        return result[..., 0] if result.ndim == batch.ndim else result

    def update(self, network: Network) -> None:
        """Not possible: such a model has no network."""
        raise InputError(f"the weights of a {self.name} cannot be replaced; make another engine")
