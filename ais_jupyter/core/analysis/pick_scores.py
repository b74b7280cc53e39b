"""How well picks agree with known coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: Weight of recall in the F-score of the CZII challenge: a missed particle is worse than a wrong one.
BETA = 4.0


@dataclass(frozen=True)
class PickScores:
    """Agreement of picks with known particles; ratios of nothing to nothing are NaN.

    Attributes
    ----------
    found, wrong, missed : int
        Picks with a particle of their own within the radius, picks without one, and particles without a pick.
    radius : float
        Å.
    errors : float (found,)
        Distance of each pick that counts as found to its particle, in Å.
    """

    found: int
    wrong: int
    missed: int
    radius: float
    errors: np.ndarray = field(repr=False)

    @property
    def precision(self) -> float:
        """Share of the picks that are particles."""
        return _ratio(self.found, self.found + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the particles that were picked."""
        return _ratio(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return self.f_beta(1.0)

    def f_beta(self, beta: float = BETA) -> float:
        """F-score in which recall counts `beta` times as much as precision; 4 as in the CZII challenge."""
        weight = beta**2
        return _ratio((1 + weight) * self.found, (1 + weight) * self.found + weight * self.missed + self.wrong)

    @property
    def median_error(self) -> float:
        """Median distance between picks and their particles, Å."""
        return float(np.median(self.errors)) if len(self.errors) else float("nan")

    def __add__(self, other: PickScores) -> PickScores:
        """Scores of both together, such as those of several tomograms."""
        return PickScores(
            self.found + other.found,
            self.wrong + other.wrong,
            self.missed + other.missed,
            self.radius,
            np.concatenate([self.errors, other.errors]),
        )

    def as_row(self) -> dict[str, Any]:
        """All of it as a row of a table."""
        return {
            "found": self.found,
            "wrong": self.wrong,
            "missed": self.missed,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "f4": self.f_beta(),
            "median_error": self.median_error,
        }

    def __str__(self) -> str:
        return (
            f"F1 {self.f1:.3f}, F4 {self.f_beta():.3f}, precision {self.precision:.3f}, recall {self.recall:.3f} "
            f"within {self.radius:g} Å: {self.found} found, {self.wrong} wrong, {self.missed} missed; "
            f"median error {self.median_error:.1f} Å"
        )

    def __repr__(self) -> str:
        return f"<PickScores {self}>"


def compare_picks(picks: np.ndarray, truth: np.ndarray, radius: float) -> PickScores:
    """Match picks with known particles, one to one, the closest pair first.

    Parameters
    ----------
    picks, truth : float (n, 3)
        Positions in Å, of the same origin.
    radius : float
        Å; pairs farther apart do not count.
    """
    from scipy.spatial import cKDTree

    picks, truth = (np.asarray(p, float).reshape(-1, 3) for p in (picks, truth))
    if not len(picks) or not len(truth):
        return PickScores(0, len(picks), len(truth), radius, np.zeros(0))
    near = cKDTree(picks).sparse_distance_matrix(cKDTree(truth), radius, output_type="coo_matrix")
    free = np.ones(len(picks), bool), np.ones(len(truth), bool)
    errors = []
    for place in np.argsort(near.data, kind="stable"):
        pick, particle = near.row[place], near.col[place]
        if free[0][pick] and free[1][particle]:
            free[0][pick] = free[1][particle] = False
            errors.append(near.data[place])
    found = len(errors)
    return PickScores(found, len(picks) - found, len(truth) - found, radius, np.array(errors, float))


def pooled(scores: Sequence[PickScores]) -> PickScores:
    """Scores of several tomograms together."""
    total = scores[0]
    for one in scores[1:]:
        total = total + one
    return total


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
