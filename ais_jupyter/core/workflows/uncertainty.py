"""Where a model is least certain: the places that teach it most when they are annotated next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.workflows.predicting import AppliedModel, SlicePredictor

#: Slices looked at first, spread over the volume, and then around the best places.
COARSE, FINE = 16, 12
#: Places taken from one slice, so that one bad slice does not fill the list.
PER_SLICE = 4
DEFAULT_BOX = 64


@dataclass(frozen=True)
class Place:
    """Centre of a box, in pixels, and how uncertain the model is in it: 0–1 bit per pixel."""

    z: int
    y: int
    x: int
    score: float


def least_certain(
    annotated: AnnotatedTomogram,
    applied: AppliedModel,
    feature: Feature | None = None,
    count: int = 24,
    predictor: SlicePredictor | None = None,
) -> Work[list[Place]]:
    """Find the boxes in which a model is least certain, as long work.

    The uncertainty of a pixel is the binary entropy of its probability,
    H(p) = −p log₂ p − (1 − p) log₂(1 − p) (uncertainty sampling with Shannon's entropy: B. Settles, "Active learning
    literature survey", University of Wisconsin–Madison, 2009, section 3.1). The score of a place is the mean of H over
    a box of the model's training size around it. Of overlapping boxes only the best counts (non-maximum suppression),
    and boxes that overlap what is annotated are left out.

    A few slices over the whole range come first, then those around the best places, so that large volumes take
    seconds. Stopped, it returns what it has.

    Parameters
    ----------
    feature : Feature, optional
        What is annotated already: its drawn pixels and its boxes.
    count : int
        Places to return at most.
    predictor : SlicePredictor, optional
        Keeps the predictions; another one is made by default.

    Returns
    -------
    list of Place
        The least certain one first.
    """
    predictor = predictor or SlicePredictor()
    box = box_in(annotated, applied)
    start, stop = annotated.z_range
    coarse = spread(start, stop, COARSE)
    step = max(1, (stop - start) // max(1, len(coarse)))
    places: list[Place] = []
    looked: set[int] = set()

    def look(z: int) -> None:
        levels = predictor.levels(annotated, z, applied)
        region = annotated.roi.clipped(annotated.tomogram.shape)
        taken = np.zeros(annotated.tomogram.shape[1:], bool) if feature is None else _annotated(feature, z)
        found = peaks(window_mean(entropy(levels), box), box, taken[region.slices], PER_SLICE)
        places.extend(Place(z, y + region.y0, x + region.x0, score) for y, x, score in found)
        looked.add(z)

    total = len(coarse) + min(FINE, stop - start - len(coarse))
    for z in coarse:
        if (yield Progress(len(looked) / total, f"slice {z + 1}")):
            return separated(places, box, count)
        look(z)
    for z in _between(places, box, step, range(start, stop), looked):
        if (yield Progress(len(looked) / total, f"slice {z + 1}")):
            break
        look(z)
    return separated(places, box, count)


def box_in(annotated: AnnotatedTomogram, applied: AppliedModel) -> int:
    """Edge of the model's boxes in pixels of the tomogram."""
    info, tomogram = applied.model.info, annotated.tomogram
    box = float(info.box_size if info.box_size > 0 else DEFAULT_BOX)
    if info.voxel_size > 0 and tomogram.pixel_size > 0:
        box *= info.voxel_size / tomogram.pixel_size
    return max(3, min(round(box), *tomogram.shape[1:]))


def entropy(levels: np.ndarray) -> np.ndarray:
    """Binary entropy in bits, float32, of probabilities as levels 0–255."""
    p = np.arange(256) / 255
    with np.errstate(divide="ignore", invalid="ignore"):
        table = np.nan_to_num(-p * np.log2(p) - (1 - p) * np.log2(1 - p))
    return table.astype(np.float32)[levels]


def window_mean(values: np.ndarray, box: int) -> np.ndarray:
    """Mean over a square around each pixel; what lies outside the image counts as 0."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(values, box, mode="constant")


def peaks(score: np.ndarray, box: int, taken: np.ndarray, count: int) -> list[tuple[int, int, float]]:
    """Return (y, x, score) of the best windows that overlap neither each other nor `taken` pixels."""
    from scipy.ndimage import maximum_filter

    score = score.copy()
    if taken.any():
        score[maximum_filter(taken, box)] = 0
    found = []
    for _ in range(count):
        y, x = (int(i) for i in np.unravel_index(np.argmax(score), score.shape))
        best = float(score[y, x])
        if best <= 0:
            break
        found.append((y, x, best))
        score[max(0, y - box + 1) : y + box, max(0, x - box + 1) : x + box] = 0
    return found


def separated(places: list[Place], box: int, count: int) -> list[Place]:
    """Return the best places whose boxes do not overlap in the volume."""
    kept: list[Place] = []
    for one in sorted(places, key=lambda place: -place.score):
        if all(max(abs(one.z - other.z), abs(one.y - other.y), abs(one.x - other.x)) >= box for other in kept):
            kept.append(one)
            if len(kept) == count:
                break
    return kept


def spread(start: int, stop: int, count: int) -> list[int]:
    """Return up to `count` numbers spread evenly over start ≤ z < stop, the middle first, then ever finer."""
    middles = np.unique(
        ((np.arange(min(count, stop - start)) + 0.5) * (stop - start) / min(count, stop - start)).astype(int)
    )
    order = sorted(range(len(middles)), key=lambda i: _turned(i, len(middles)))
    return [start + int(middles[i]) for i in order]


def _turned(i: int, n: int) -> int:
    """Bits of `i` in reverse, so that counting up jumps about evenly."""
    bits = max(1, (n - 1).bit_length())
    return int(f"{i ^ (n // 2):0{bits}b}"[::-1], 2)


def _between(places: list[Place], box: int, step: int, inside: range, looked: set[int]) -> Iterator[int]:
    """Slices beside the best places found so far, nearer and nearer."""
    done = 0
    for part in (2, 4):
        for place in separated(places, box, FINE):
            for z in (place.z - step // part, place.z + step // part):
                if z in inside and z not in looked:
                    yield z
                    done += 1
                if done >= FINE:
                    return


def _annotated(feature: Feature, z: int) -> np.ndarray:
    """Pixels of a slice that are drawn, or lie in a box."""
    mask = feature.mask(z)
    taken = np.zeros(feature.shape[1:], bool) if mask is None else mask.astype(bool)
    half = feature.box_size // 2
    for _, y, x in feature.boxes_in(z):
        taken[max(0, y - half) : max(0, y + half), max(0, x - half) : max(0, x + half)] = True
    return taken
