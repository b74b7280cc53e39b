"""Which boxes are held out for validation: the network never learns from them, even when it is trained further."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet

_KEY_LENGTH = 10


@dataclass(frozen=True)
class Split:
    """Boxes to learn from and boxes to judge by.

    Attributes
    ----------
    learned, held_out : int array
        Numbers of the boxes.
    judges : bool
        Whether validation is possible: some held-out box holds the feature.
    note : str
        What a person should know of it; "" when there is nothing.
    """

    #: Under which a model's file keeps it (`ModelInfo.extra`).
    KEY: ClassVar[str] = "validation_boxes"

    learned: np.ndarray
    held_out: np.ndarray
    judges: bool = False
    note: str = ""
    _keys: Sequence[str] = field(default=(), repr=False)

    def stored(self) -> dict[str, Any]:
        """Return what is kept with the model, so that held-out boxes stay held out."""
        if not self._keys:
            return {}
        parts = {"learned": self.learned, "held_out": self.held_out}
        return {"extra": {self.KEY: {name: [self._keys[i] for i in part] for name, part in parts.items()}}}


def split_boxes(training_set: TrainingSet, fraction: float, seed: int | None = None, known: Any = None) -> Split:
    """Hold out about a `fraction` of the boxes, the same ones whenever the set is the same.

    Boxes that overlap, also through neighbouring slices, stay together: the network would have seen most of a held-out
    box otherwise. Boxes with and without the feature are held out in the same proportion, and at least one with it.

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
    groups = overlapping(training_set)
    positive = training_set.positive
    before = _sides(known)
    held: list[int] = []
    free: list[list[int]] = []
    for group in groups:
        sides = {before.get(keys[i]) for i in group}
        if "held_out" in sides:
            held += [i for i in group if before.get(keys[i]) != "learned"]
        elif "learned" not in sides:
            free.append(group)
    digest = hashlib.sha1("".join(sorted(keys)).encode()).digest()
    rng = np.random.default_rng([seed or 0, *digest[:8]])
    for stratum in (True, False):
        wanted = round(fraction * int((positive == stratum).sum())) - sum(positive[i] == stratum for i in held)
        of_it = [group for group in free if bool(positive[group].any()) == stratum]
        spare = len(of_it) if before or not stratum else len(of_it) - 1  # something to find must be left to learn from
        held += _chosen(of_it, positive == stratum, max(wanted, 0), spare, rng, at_least_one=stratum and not held)
    if len(held) >= n:
        raise InputError(f"a validation split of {fraction:.0%} leaves nothing to train on ({n} boxes)")
    held_out = np.array(sorted(held), int)
    if not positive[held_out].any():
        return Split(everything, everything[:0], note=_why_not(groups, positive, before), _keys=keys)
    return Split(np.setdiff1d(everything, held_out), held_out, True, _keys=keys)


def _chosen(
    groups: list[list[int]],
    counted: np.ndarray,
    wanted: int,
    spare: int,
    rng: np.random.Generator,
    at_least_one: bool,
) -> list[int]:
    """Boxes of so many groups that about `wanted` of the counted ones are held out."""
    order = [groups[i] for i in rng.permutation(len(groups))]
    order = sorted(order, key=len) if at_least_one and wanted == 0 else order
    held: list[int] = []
    count = taken = 0
    for group in order:
        size = int(counted[group].sum())
        first = at_least_one and not held
        if taken < spare and (first or count + size / 2 <= wanted) and (first or count < wanted):
            held += group
            count, taken = count + size, taken + 1
    return held


def _why_not(groups: list[list[int]], positive: np.ndarray, before: dict[str, str]) -> str:
    what = "no box with the feature could be held out, so there is no validation"
    if before:
        return f"{what}: the model has learned from all of them already; start over for an independent validation"
    if sum(bool(positive[group].any()) for group in groups) < 2:
        return f"{what}: all boxes with the feature overlap; annotate a second place"
    return what


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
    if (place := _place(training_set, i)) is not None:
        text = repr(place).encode()
    else:
        text = np.ascontiguousarray(training_set.images[i]).tobytes()
    return hashlib.sha1(text).hexdigest()[:_KEY_LENGTH]


def _place(training_set: TrainingSet, i: int) -> tuple[str, float, float, float] | None:
    """Tomogram and centre (z, y, x) of a box, None where the set does not tell."""
    source = training_set.sources[i] if training_set.sources else {}
    try:
        z, y, x = (float(source[f"aisBoxCoordinate{axis}"]) for axis in "ZYX")
        return str(source.get("aisTomogramPath") or source["aisTomogramName"]), z, y, x
    except (KeyError, TypeError, ValueError):
        return None


def overlapping(training_set: TrainingSet) -> list[list[int]]:
    """Group boxes that overlap directly or through others; z counts like y and x, since slices are alike."""
    places = [_place(training_set, i) for i in range(len(training_set))]
    group = list(range(len(places)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    by_tomogram: dict[str, list[int]] = {}
    for i, place in enumerate(places):
        if place is not None:
            by_tomogram.setdefault(place[0], []).append(i)
    for members in by_tomogram.values():
        centres = np.array([places[i][1:] for i in members])  # type: ignore[index]
        edges = np.array([_edge(training_set, i) for i in members])
        for a, i in enumerate(members):
            near = np.abs(centres[a + 1 :] - centres[a]).max(axis=1, initial=0) < (edges[a + 1 :] + edges[a]) / 2
            for b in np.flatnonzero(near):
                group[root(members[a + 1 + int(b)])] = root(i)
    found: dict[int, list[int]] = {}
    for i in range(len(places)):
        found.setdefault(root(i), []).append(i)
    return list(found.values())


def _edge(training_set: TrainingSet, i: int) -> float:
    """Edge of a box in pixels of its tomogram."""
    try:
        edge = float(training_set.sources[i].get("aisBoxEdge", 0))
    except (TypeError, ValueError):
        edge = 0.0
    return edge if np.isfinite(edge) and edge > 0 else float(training_set.box_size)
