"""Copies of a network while it trains, made as often as they cost little."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable

from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, TrainingEvent

#: Undisturbed batches of which the usual time of one is the median.
_USUAL = 25


class LiveCopies:
    """Shows copies of a network in training, within a share of the training's time.

    A copy costs the time of making it, during which training waits, and what batches take longer while the prediction
    with it competes for the processor. That is measured batch by batch: it is nearly nothing where another device or
    idle cores predict. Another copy is made once training has gone on for long enough to make up for the last one.

    Parameters
    ----------
    show : callable
        Called with each copy, from the training's thread.
    predictions : callable, optional
        Returns how many predictions have begun and how many have ended so far.
    share : float
        Of the time, at most, in the long run.
    shortest : float
        Seconds from one copy to the next at least; at the end of an epoch a quarter of it is enough.
    """

    def __init__(
        self,
        show: Callable[[ModelState], None],
        predictions: Callable[[], tuple[int, int]] = lambda: (0, 0),
        share: float = 0.03,
        shortest: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.share, self.shortest = share, shortest
        self._show, self._predictions, self._clock = show, predictions, clock
        self._begin: float | None = None
        self._latest = self._spent = self._batch_began = 0.0
        self._copies = 0
        self._usual: deque[float] = deque(maxlen=_USUAL)
        self._disturbed = False
        self._awaited = 0

    def __call__(self, event: TrainingEvent) -> None:
        """Show a copy if one is due; takes every event of a training."""
        if isinstance(event, (BatchDone, EpochDone)):
            self.offer(event.snapshot, isinstance(event, EpochDone))

    def offer(self, snapshot: Callable[[], ModelState], epoch_ends: bool) -> None:
        """Show a copy if one is due, after a batch or at the end of an epoch."""
        now, (begun, ended) = self._clock(), self._predictions()
        predicting = begun > ended
        if self._begin is None:  # the first batch: building and tracing lie behind, time counts from here
            self._begin = self._latest = now
        elif not epoch_ends:
            self._count(now - self._batch_began, predicting or self._disturbed, ended)
        if not predicting and self._is_due(now, epoch_ends):
            if self._copies <= 1:  # what the first prediction needs, it needs once: that says nothing of the others
                self._begin, self._spent = now, 0.0
            self._show(snapshot())
            self._copies += 1
            self._awaited = begun + 1
            self._latest = self._clock()
            self._spent += self._latest - now
        self._disturbed = predicting
        self._batch_began = self._clock()

    def _is_due(self, now: float, epoch_ends: bool) -> bool:
        assert self._begin is not None
        if now - self._latest < (self.shortest / 4 if epoch_ends else self.shortest):
            return False
        return self._copies <= 1 or self._spent <= self.share * (now - self._begin)

    def _count(self, seconds: float, disturbed: bool, ended: int) -> None:
        """Take the time of a batch into account, but not the predictions of a person who scrolls meanwhile."""
        if not disturbed:
            self._usual.append(seconds)
        elif self._usual and self._awaited:
            self._spent += max(0.0, seconds - statistics.median(self._usual))
        if ended >= self._awaited:
            self._awaited = 0
