"""How often copies are made while a network trains."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ais_jupyter.core.learning.live_copies import LiveCopies


class Training:
    """Batches of `step` seconds on a clock of its own, which a prediction makes twice as long until it is done."""

    def __init__(self, step, copying, predicting, first=0.0, epoch=1_000_000):
        self.now = self.left = self.lost = 0.0
        self.begun = self.ended = 0
        self.scrolling = 0.0
        self.copies = []
        self.live = LiveCopies(self._show, lambda: (self.begun, self.ended), clock=lambda: self.now)
        self.step, self.copying, self.predicting, self.first, self.epoch = step, copying, predicting, first, epoch

    def _snapshot(self):
        self.now += self.copying
        self.lost += self.copying
        return object()

    def _show(self, _):
        self.copies.append(self.now)
        self.predict(self.predicting + (self.first if len(self.copies) == 1 else 0.0))

    def predict(self, seconds):
        self.left = seconds
        self.begun += 1

    def run(self, seconds):
        batches = 0
        while self.now < seconds:
            extra = min(self.left, self.step)
            self.left -= extra
            if self.left <= 1e-9 and self.scrolling > self.now:
                self.predict(0.3)
                self.ended += 1
            elif self.left <= 1e-9:
                self.ended = self.begun
            self.lost += extra
            self.now += self.step + extra
            batches += 1
            self.live.offer(self._snapshot, epoch_ends=False)
            if batches % self.epoch == 0:
                self.live.offer(self._snapshot, epoch_ends=True)
        return self


def gaps(copies):
    return [b - a for a, b in pairwise(copies)]


def test_cheap_copies_come_every_two_seconds():
    copies = Training(0.1, 0.001, 0.01).run(60).copies
    assert 26 <= len(copies) <= 30
    assert min(gaps(copies)) >= 2.0


@pytest.mark.parametrize(("copying", "predicting"), [(0.5, 0.0), (0.0, 1.0), (0.3, 0.7)])
def test_dear_copies_take_their_share_of_the_time(copying, predicting):
    training = Training(0.1, copying, predicting).run(600)
    assert 0.02 < training.lost / training.now < 0.037


def test_predictions_that_cost_training_nothing_are_no_reason_to_wait():
    training = Training(0.1, 0.001, 0.0)
    training.live._predictions = lambda: (int(training.now), int(training.now - 0.7))  # as on a graphics card
    assert len(training.run(60).copies) > 15


def test_scrolling_meanwhile_does_not_use_up_what_there_is_for_copies():
    training = Training(0.1, 0.01, 0.05).run(30)
    training.scrolling = 50.0  # somebody looks at one slice after the other
    before = len(training.run(50).copies)
    assert len(training.run(80).copies) - before > 8


def test_what_the_first_prediction_takes_once_does_not_delay_the_others():
    copies = Training(0.1, 0.01, 0.05, first=20.0).run(100).copies
    assert len(copies) > 10


def test_an_epoch_that_ends_is_shown_sooner():
    by_epochs = Training(0.1, 0.001, 0.005, epoch=10).run(30).copies
    assert len(by_epochs) > len(Training(0.1, 0.001, 0.005).run(30).copies)
    assert min(gaps(by_epochs)) >= 0.5


def test_building_and_tracing_before_the_first_batch_counts_for_nothing():
    training = Training(0.1, 0.2, 0.0)
    training.now = 500.0
    assert len(training.run(510).copies) <= 3
