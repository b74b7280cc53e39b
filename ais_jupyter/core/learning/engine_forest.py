"""Prediction with a forest over a filter bank, in NumPy and SciPy on the processor."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ais_jupyter.core.data.array_cache import ArrayCache
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.learning.engine import engine_error
from ais_jupyter.core.learning.filter_responses import tiles

#: Pixels whose trees are climbed at once: their responses stay in the processor's cache.
_AT_ONCE = 1 << 14


class ForestEngine:
    """Applies a forest to images of any size; memory does not grow with them beyond a tile's.

    Parameters
    ----------
    forest : Forest
    streams : int
        Predictions that run at once; they share the processors.
    cache : ArrayCache, optional
        Keeps the responses of what was looked at last.
    """

    name, precision = "Forest", "float32"

    def __init__(self, forest: Forest, streams: int = 1, cache: ArrayCache | None = None) -> None:
        self._cache = cache
        self.streams = max(1, int(streams))
        self._threads = max(1, (os.cpu_count() or 1) // self.streams)
        self._forest = forest

    @property
    def network(self) -> Forest:
        """What is computed now."""
        return self._forest

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """(n, y, x, z) → (n, y, x); see `Engine`. Images are continued beyond their edges by reflection."""
        forest = self._forest
        if batch.ndim != 4 or batch.shape[3] != forest.bank.depth:
            raise InputError(f"the forest takes batches of shape (n, y, x, {forest.bank.depth}), not {batch.shape}")
        try:
            result = np.empty(batch.shape[:3], np.float32)
            for image, found in zip(batch, result):
                for region, responses in tiles(np.moveaxis(image, -1, 0), forest.bank, self._threads, self._cache):
                    found[region.slices] = probabilities(forest, responses, self._threads)
                    del responses  # before the next tile takes as much
            return result
        except MemoryError as error:
            raise engine_error(error, self, batch.shape) from error

    def update(self, network: Forest) -> None:
        """Continue with another forest."""
        self._forest = network


def probabilities(forest: Forest, responses: np.ndarray, threads: int = 1) -> np.ndarray:
    """Apply a forest to the responses (response, …) of pixels; returns float32 (…), 0–1."""
    rows = responses.reshape(len(responses), -1)
    odds = np.empty(rows.shape[1], np.float32)

    def climb(part: slice) -> None:
        odds[part] = _log_odds(forest, rows[:, part])

    parts = [slice(first, first + _AT_ONCE) for first in range(0, len(odds), _AT_ONCE)]
    if threads > 1 and len(parts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(climb, parts))
    else:
        for part in parts:
            climb(part)
    return (1 / (1 + np.exp(-odds))).reshape(responses.shape[1:])


def _log_odds(forest: Forest, rows: np.ndarray) -> np.ndarray:
    odds = np.full(rows.shape[1], forest.prior, np.float32)
    digit: type[np.unsignedinteger] = np.uint8 if forest.responses.shape[1] <= 8 else np.uint16
    for asked, thresholds, leaves in zip(forest.responses, forest.thresholds, forest.leaves):
        leaf = np.zeros(len(odds), digit)
        for response, threshold in zip(asked, thresholds):
            np.left_shift(leaf, 1, out=leaf)
            np.bitwise_or(leaf, rows[response] > threshold, out=leaf)
        odds += leaves[leaf]
    return odds
