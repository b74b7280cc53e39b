"""Training of a forest, as the same stream of events that networks give."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.learning.engine_forest import probabilities
from ais_jupyter.core.learning.forest_growth import grow
from ais_jupyter.core.learning.hardware import peak_memory
from ais_jupyter.core.learning.metrics import RunningScores
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.painted_samples import PaintedSamples
from ais_jupyter.core.learning.pixel_samples import Samples, Sampling, sampling_boxes
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, Events, Prepared, Step
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.learning.validation_split import Split
from ais_jupyter.models.forest_plan import ForestPlan

#: Returns the model with this forest and this loss.
Snapshot = Callable[[Forest, float | None], ModelState]
#: Trees from one report to the next.
_REPORTED = 5
#: Slices that a forest looks at which learns from the drawing; from boxes it takes as many as they have.
PAINTED_DEPTH = 5


def training_on_boxes(
    plan: ForestPlan, training_set: TrainingSet, split: Split, options: TrainingOptions, snapshot: Snapshot
) -> Events[ModelState]:
    """Grow a forest anew on boxes; of the options, only the validation split and the seed matter to it.

    It goes through the set once, which counts as one epoch.
    """
    bank = FilterBank(plan.sigmas, training_set.depth)

    def sampling(part: TrainingSet) -> Sampling:
        return sampling_boxes(part, np.arange(len(part)), bank, plan.pixels, np.random.default_rng(options.seed or 0))

    samples = yield from _sampled(sampling(split.to_learn(training_set)), "measuring the boxes")
    held_out: Samples | None = None
    if split.judges:
        validation = training_set.subset(split.held_out)
        held_out = yield from _sampled(sampling(validation), "measuring the boxes held out")
    yield Prepared("CPU", "float32", len(samples.labels), len(split.learned), len(split.held_out), split.note)
    return (yield from _growing(plan, bank, samples, held_out, options, snapshot))


def training_on_drawing(
    plan: ForestPlan,
    state: ModelState,
    annotated: Sequence[AnnotatedTomogram],
    options: TrainingOptions,
    painted: PaintedSamples | None = None,
    title: str | None = None,
) -> Events[ModelState]:
    """Grow a forest anew on what is painted as one feature (see `painted_pixels`).

    Parameters
    ----------
    title : str, optional
        Of the feature; the model's own by default.
    painted : PaintedSamples, optional
        What was measured before; of `painted_for`.
    """
    painted = painted or painted_for(plan, annotated)
    about = {
        "box_size": -1, "depth": painted.bank.depth, "z_jitter": 0, "voxel_size": painted.voxel_size or -1.0,
        "normalization": GLOBAL_MAD, "epochs": 1, "n_copies": 1,
    }  # fmt: skip

    def snapshot(forest: Forest, loss: float | None) -> ModelState:
        return state.trained(about, loss, network=forest, custom=None, optimizer={})

    sampling = painted.sampling(annotated, title or state.info.title, options.seed or 0)
    samples = yield from _sampled(sampling, "measuring what is painted")
    yield Prepared("CPU", "float32", len(samples.labels), 0)
    return (yield from _growing(plan, painted.bank, samples, None, options, snapshot))


def painted_for(plan: ForestPlan, annotated: Sequence[AnnotatedTomogram], **caches: Any) -> PaintedSamples:
    """Return where samples of what is painted on these tomograms are kept; `caches` are its further parameters."""
    sizes = [one.tomogram.pixel_size for one in annotated if one.tomogram.pixel_size > 0]
    return PaintedSamples(FilterBank(plan.sigmas, PAINTED_DEPTH), sizes[0] if sizes else 0.0, plan.pixels, **caches)


def _sampled(sampling: Sampling, words: str) -> Events[Samples]:
    while True:
        try:
            fraction = next(sampling)
        except StopIteration as end:
            return end.value
        yield Step(words, 0.1 * fraction)


def _growing(
    plan: ForestPlan,
    bank: FilterBank,
    samples: Samples,
    held_out: Samples | None,
    options: TrainingOptions,
    snapshot: Snapshot,
) -> Events[ModelState]:
    began = time.monotonic()
    forest, loss = Forest(bank), None
    for growth in grow(samples, bank, plan, options.seed):
        forest, loss = growth.forest, growth.loss
        if growth.trees % _REPORTED:
            continue
        pace = growth.trees / max(1e-6, time.monotonic() - began)
        rest: dict[str, Any] = {"steps_per_second": pace, "time_left": (plan.trees - growth.trees) / pace}
        at = growth.trees / plan.trees
        if (yield BatchDone(1, growth.trees, at, 1, loss, None, rest, partial(snapshot, forest, loss))):
            return snapshot(forest, loss)
    scores = _scores(forest, samples)
    if held_out is not None:
        scores.update(_scores(forest, held_out, "val_"))
    yield EpochDone(1, 1, 1.0, scores, peak_memory(), True, partial(snapshot, forest, scores["loss"]))
    return snapshot(forest, scores["loss"])


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
