"""An engine that follows a model while it learns, and one that can be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ais_jupyter.core.data.array_cache import ArrayCache
from ais_jupyter.core.data.errors import CancelledError, InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.engine import Engine
from ais_jupyter.core.learning.engine_forest import ForestEngine
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.model import SegmentationModel

Stop = Callable[[], bool]


class LiveEngine:
    """The engine of one model, and later of copies of it with other weights.

    Replacing the weights is quicker than making a new engine, and holds the memory of one only.

    Parameters
    ----------
    responses : ArrayCache, optional
        Where forests find what their filters saw in the slice that is looked at.
    """

    def __init__(self, responses: ArrayCache | None = None) -> None:
        self._responses = responses
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
            return model.engine()  # a custom object
        with self._lock:
            if self._engine is not None and not _fits(self._network, network):
                self._engine = None
            if self._engine is None:
                self._engine = self._made(network)
            elif self._network is not network:
                self._engine.update(network)
            self._network = network
            return self._engine

    def _made(self, network: Network | Forest) -> Engine:
        return ForestEngine(network, cache=self._responses) if isinstance(network, Forest) else make_engine(network)


def _fits(before: Any, after: Any) -> bool:
    """Whether the engine of one network or forest can continue with the other."""
    return type(before) is type(after) and before.input_shape == after.input_shape


class StoppableEngine:
    """Asks before each tile and orientation whether the result is still wanted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop: Stop = lambda: False

    @contextmanager
    def stopped_by(self, stop: Stop) -> Iterator[None]:
        """Ask `stop` meanwhile; it says True once the result is no longer wanted."""
        self._stop = stop
        try:
            yield
        finally:
            self._stop = lambda: False

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """As `Engine.predict`.

        Raises
        ------
        CancelledError
            The result is no longer wanted.
        """
        if self._stop():
            raise CancelledError("the prediction was cancelled")
        return self._engine.predict(batch)

    def update(self, network: Any) -> None:
        """Not for this view of an engine."""
        raise InputError("update the engine itself")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)
