"""Growing a forest: gradient boosting of trees that ask one question per level.

Nothing but NumPy is needed, and applying a forest is comparing whole rows of responses. Measured on ``sim_ribosomes``
(simulated) with 40 responses and 30,000 to 40,000 pixels, processor time of one thread, Dice at 0.5 on nine other
slices after learning from 40 boxes on six slices, and from 7 boxes on one:

===============================================  ========  ==================  ==========  =========
learner                                          to learn  per slice of 400²   six slices  one slice
===============================================  ========  ==================  ==========  =========
this one                                         0.3 s     0.08 s              0.853       0.821
scikit-learn, 60 extremely randomised trees      1.7 s     0.28 s              0.854       0.845
scikit-learn, histogram boosting, 100 trees      1.4 s     1.04 s              0.842       0.801
LightGBM, 100 trees of 31 leaves                 0.7 s     0.37 s              0.841       0.806
LightGBM, 80 trees with random thresholds        0.6 s     0.32 s              0.842       0.826
===============================================  ========  ==================  ==========  =========
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.learning.pixel_samples import Samples
from ais_jupyter.models.forest_plan import ForestPlan

#: Pixels from which thresholds are chosen.
_FOR_QUANTILES = 8000
#: The prior keeps away from certainty by so much.
_TINY = 1e-4


@dataclass
class Growth:
    """A forest that has so many trees by now.

    Attributes
    ----------
    loss : float
        Mean cross-entropy over the pixels that are learned from.
    """

    trees: int
    loss: float
    forest: Forest


def grow(samples: Samples, bank: FilterBank, plan: ForestPlan, seed: int | None = None) -> Iterator[Growth]:
    """Yield a forest after each tree that it gets; the last one is done.

    Parameters
    ----------
    samples : Samples
        With pixels of the feature and others.
    """
    rng = np.random.default_rng(seed or 0)
    thresholds = _thresholds(samples.responses, plan.bins, rng)
    codes = np.stack(
        [np.searchsorted(edges, row).astype(np.uint8) for edges, row in zip(thresholds, samples.responses)]
    )
    weights = samples.weights / samples.weights.mean()
    share = float(np.clip(np.average(samples.labels, weights=weights), _TINY, 1 - _TINY))
    prior = float(np.float32(np.log(share / (1 - share))))
    odds = np.full(len(weights), prior, np.float32)
    asked = np.zeros((plan.trees, plan.levels), np.int32)
    edges = np.zeros((plan.trees, plan.levels), np.float32)
    leaves = np.zeros((plan.trees, 2**plan.levels), np.float32)
    for tree in range(plan.trees):
        probability = 1 / (1 + np.exp(-odds))
        missing = (samples.labels - probability) * weights
        certainty = probability * (1 - probability) * weights
        rows = rng.choice(len(odds), min(len(odds), plan.rows), replace=False)
        questions, values = _tree(codes, rows, missing[rows], certainty[rows], plan, rng)
        asked[tree] = [response for response, _ in questions]
        edges[tree] = [thresholds[response][code] for response, code in questions]
        leaves[tree] = values
        odds += leaves[tree][_leaf(codes, questions)]
        grown = slice(0, tree + 1)
        forest = Forest(bank, prior, asked[grown].copy(), edges[grown].copy(), leaves[grown].copy())
        yield Growth(tree + 1, _cross_entropy(samples.labels, odds, weights), forest)


def _thresholds(responses: np.ndarray, bins: int, rng: np.random.Generator) -> np.ndarray:
    """Return float32 (response, bins − 1) quantiles of each response."""
    some = rng.choice(responses.shape[1], min(responses.shape[1], _FOR_QUANTILES), replace=False)
    return np.quantile(responses[:, some], np.linspace(0, 1, bins + 1)[1:-1], axis=1).T.astype(np.float32)


def _tree(
    codes: np.ndarray,
    rows: np.ndarray,
    missing: np.ndarray,
    certainty: np.ndarray,
    plan: ForestPlan,
    rng: np.random.Generator,
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Grow one tree; returns its questions (response, code that is exceeded) and the values of its leaves."""
    tried = min(plan.tried, len(codes))
    both = [np.tile(part.astype(np.float64), tried) for part in (missing, certainty)]
    leaf = np.zeros(len(rows), np.int32)
    questions: list[tuple[int, int]] = []
    for level in range(plan.levels):
        chosen = rng.choice(len(codes), tried, replace=False)
        seen = codes[chosen[:, None], rows]
        shape = (tried, 2**level, plan.bins)
        place = (np.arange(tried, dtype=np.int32) * (2**level * plan.bins))[:, None] + (leaf * plan.bins) + seen
        below = [np.bincount(place.ravel(), part, np.prod(shape)).reshape(shape).cumsum(axis=2) for part in both]
        sides = [(part[..., :-1], part[..., -1:] - part[..., :-1]) for part in below]
        gain = sum(m * m / (c + plan.caution) for m, c in zip(*sides)).sum(axis=1)
        best, code = np.unravel_index(int(gain.argmax()), gain.shape)
        questions.append((int(chosen[best]), int(code)))
        leaf = 2 * leaf + (seen[best] > code)
    sums = [np.bincount(leaf, part[: len(rows)], 2**plan.levels) for part in both]
    return questions, (plan.rate * sums[0] / (sums[1] + plan.caution)).astype(np.float32)


def _leaf(codes: np.ndarray, questions: list[tuple[int, int]]) -> np.ndarray:
    leaf = np.zeros(codes.shape[1], np.uint16)
    for response, code in questions:
        leaf = (leaf << 1) | (codes[response] > code)
    return leaf


def _cross_entropy(labels: np.ndarray, odds: np.ndarray, weights: np.ndarray) -> float:
    return float(np.average(np.logaddexp(0, np.where(labels == 1, -odds, odds)), weights=weights))
