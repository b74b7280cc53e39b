"""Pixels to learn from, sampled straight from the drawing on tomograms: no boxes, no training set."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Sequence

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.array_cache import ArrayCache
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.geometry import rescale_factor
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import BACKGROUND, FOREGROUND
from ais_jupyter.core.learning.filter_responses import tiles
from ais_jupyter.core.learning.normalization import Statistic, finite, global_statistic, normalize
from ais_jupyter.core.learning.painted_pixels import drawing_of, painted_labels, slices_about
from ais_jupyter.core.learning.pixel_samples import Samples, Sampling, choose
from ais_jupyter.core.learning.resizing import resize_labels, resize_xy

#: No slice gives more than this share of the pixels that are learned from.
_SHARE = 4


class PaintedSamples:
    """Samples of what is painted, slice by slice; those of slices that have not changed since are kept.

    Parameters
    ----------
    bank : FilterBank
    voxel_size : float
        Å per pixel at which the filters look; tomograms of another one are rescaled. 0: unknown, as they are.
    most : int
        Pixels that are learned from.
    statistic : callable, optional
        Returns the statistic of a tomogram; `global_statistic` by default.
    cache : ArrayCache, optional
        Where the responses of the slice in view are kept.
    """

    def __init__(
        self,
        bank: FilterBank,
        voxel_size: float,
        most: int,
        statistic: Callable[[Tomogram], Statistic] = global_statistic,
        cache: ArrayCache | None = None,
    ) -> None:
        self.bank, self.voxel_size, self._most = bank, voxel_size, most
        self._statistic, self._cache = statistic, cache
        self._kept: dict[tuple[str, int, str], tuple[object, Samples]] = {}
        self._lock = threading.Lock()

    def sampling(self, annotated: Sequence[AnnotatedTomogram], title: str, seed: int = 0) -> Sampling:
        """Sample what is painted now.

        Raises
        ------
        InputError
            Nothing is painted as the feature, or nothing says what is not the feature.
        """
        found = [(one, z) for one in annotated if one.tomogram.available for z in slices_about(one, title)]
        parts = []
        for number, (one, z) in enumerate(found):
            parts.append(self._slice(one, title, z, seed))
            yield (number + 1) / len(found)
        self._forget_all_but({(one.uid, z, title) for one, z in found}, title)
        labels = np.concatenate([part.labels for part in parts]) if parts else np.zeros(0, np.uint8)
        if not (labels == FOREGROUND).any():
            raise InputError(f"nothing is painted as {title!r} yet")
        if not (labels == BACKGROUND).any():
            raise InputError(
                f"nothing says what is not {title!r}: leave some of its surroundings unpainted, or paint something else"
            )
        joined = Samples.joined(parts)
        chosen = choose(joined.labels, self._most, np.random.default_rng(seed))
        return Samples(
            joined.responses[:, chosen.places],
            joined.labels[chosen.places],
            joined.weights[chosen.places] * chosen.weights,
        )

    def state(self, annotated: Sequence[AnnotatedTomogram], title: str) -> object:
        """Return what samples of a feature would be taken from: equal where they would be the same."""
        found = []
        for one in annotated:
            if one.tomogram.available:
                with one.lock:
                    found += [self._state(one, title, z) for z in slices_about(one, title)]
        return found

    def prepared(self, tomogram: Tomogram, z: int) -> tuple[np.ndarray, float]:
        """Return the slices (z, y, x) around one as the filters see them, and by how much they were rescaled."""
        block = finite(np.asarray(tomogram.around(z, self.bank.depth), np.float32))
        factor = rescale_factor(tomogram.pixel_size, self.voxel_size)
        if factor != 1.0:
            ny, nx = block.shape[1:]
            block = resize_xy(block, (max(1, round(ny * factor)), max(1, round(nx * factor))))
        return normalize(block, self._statistic(tomogram)), factor

    def _state(self, annotated: AnnotatedTomogram, title: str, z: int) -> object:
        """Return what tells whether the samples of a slice would be others than before."""
        tomogram = annotated.tomogram
        return weakref.ref(tomogram), z, tomogram.pixel_size, drawing_of(annotated, title, z)

    def _slice(self, annotated: AnnotatedTomogram, title: str, z: int, seed: int) -> Samples:
        with annotated.lock:
            state = self._state(annotated, title, z)
            with self._lock:
                known = self._kept.get((annotated.uid, z, title))
            if known is not None and known[0] == state:
                return known[1]
            labels = painted_labels(annotated, title, z)
        samples = self._measured(annotated.tomogram, z, labels, seed)
        with self._lock:
            self._kept[annotated.uid, z, title] = state, samples
        return samples

    def _measured(self, tomogram: Tomogram, z: int, labels: np.ndarray, seed: int) -> Samples:
        block, factor = self.prepared(tomogram, z)
        if factor != 1.0:
            labels = resize_labels(labels, (block.shape[1], block.shape[2]))
        chosen = choose(labels, self._most // _SHARE, np.random.default_rng([seed, z]))
        taken = np.full(labels.shape, -1, np.int64)
        taken.ravel()[chosen.places] = np.arange(len(chosen.places))
        result = np.empty((self.bank.count, len(chosen.places)), np.float32)
        for region, responses in tiles(block, self.bank, os.cpu_count() or 1, self._cache, taken >= 0):
            here = taken[region.slices]
            result[:, here[here >= 0]] = responses[:, here >= 0]
        return Samples(result, (labels.ravel()[chosen.places] == FOREGROUND).astype(np.uint8), chosen.weights)

    def _forget_all_but(self, wanted: set[tuple[str, int, str]], title: str) -> None:
        with self._lock:
            for key in [key for key in self._kept if key[2] == title and key not in wanted]:
                del self._kept[key]
