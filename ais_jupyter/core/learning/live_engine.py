"""An engine that follows a model while it learns, and one that can be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import CancelledError, InputError
from ais_jupyter.core.learning.engine import Engine, make_engine
from ais_jupyter.core.learning.model import SegmentationModel

Stop = Callable[[], bool]


class LiveEngine:
    """The engine of one model, and later of copies of it with other weights.

    Going on with other weights is quicker than a new engine, and the memory of only one is held.
    """

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._network: Any = None
        self._lock = threading.Lock()

    def of(self, model: SegmentationModel) -> Engine:
        """Return the engine, with the weights that `model` has now.

        Raises
        ------
        InputError
            The model has no weights yet.
        """
        network = model.network
        if network is None:
            return model.engine()  # an object that computes by itself
        with self._lock:
            if self._engine is not None and self._network.input_shape != network.input_shape:
                self._engine = None
            if self._engine is None:
                self._engine = make_engine(network)
            elif self._network is not network:
                self._engine.update(network)
            self._network = network
            return self._engine


class StoppableEngine:
    """Asks before each tile and orientation whether the result is still wanted."""

    def __init__(self, engine: Engine, stop: Stop) -> None:
        self._engine = engine
        self._stop = stop

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """As `Engine.predict`.

        Raises
        ------
        CancelledError
            Nobody waits for it any more.
        """
        if self._stop():
            raise CancelledError("nobody waits for this prediction any more")
        return self._engine.predict(batch)

    def update(self, network: Any) -> None:
        """Not for this view of an engine."""
        raise InputError("update the engine itself")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)
