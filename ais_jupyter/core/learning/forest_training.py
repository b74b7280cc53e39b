"""Training of a forest on boxes, as the same stream of events that networks give."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.engine_forest import probabilities
from ais_jupyter.core.learning.forest_growth import grow
from ais_jupyter.core.learning.hardware import peak_memory
from ais_jupyter.core.learning.metrics import RunningScores
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.pixel_samples import Samples, sampling_boxes
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, Events, Prepared, Step
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.learning.validation_split import Split
from ais_jupyter.models.forest_plan import ForestPlan

Snapshot = Callable[[Forest, float | None], ModelState]
#: Trees from one report to the next.
_REPORTED = 5


def training_forest(
    plan: ForestPlan, training_set: TrainingSet, split: Split, options: TrainingOptions, snapshot: Snapshot
) -> Events[ModelState]:
    """Grow a forest anew on the boxes; of the options, only the validation split and the seed matter to it.

    It goes through the set once, which counts as one epoch.

    Parameters
    ----------
    snapshot : callable
        Returns the model with this forest and this loss.
    """
    run = _Run(plan, training_set, split, options)
    samples = yield from run.sampled(split.to_learn(training_set), len(split.learned), "measuring the boxes")
    held_out: Samples | None = None
    if split.judges:
        validation = training_set.subset(split.held_out)
        held_out = yield from run.sampled(validation, len(split.held_out), "measuring the boxes held out")
    yield Prepared("CPU", "float32", len(samples.labels), len(split.learned), len(split.held_out), split.note)
    began = time.monotonic()
    forest, loss = Forest(run.bank), None
    for growth in grow(samples, run.bank, plan, options.seed):
        forest, loss = growth.forest, growth.loss
        if growth.trees % _REPORTED:
            continue
        pace = growth.trees / max(1e-6, time.monotonic() - began)
        rest: dict[str, Any] = {"steps_per_second": pace, "time_left": (plan.trees - growth.trees) / pace}
        at = growth.trees / plan.trees
        stop = yield BatchDone(1, growth.trees, at, 1, loss, None, rest, partial(snapshot, forest, loss))
        if stop:
            return snapshot(forest, loss)
    scores = _scores(forest, samples)
    if held_out is not None:
        scores.update(_scores(forest, held_out, "val_"))
    yield EpochDone(1, 1, 1.0, scores, peak_memory(), True, partial(snapshot, forest, scores["loss"]))
    return snapshot(forest, scores["loss"])


@dataclass
class _Run:
    """What a training works with."""

    plan: ForestPlan
    set: TrainingSet
    split: Split
    options: TrainingOptions

    @property
    def bank(self) -> FilterBank:
        """The filters, as deep as the boxes."""
        return FilterBank(self.plan.sigmas, self.set.depth)

    def sampled(self, part: TrainingSet, count: int, words: str) -> Events[Samples]:
        """Sample pixels of a part of the set."""
        rng = np.random.default_rng(self.options.seed or 0)
        found: list[Samples] = []
        for fraction, samples in sampling_boxes(part, np.arange(count), self.bank, self.plan.pixels, rng):
            found.append(samples)
            yield Step(words, 0.1 * fraction)
        return Samples.joined(found)


def _scores(forest: Forest, samples: Samples, prefix: str = "") -> dict[str, float]:
    """Loss, precision and recall at probability 0.5, each pixel counted for as many as it stands for."""
    found = probabilities(forest, samples.responses)
    positive, weights = samples.labels == 1, samples.weights
    right = np.clip(np.where(positive, found, 1 - found), 1e-7, 1)
    above = found > 0.5
    sums = RunningScores()
    sums.add(
        {
            "loss": np.average(-np.log(right), weights=weights),
            "true_positives": weights[above & positive].sum(),
            "predicted": weights[above].sum(),
            "actual": weights[positive].sum(),
        },
        1,
    )
    return sums.values(prefix)
