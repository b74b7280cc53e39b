"""How often copies are made while a network trains."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ais_jupyter.core.learning.live_copies import LiveCopies


class Training:
    """Batches of `step` seconds on a clock of its own; a copy and the prediction with it cost so many more."""

    def __init__(self, step, copying, predicting, first=0.0, epoch=1_000_000):
        self.now = self.predicted = self.busy = 0.0
        self.copies = []
        self.live = LiveCopies(self._show, lambda: self.predicted, clock=lambda: self.now)
        self.step, self.copying, self.predicting, self.first, self.epoch = step, copying, predicting, first, epoch

    def _snapshot(self):
        self.now += self.copying
        return object()

    def _show(self, _):
        self.copies.append(self.now)
        self.predicted += self.predicting + (self.first if len(self.copies) == 1 else 0.0)

    def run(self, seconds):
        batches = 0
        while self.now < seconds:
            self.now += self.step
            batches += 1
            self.live(None, self._snapshot)
            if batches % self.epoch == 0:
                self.live({"loss": 0.1}, self._snapshot)
        return self


def gaps(copies):
    return [b - a for a, b in pairwise(copies)]


def test_cheap_copies_come_every_two_seconds():
    copies = Training(0.1, 0.001, 0.01).run(60).copies
    assert 26 <= len(copies) <= 30
    assert min(gaps(copies)) >= 2.0


@pytest.mark.parametrize(("copying", "predicting"), [(0.5, 0.0), (0.0, 1.0), (0.3, 0.7)])
def test_dear_copies_take_a_fortieth_at_most(copying, predicting):
    training = Training(0.1, copying, predicting).run(600)
    spent = len(training.copies) * (copying + predicting)
    assert len(training.copies) > 5
    assert spent / training.now <= 0.028


def test_what_the_first_prediction_takes_once_does_not_delay_the_others():
    copies = Training(0.1, 0.01, 0.05, first=20.0).run(60).copies
    assert len(copies) > 10


def test_an_epoch_that_ends_is_shown_sooner():
    by_epochs = Training(0.1, 0.001, 0.005, epoch=10).run(30).copies
    assert len(by_epochs) > len(Training(0.1, 0.001, 0.005).run(30).copies)
    assert min(gaps(by_epochs)) >= 0.5


def test_building_and_tracing_before_the_first_batch_counts_for_nothing():
    training = Training(0.1, 0.2, 0.0)
    training.now = 500.0
    assert len(training.run(510).copies) <= 3
