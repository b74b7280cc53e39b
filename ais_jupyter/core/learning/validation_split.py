"""Which boxes are held out for validation: the network never learns from them, even when it is trained further."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import FOREGROUND, IGNORE, TrainingSet
from ais_jupyter.core.learning.box_overlap import BoxPlaces, place

_KEY_LENGTH = 10


@dataclass(frozen=True)
class Split:
    """Boxes to learn from and boxes to judge by.

    Attributes
    ----------
    learned, held_out : int array
        Numbers of the boxes.
    labels : uint8 array or None
        Labels of the whole set to learn from, with "ignore" where a held-out box lies over one that is learned; None
        where they are those of the set.
    judges : bool
        Whether validation is possible: some held-out box holds the feature.
    note : str
        What a person should know of it; "" when there is nothing.
    """

    #: Under which a model's file keeps it (`ModelInfo.extra`).
    KEY: ClassVar[str] = "validation_boxes"

    learned: np.ndarray
    held_out: np.ndarray
    labels: np.ndarray | None = field(default=None, repr=False)
    judges: bool = False
    note: str = ""
    _keys: Sequence[str] = field(default=(), repr=False)

    def to_learn(self, training_set: TrainingSet) -> TrainingSet:
        """Return the part of `training_set`, the one that was split, to learn from."""
        part = training_set.subset(self.learned)
        if self.labels is not None:
            part.labels = self.labels[self.learned]
        return part

    def stored(self) -> dict[str, Any]:
        """Return what is kept with the model, so that held-out boxes stay held out."""
        if not self._keys:
            return {}
        parts = {"learned": self.learned, "held_out": self.held_out}
        return {"extra": {self.KEY: {name: [self._keys[i] for i in part] for name, part in parts.items()}}}


def split_boxes(training_set: TrainingSet, fraction: float, seed: int | None = None, known: Any = None) -> Split:
    """Hold out about a `fraction` of the boxes, the same ones whenever the set is the same.

    Boxes that overlap, also through neighbouring slices, stay together where they are few: the network would have
    seen most of a held-out box otherwise. In a crowd, where nearly all overlap through others, boxes beside each other
    are held out, and what the rest shows of them is not learned. Boxes with and without the feature are held out in
    the same proportion, and at least one with it.

    Parameters
    ----------
    fraction : float
        0–0.9.
    seed : int, optional
        Another one gives another split.
    known : dict, optional
        What `Split.stored` returned for the model that is trained further: its boxes stay on their side.

    Raises
    ------
    InputError
        Nothing would be left to learn from.
    """
    n = len(training_set)
    everything = np.arange(n)
    if round(fraction * n) < 1:
        return Split(everything, everything[:0])
    keys = [_key(training_set, i) for i in range(n)]
    digest = hashlib.sha1("".join(sorted(keys)).encode()).digest()
    choice = _Choice(training_set, fraction, np.random.default_rng([seed or 0, *digest[:8]]), keys, _sides(known))
    held_out = choice.held_out()
    positive = training_set.positive
    if not positive[held_out].any():
        return Split(everything, everything[:0], note=choice.why_not(), _keys=keys)
    labels = choice.places.labels_without(held_out)
    trusted = (labels != IGNORE).any(axis=tuple(range(1, labels.ndim)))
    learned = np.setdiff1d(np.flatnonzero(trusted), held_out)
    if not len(learned):
        raise InputError(f"a validation split of {fraction:.0%} leaves nothing to train on ({n} boxes)")
    return Split(learned, held_out, labels, True, _keys=keys)


class _Choice:
    """The boxes that are held out, chosen one kind (with the feature, without) after the other."""

    def __init__(
        self,
        training_set: TrainingSet,
        fraction: float,
        rng: np.random.Generator,
        keys: Sequence[str],
        before: dict[str, str],
    ) -> None:
        self.places = BoxPlaces(training_set)
        self._fraction, self._rng, self._before = fraction, rng, before
        self._positive = training_set.positive
        side = [before.get(key) for key in keys]
        self._held = {i for i, known in enumerate(side) if known == "held_out"}
        seen = [i for i, known in enumerate(side) if known == "learned"]
        learned_of = {i for box in seen for i in self.places.touching(box).tolist()}
        #: Boxes that may still be held out: nothing of them was learned.
        self._free = {i for i, known in enumerate(side) if known is None} - learned_of
        self._groups = self.places.groups()
        #: Boxes with the feature that no held-out box overlaps.
        self._whole = set(np.flatnonzero(self._positive).tolist())
        self._take(self._held)

    def held_out(self) -> np.ndarray:
        """Return their numbers."""
        for kind in (True, False):
            self._hold_neighbours(kind)
            self._hold_groups(kind)
            self._hold_in_a_crowd(kind)
        return np.array(sorted(self._held), int)

    def why_not(self) -> str:
        """Say why no box with the feature is held out."""
        what = "no box with the feature could be held out, so there is no validation"
        if self._before:
            return f"{what}: the model has learned from all of them already; start over for an independent validation"
        if int(self._positive.sum()) > 0:
            return f"{what}: all boxes with the feature overlap; annotate a second place"
        return what

    def _wanted(self, kind: bool) -> int:
        """How many more of a kind are to be held out."""
        return round(self._fraction * int((self._positive == kind).sum())) - self._count(kind)

    def _count(self, kind: bool) -> int:
        """How many of a kind are held out."""
        return sum(bool(self._positive[i]) == kind for i in self._held)

    def _hold_neighbours(self, kind: bool) -> None:
        """Hold out new boxes that show most of what is held out already."""
        for held in sorted(self._held):
            for i in self.places.nearest(held).tolist():
                if i in self._free and self._positive[i] == kind and self._wanted(kind) > 0:
                    self._take([i])

    def _hold_groups(self, kind: bool) -> None:
        """Hold out whole groups, at random, that do not go beyond what is wanted by more than they come near it."""
        whole = [g for g in self._groups if self._free.issuperset(g) and bool(self._positive[g].any()) == kind]
        for at in self._rng.permutation(len(whole)):
            group, wanted = whole[at], self._wanted(kind)
            size = int((self._positive[group] == kind).sum())
            if wanted > 0 and size / 2 <= wanted and self._leaves_something(group):
                self._take(group)

    def _hold_in_a_crowd(self, kind: bool) -> None:
        """Where whole groups gave less than half of what is wanted, hold out boxes that lie beside each other."""
        enough = self._wanted(kind) <= self._count(kind)
        if enough and (self._count(kind) or not kind):
            return
        wanted = max(1, self._wanted(kind))
        free = [i for i in sorted(self._free) if self._positive[i] == kind]
        order = [free[at] for at in self._rng.permutation(len(free))]
        for first in sorted(order, key=lambda i: len(self.places.touching(i)) > 0):  # a box for itself, if there is one
            for i in [first, *self.places.nearest(first).tolist()]:
                if wanted and i in self._free and self._positive[i] == kind and self._leaves_something([i]):
                    self._take([i])
                    wanted -= 1
            if not wanted:
                return

    def _take(self, boxes: Collection[int]) -> None:
        self._held.update(boxes)
        self._free.difference_update(boxes)
        self._whole -= self._shown_by(boxes)

    def _shown_by(self, boxes: Collection[int]) -> set[int]:
        """Return these boxes and all that overlap them."""
        return {*boxes, *(i for box in boxes for i in self.places.touching(box).tolist())}

    def _leaves_something(self, boxes: Sequence[int]) -> bool:
        """Whether a trusted part of the feature is left to learn from when these are held out as well."""
        if self._whole - self._shown_by(boxes):
            return True
        held = np.array(sorted({*self._held, *boxes}), int)
        left = np.setdiff1d(np.flatnonzero(self._positive), held)
        return bool((self.places.labels_without(held)[left] == FOREGROUND).any())


def _sides(known: Any) -> dict[str, str]:
    """Side of each box that is known, by its key; nothing where a file holds something else."""
    if not isinstance(known, dict):
        return {}
    found: dict[str, str] = {}
    for side in ("learned", "held_out"):
        entries = known.get(side)
        if isinstance(entries, list):
            found.update({str(key): side for key in entries})
    return found


def _key(training_set: TrainingSet, i: int) -> str:
    """Name a box by its place in its tomogram, or else by its content."""
    if (known := place(training_set, i)) is not None:
        text = repr(known).encode()
    else:
        text = np.ascontiguousarray(training_set.images[i]).tobytes()
    return hashlib.sha1(text).hexdigest()[:_KEY_LENGTH]
