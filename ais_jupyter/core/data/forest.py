"""A forest as plain data: trees that ask the same questions on each level, and the filters that they ask about."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank

#: More trees, or levels of one, make no sense and would take memory without end.
MOST_TREES, MOST_LEVELS = 4096, 12


@dataclass(frozen=True, eq=False)
class Forest:
    """Boosted trees over the responses of a filter bank.

    On each of its levels a tree asks one question, "is this response greater than that?", the same in all branches. The
    answers, read as the digits of a binary number (the first question's is the highest), say which of its leaves a
    pixel belongs to. The sum of the leaves of all trees is the log odds of the feature. There are no references between
    nodes, so that a forest from any file is applied in a number of steps that its size tells.

    Attributes
    ----------
    bank : FilterBank
        What responses there are.
    prior : float
        Log odds before any question is asked.
    responses : int32 (trees, levels)
        Which response is asked about.
    thresholds : float32 (trees, levels)
    leaves : float32 (trees, 2 ** levels)
        Log odds.

    Raises
    ------
    InputError
        The arrays do not fit each other or the bank, or hold numbers that are not finite.
    """

    bank: FilterBank
    prior: float = 0.0
    responses: np.ndarray = field(default_factory=lambda: np.zeros((0, 1), np.int32))
    thresholds: np.ndarray = field(default_factory=lambda: np.zeros((0, 1), np.float32))
    leaves: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    def __post_init__(self) -> None:
        trees, levels = self.responses.shape if self.responses.ndim == 2 else (-1, -1)
        if not 0 <= trees <= MOST_TREES or not 1 <= levels <= MOST_LEVELS:
            raise InputError(
                f"a forest has up to {MOST_TREES} trees of 1 to {MOST_LEVELS} levels; this one has questions of shape "
                f"{self.responses.shape}"
            )
        wanted = ((trees, levels), (trees, 2**levels))
        found = (self.thresholds.shape, self.leaves.shape)
        if found != wanted:
            raise InputError(f"{trees} trees of {levels} levels have thresholds and leaves of {wanted}, not {found}")
        if trees and not 0 <= self.responses.min() <= self.responses.max() < self.bank.count:
            raise InputError(f"a forest asks about a response that its {self.bank.count} filters do not give")
        numbers = (np.asarray(self.prior), self.thresholds, self.leaves)
        if not all(np.isfinite(part).all() for part in numbers):
            raise InputError("a forest holds numbers that are not finite")

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input without the batch, (y, x, z), None where free; as of a network."""
        return None, None, self.bank.depth

    @property
    def n_parameters(self) -> int:
        """Number of thresholds and leaves."""
        return int(self.thresholds.size + self.leaves.size)
