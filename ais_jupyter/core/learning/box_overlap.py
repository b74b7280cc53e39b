"""Which boxes of a training set lie over each other in their tomogram, and where."""

from __future__ import annotations

import math

import numpy as np

from ais_jupyter.core.data.training_set import IGNORE, TrainingSet


class BoxPlaces:
    """Where the boxes of a training set come from, as cubes in tomogram pixels: neighbouring slices look alike.

    The margin of a box, which is labelled nowhere, does not count. A box of which the set does not tell the place
    overlaps none.
    """

    def __init__(self, training_set: TrainingSet) -> None:
        self._set = training_set
        n = len(training_set)
        self._tomogram = np.full(n, -1)
        self._centre = np.zeros((n, 3))
        self._edge = np.array([_edge(training_set, i) for i in range(n)])
        self._labelled = np.array([_labelled(training_set, i, edge) for i, edge in enumerate(self._edge)])
        numbers: dict[str, int] = {}
        for i in range(n):
            if (known := place(training_set, i)) is not None:
                self._tomogram[i] = numbers.setdefault(known[0], len(numbers))
                self._centre[i] = known[1:]

    def touching(self, i: int) -> np.ndarray:
        """Return the numbers of the other boxes that overlap box `i`."""
        if self._tomogram[i] < 0:
            return np.zeros(0, int)
        beside = np.flatnonzero(self._tomogram == self._tomogram[i])
        apart = np.abs(self._centre[beside] - self._centre[i]).max(axis=1)
        near = beside[apart < (self._labelled[beside] + self._labelled[i]) / 2]
        return near[near != i]

    def nearest(self, i: int) -> np.ndarray:
        """Return the boxes that overlap box `i`, the nearest first."""
        near = self.touching(i)
        return near[np.argsort(np.abs(self._centre[near] - self._centre[i]).max(axis=1), kind="stable")]

    def groups(self) -> list[list[int]]:
        """Return the boxes in groups that overlap directly or through others."""
        found: list[list[int]] = []
        left = np.ones(len(self._set), bool)
        for first in range(len(left)):
            if not left[first]:
                continue
            left[first] = False
            group = [first]
            for member in group:  # it grows while it is gone through
                near = self.touching(member)
                near = near[left[near]]
                left[near] = False
                group += near.tolist()
            found.append(sorted(group))
        return found

    def labels_without(self, hidden: np.ndarray) -> np.ndarray:
        """Return the labels of the set with "ignore" wherever a box of `hidden` lies over another box."""
        labels, size = self._set.labels.copy(), self._set.stored_size
        for held in hidden:
            for i in self.touching(int(held)):
                scale = size / self._edge[i]
                low = (self._centre[held] - self._labelled[held] / 2 - self._centre[i] + self._edge[i] / 2)[1:] * scale
                high = low + self._labelled[held] * scale
                rows, columns = (slice(max(0, math.floor(a)), max(0, math.ceil(b))) for a, b in zip(low, high))
                labels[i, rows, columns] = IGNORE
        return labels


def place(training_set: TrainingSet, i: int) -> tuple[str, float, float, float] | None:
    """Tomogram and centre (z, y, x) of a box in tomogram pixels, None where the set does not tell."""
    source = training_set.sources[i] if training_set.sources else {}
    try:
        z, y, x = (float(source[f"aisBoxCoordinate{axis}"]) for axis in "ZYX")
        tomogram = str(source.get("aisTomogramPath") or source["aisTomogramName"])
    except (KeyError, TypeError, ValueError):
        return None
    return (tomogram, z, y, x) if np.isfinite([z, y, x]).all() else None


def _edge(training_set: TrainingSet, i: int) -> float:
    """Edge of a box in pixels of its tomogram."""
    edge = _number(training_set, i, "aisBoxEdge")
    return edge if edge > 0 else float(training_set.stored_size)


def _labelled(training_set: TrainingSet, i: int, edge: float) -> float:
    """Edge of the part of a box that its margin surrounds."""
    inner = edge - 2 * _number(training_set, i, "aisBoxMargin")
    return inner if 0 < inner < edge else edge


def _number(training_set: TrainingSet, i: int, key: str) -> float:
    """Return a number that a set tells of a box; 0 where it does not."""
    try:
        value = float(training_set.sources[i].get(key, 0)) if training_set.sources else 0.0
    except (TypeError, ValueError):
        return 0.0
    return value if np.isfinite(value) else 0.0
