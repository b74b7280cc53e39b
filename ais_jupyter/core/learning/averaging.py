"""Weights averaged over the latest steps: they find more than those of any one step do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np


class WeightAverage:
    """The mean of a network's trainable weights over the steps so far, the latest counting most.

    Parameters
    ----------
    model : Keras model
    decay : float
        0–1; what a step counts relative to the one after it, once there were many steps.
    """

    #: Steps after which so many of the latest count as `decay` says; before, all count nearly alike.
    _BEGIN = 10

    def __init__(self, model: Any, decay: float) -> None:
        self._model, self._decay = model, decay
        self._steps = 0
        self._mean: list[np.ndarray] = []

    def add(self) -> None:
        """Take the weights as they are now into account."""
        now = self._now()
        decay = np.float32(min(self._decay, (1 + self._steps) / (self._BEGIN + self._steps)))
        for mean, value in zip(self._mean or now, now):
            mean += (1 - decay) * (value - mean)
        self._mean = self._mean or now
        self._steps += 1

    def copy(self) -> tuple[int, list[np.ndarray]]:
        """Return what `restore` takes."""
        return self._steps, [mean.copy() for mean in self._mean]

    def restore(self, copied: tuple[int, list[np.ndarray]]) -> None:
        """Go back to a copy."""
        self._steps, self._mean = copied[0], [mean.copy() for mean in copied[1]]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the model have the averaged weights meanwhile."""
        before = self._now()
        self._give(self._mean or before)
        try:
            yield
        finally:
            self._give(before)

    def _now(self) -> list[np.ndarray]:
        return [np.array(variable) for variable in self._model.trainable_variables]

    def _give(self, values: list[np.ndarray]) -> None:
        for variable, value in zip(self._model.trainable_variables, values):
            variable.assign(value)
