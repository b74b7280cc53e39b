"""What a training set would hold, counted before anything is cut, and what is wrong with the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.geometry import PIXEL_SIZE_TOLERANCE
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.progress import Work

if TYPE_CHECKING:
    from ais_jupyter.core.data.training_set import TrainingSet

#: Boxes from which on a first model tends to be of use.
_ENOUGH = 20
#: Slices from which on boxes may be for networks of slabs, which need more around them to move in.
_SLAB = 8


@dataclass(frozen=True)
class Selection:
    """What a training set is made of.

    Attributes
    ----------
    positive, negative : titles
        Features to find, and features whose boxes are background everywhere; others are left out.
    tomograms : list of uid, or None
        None takes all.
    box_size : int
        Edge in pixels of `voxel_size`.
    voxel_size : float or None
        Å per pixel; None takes that of the first tomogram.
    depth : int
        Slices per box.
    margin : int
        Pixels of surroundings around each box.
    """

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    tomograms: tuple[str, ...] | None = None
    box_size: int = 64
    voxel_size: float | None = None
    depth: int = 1
    margin: int = 0

    def chosen(self, annotated: Sequence[AnnotatedTomogram]) -> list[AnnotatedTomogram]:
        """Return the tomograms that are taken."""
        return [item for item in annotated if self.tomograms is None or item.uid in self.tomograms]


@dataclass(frozen=True)
class Note:
    """Something to know before continuing; with an "error" no set can be made."""

    kind: Literal["error", "warning", "info"]
    text: str


@dataclass(frozen=True)
class Count:
    """What one tomogram would give: boxes of features to find, of others, and of the former those with drawing."""

    uid: str
    name: str
    voxel_size: float
    positive: int
    negative: int
    drawn: int
    slices: int


@dataclass(frozen=True)
class TrainingPlan:
    """Counts by tomogram, the voxel size in Å (−1 unknown), and notes, the gravest first."""

    counts: list[Count]
    voxel_size: float
    notes: list[Note] = field(default_factory=list)

    @property
    def boxes(self) -> int:
        """Boxes in all."""
        return sum(count.positive + count.negative for count in self.counts)

    @property
    def possible(self) -> bool:
        """Whether a set can be made."""
        return all(note.kind != "error" for note in self.notes)


def plan_training_set(annotated: Sequence[AnnotatedTomogram], selection: Selection) -> TrainingPlan:
    """Count what `selection` would give; nothing is read from the tomograms."""
    counts = [_count(item, selection) for item in selection.chosen(annotated)]
    used = [count for count in counts if count.positive + count.negative]
    native = next((count.voxel_size for count in used if count.positive), -1.0)
    target = selection.voxel_size or (native if native > 0 else -1.0)
    notes = [*_missing(annotated, selection), *_lacking(annotated, selection, counts)]
    if not any(note.kind == "error" for note in notes):
        notes += [*_scales(used, target), *_sizes(annotated, selection), *_amount(used)]
    rank = {"error": 0, "warning": 1, "info": 2}
    return TrainingPlan(counts, target, sorted(notes, key=lambda note: rank[note.kind]))


def making_training_set(annotated: Sequence[AnnotatedTomogram], selection: Selection) -> Work[TrainingSet]:
    """Cut the boxes of `selection` as long work.

    Raises
    ------
    InputError
        It cannot be done; `plan_training_set` says so before.
    """
    from ais_jupyter.core.learning.extraction import Z_JITTER, extracting

    return extracting(
        selection.chosen(annotated), selection.positive, selection.negative,
        selection.box_size, selection.voxel_size, selection.depth, margin=selection.margin,
        z_jitter=Z_JITTER if selection.depth >= _SLAB else 0,
    )  # fmt: skip


def notes_for_model(
    info: ModelInfo, trained: bool, box_size: int, depth: int, voxel_size: float, margin: int = 0
) -> list[Note]:
    """Return what to know before a model learns from boxes of this size, depth, Å per pixel, and margin."""
    if not trained:
        return []
    notes = []
    if info.depth != depth:
        text = f"{info.title!r} works on {info.depth} slices, the boxes have {depth}: make the set with depth"
        notes.append(Note("error", f"{text} {info.depth}, or train a new model"))
    if info.voxel_size > 0 and voxel_size > 0 and abs(info.voxel_size / voxel_size - 1) > PIXEL_SIZE_TOLERANCE:
        text = f"{info.title!r} was trained at {info.voxel_size:.2f} Å and would continue at {voxel_size:.2f} Å"
        notes.append(Note("warning", f"{text}: give the set that voxel size to keep the scale"))
    if info.box_size > 0 and not box_size <= info.box_size <= box_size + margin:
        text = f"{info.title!r} was trained on boxes of {info.box_size} px, these have {box_size} px"
        notes.append(Note("info", f"{text}: that works, networks take any size"))
    return notes


def suggested_batch_size(boxes: int) -> tuple[int, str]:
    """Return a batch size for so many boxes, and why."""
    if boxes <= 200:
        return 8, "few boxes: many small steps learn more from them than few large ones"
    if boxes <= 1000:
        return 16, "enough boxes for steps of middle size"
    return 32, "many boxes: large steps use the machine best"


def _features(item: AnnotatedTomogram, titles: Sequence[str]) -> list[Feature]:
    return [feature for feature in item.features if feature.title in titles]


def _count(item: AnnotatedTomogram, selection: Selection) -> Count:
    with item.lock:
        positive, negative = (_features(item, titles) for titles in (selection.positive, selection.negative))
        available = item.tomogram.available
        drawn = sum(_holds_drawing(feature, box) for feature in positive for box in feature.boxes) if available else 0
        return Count(
            item.uid, item.name, item.tomogram.pixel_size,
            sum(len(feature.boxes) for feature in positive) if available else 0,
            sum(len(feature.boxes) for feature in negative) if available else 0,
            drawn, len({z for feature in positive for z in feature.annotated_slices}),
        )  # fmt: skip


def _holds_drawing(feature: Feature, box: tuple[int, int, int]) -> bool:
    z, y, x = box
    mask = feature.mask(z)
    if mask is None:
        return False
    half = feature.box_size // 2
    return bool(mask[max(0, y - half) : max(0, y + half), max(0, x - half) : max(0, x + half)].any())


def _missing(annotated: Sequence[AnnotatedTomogram], selection: Selection) -> list[Note]:
    return [
        Note("warning", f"{item.name!r} is left out: its file is missing; relink it")
        for item in selection.chosen(annotated)
        if not item.tomogram.available
    ]


def _lacking(annotated: Sequence[AnnotatedTomogram], selection: Selection, counts: list[Count]) -> list[Note]:
    chosen = selection.chosen(annotated)
    if not any(item.features for item in annotated):
        return [Note("error", "nothing is annotated yet: paint a feature and place boxes around what you painted")]
    if not chosen:
        return [Note("error", "no tomogram is chosen")]
    if not selection.positive:
        return [Note("error", "mark the feature to find with +")]
    notes = []
    for title in (*selection.positive, *selection.negative):
        found = [feature for item in chosen for feature in _features(item, [title])]
        if sum(len(feature.boxes) for feature in found):
            continue
        slices = sum(len(feature.annotated_slices) for feature in found)
        state = f"is drawn on {slices} slices but has no boxes" if slices else "has no boxes"
        text = f"{title!r} {state}: place boxes around places that are drawn completely (Shift+click)"
        notes.append(Note("warning", text))
    if not any(count.positive for count in counts):
        return [Note("error", note.text) for note in notes] or [Note("error", "there is no box to learn from")]
    if not any(count.drawn for count in counts):
        notes.append(Note("error", "nothing is drawn inside the boxes: paint the feature there, or move the boxes"))
    return notes


def _scales(used: list[Count], target: float) -> list[Note]:
    sizes = sorted({round(count.voxel_size, 2) for count in used})
    notes = []
    if any(size <= 0 for size in sizes):
        notes.append(Note("warning", "a voxel size is unknown: those boxes are taken as they are, without rescaling"))
    known = [size for size in sizes if size > 0]
    if len(known) > 1 and known[-1] / known[0] - 1 > PIXEL_SIZE_TOLERANCE:
        all_sizes = ", ".join(f"{size:.2f}" for size in known)
        notes.append(Note("warning", f"voxel sizes differ ({all_sizes} Å): boxes are rescaled to {target:.2f} Å"))
    elif any(abs(size / target - 1) > PIXEL_SIZE_TOLERANCE for size in known):
        notes.append(Note("info", f"boxes are rescaled from {known[0]:.2f} Å to {target:.2f} Å"))
    return notes


def _sizes(annotated: Sequence[AnnotatedTomogram], selection: Selection) -> list[Note]:
    if selection.box_size < 8 or selection.depth < 1:
        return [Note("error", "boxes have at least 8 px and 1 slice")]
    drawn = {f.box_size for item in selection.chosen(annotated) for f in _features(item, selection.positive) if f.boxes}
    smaller = sorted(size for size in drawn if size < selection.box_size)
    if smaller and selection.voxel_size is None:
        text = f"boxes of {smaller[0]} px are widened to {selection.box_size} px; what lies around them is ignored"
        return [Note("info", text)]
    return []


def _amount(used: list[Count]) -> list[Note]:
    boxes, drawn = sum(count.positive + count.negative for count in used), sum(count.drawn for count in used)
    if boxes < _ENOUGH:
        text = f"{boxes} boxes are few: a first model from about {_ENOUGH}, a good one from about 100"
        return [Note("info", text)]
    if drawn == boxes:
        return [Note("info", "every box holds the feature: some boxes on places without it teach what is background")]
    return []
