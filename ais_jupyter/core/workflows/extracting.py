"""From annotated tomograms to a training set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.errors import InputError, WouldOverwriteError
from ais_jupyter.core.data.progress import run_to_end
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files.star import write_box_coordinates
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.extraction import extracting


def extract(
    annotated: AnnotatedTomogram | Sequence[AnnotatedTomogram],
    positive: str | Sequence[str],
    negative: str | Sequence[str] = (),
    box_size: int = 64,
    voxel_size: float | None = None,
    depth: int = 1,
    margin: int = 0,
) -> TrainingSet:
    """Cut the boxes of features out of one or several annotated tomograms.

    Parameters
    ----------
    annotated : AnnotatedTomogram, or list of them
        Those whose tomogram is missing are left out with a warning.
    positive, negative : feature titles
        One or several. Negative boxes are background everywhere.
    box_size : int
        Edge of the boxes in pixels of `voxel_size`.
    voxel_size : float, optional
        Å per pixel; that of the first tomogram by default.
    depth : int
        Slices per box; 1 for 2-D networks.
    margin : int
        Pixels of surroundings stored around each box, labelled "ignore"; boxes are larger by twice as much. Half of
        the box size gives training the room to move boxes about (see `TrainingOptions.recipe`).

    Returns
    -------
    TrainingSet
        One image and label per box. A box that lies partly outside its image is filled by reflection there; what lies
        outside the drawn box or the image is labelled "ignore".

    Raises
    ------
    InputError
        There is no box of a positive feature.
    """
    if isinstance(annotated, str | Path):
        raise InputError(f"give annotated tomograms, not the path {str(annotated)!r}: ais.open(path) opens it")
    items = [annotated] if isinstance(annotated, AnnotatedTomogram) else list(annotated)
    if wrong := [item for item in items if not isinstance(item, AnnotatedTomogram)]:
        raise InputError(f"expected annotated tomograms, found a {type(wrong[0]).__name__}: open paths with ais.open")
    wanted, unwanted = ([names] if isinstance(names, str) else list(names) for names in (positive, negative))
    return run_to_end(extracting(items, wanted, unwanted, box_size, voxel_size, depth, margin=margin))


def extracting_set(
    annotated: Sequence[AnnotatedTomogram],
    positive: Sequence[str],
    negative: Sequence[str],
    box_size: int,
    voxel_size: float | None,
    depth: int,
    margin: int = 0,
) -> Job[TrainingSet]:
    """Cut boxes in the background; see `extract` for the parameters."""
    work = extracting(annotated, positive, negative, box_size, voxel_size, depth, margin=margin)
    return Job(work, f"extracting {', '.join(positive)}")


def write_coordinates(
    path: Path,
    annotated: Sequence[AnnotatedTomogram],
    titles: Sequence[str],
    with_feature: bool = False,
    overwrite: bool = False,
) -> Path:
    """Write the centres of the boxes of some features as a STAR file, and return its path.

    Raises
    ------
    WouldOverwriteError
        The file exists and `overwrite` is false.
    """
    if path.exists() and not overwrite:
        raise WouldOverwriteError(path)
    write_box_coordinates(path, annotated, titles, with_feature=with_feature)
    return path


def annotate_from_mask(
    annotated: AnnotatedTomogram,
    title: str,
    mask: np.ndarray,
    slices: Sequence[int],
    boxes: int,
    box_size: int = 64,
    seed: int = 0,
    empty_fraction: float = 0.25,
) -> Feature:
    """Annotate a feature from a known mask, as a person with little time would: a few slices, some boxes.

    Boxes go where the feature is, a few to places without it, spread over the slices; each lies wholly inside.

    Parameters
    ----------
    mask : (z, y, x)
        Non-zero where the feature is.
    slices : list of int
        Slices to annotate.
    boxes : int
        How many boxes in all.
    empty_fraction : float
        Share of the boxes at places where the feature is not.
    """
    rng = np.random.default_rng(seed)
    feature = annotated.add_feature(title, box_size=box_size)
    wanted = [len(part) for part in np.array_split(np.arange(boxes), len(slices))]
    for z, count in zip(slices, wanted):
        drawn = np.asarray(mask[z]) != 0
        feature.set_mask(z, drawn)
        empty = round(count * empty_fraction)
        centres = _spread(drawn, count - empty, box_size, rng, with_feature=True)
        centres += _spread(drawn, count - len(centres), box_size, rng, with_feature=False)
        feature.set_boxes(z, centres)
    return feature


def _spread(
    drawn: np.ndarray, count: int, box_size: int, rng: np.random.Generator, with_feature: bool
) -> list[tuple[int, int]]:
    """Centres (y, x) of boxes inside the slice, far from each other, on the feature or where a box misses it."""
    from scipy.ndimage import label, maximum_filter

    half = box_size // 2
    ny, nx = drawn.shape
    inside = np.zeros_like(drawn)
    inside[half : ny - half + 1, half : nx - half + 1] = True
    if with_feature:
        components, n = label(drawn & inside)
        points = [rng.permutation(np.argwhere(components == i + 1))[0] for i in range(n)]
        candidates = np.array(points).reshape(-1, 2)
    else:
        candidates = np.argwhere(inside & ~maximum_filter(drawn, box_size // 2))
    chosen: list[tuple[int, int]] = []
    distance = 1e6 + rng.random(len(candidates))  # the first place is random
    while len(chosen) < min(count, len(candidates)):
        best = int(np.argmax(distance))
        y, x = (int(v) for v in candidates[best])
        chosen.append((y, x))
        distance = np.minimum(distance, np.hypot(candidates[:, 0] - y, candidates[:, 1] - x))
        distance[best] = -1
    return chosen
