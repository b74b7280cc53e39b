"""Copies of a network while it trains, made as often as they cost little."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ais_jupyter.core.learning.model import SegmentationModel


class LiveCopies:
    """Shows copies of a network in training, within a share of the training's time.

    A copy costs the time of making it, during which training waits, and that of the predictions made with it, which
    compete with training for the processor. Time to spend builds up as training goes on; the next copy is made when
    there is enough for what the last one cost.

    Parameters
    ----------
    show : callable
        Called with each copy, from the training's thread.
    predicting : callable, optional
        Returns the seconds spent on predictions so far.
    share : float
        Of the time, at most. Where predictions and training share the processor, training slows by about half as much
        again (benchmarks/live_training.py): 2.5 % keeps that below 5 %.
    shortest : float
        Seconds from one copy to the next at least; at the end of an epoch a quarter of it is enough.
    """

    def __init__(
        self,
        show: Callable[[SegmentationModel], None],
        predicting: Callable[[], float] = lambda: 0.0,
        share: float = 0.025,
        shortest: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.share, self.shortest = share, shortest
        self._show, self._predicting, self._clock = show, predicting, clock
        self._begin: float | None = None
        self._latest = self._predicted = self._copying = self._before_latest = 0.0
        self._copies = 0

    def __call__(self, row: dict[str, float] | None, snapshot: Callable[[], SegmentationModel]) -> None:
        """Show a copy if one is due; `row` is given at the end of an epoch."""
        now = self._clock()
        if self._begin is None:  # the first batch: building and tracing lie behind, time counts from here
            self._begin = self._latest = now
        if now - self._latest < (self.shortest if row is None else self.shortest / 4):
            return
        if self._copies <= 1:  # what the first prediction needs, it needs once: that says nothing of the others
            self._begin, self._copying, self._predicted = now, 0.0, self._predicting()
        cost = self._copying + self._predicting() - self._predicted
        expected = cost - self._before_latest
        if self._copies > 1 and cost + expected > self.share * (now - self._begin):
            return
        self._before_latest = cost
        self._show(snapshot())
        self._copies += 1
        self._latest = self._clock()
        self._copying += self._latest - now
