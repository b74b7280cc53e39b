"""Training sets cut from annotated tomograms, by the rules of the current Ais."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Box, Feature
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import PIXEL_SIZE_TOLERANCE
from ais_jupyter.core.data.numbers import number, whole
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import GLOBAL_MAD, IGNORE, TrainingSet
from ais_jupyter.core.learning.normalization import Statistic, global_statistic, normalize
from ais_jupyter.core.learning.resizing import resize_labels, resize_xy

#: Extra slices stored with boxes of several slices, so that slab networks can shift the annotated slice in depth.
Z_JITTER = 16
#: Boxes that are larger in any direction are a mistake; no network could be trained on them.
LARGEST_BOX = 4096


@dataclass(frozen=True)
class _Sample:
    annotated: AnnotatedTomogram
    feature: Feature
    box: Box
    negative: bool


def extracting(
    annotated: Sequence[AnnotatedTomogram],
    positive: Sequence[str],
    negative: Sequence[str] = (),
    box_size: int = 64,
    voxel_size: float | None = None,
    depth: int = 1,
    slab_labels: bool = True,
    margin: int = 0,
    z_jitter: int = Z_JITTER,
) -> Work[TrainingSet]:
    """Cut the boxes of some features out of annotated tomograms.

    Boxes define the samples; a box that lies partly outside its image is filled by reflection there and labelled
    "ignore", one wholly outside is left out with a warning. Only the part of a box that was inside the box drawn by the
    annotator is trusted; the rest of a larger extracted box is labelled "ignore".

    Parameters
    ----------
    annotated : list of AnnotatedTomogram
        Those whose tomogram is missing are left out with a warning.
    positive, negative : lists of feature titles
        Boxes of positive features carry what was drawn; those of negative ones are background everywhere.
    box_size : int
        Edge of the extracted boxes in pixels of `voxel_size`.
    voxel_size : float, optional
        Å per pixel of the boxes; by default that of the first tomogram whose voxel size is known. Differences below
        5 % are not rescaled. A tomogram of unknown voxel size is taken as it is, with a warning.
    depth : int
        Slices per box: 1 for 2-D networks.
    slab_labels : bool
        With depth > 1: label every slice that was drawn on, not only the box's own.
    margin : int
        Pixels of `voxel_size` around each box that are stored with it, labelled "ignore": they show the network what
        surrounds a box. The boxes of the set are larger by twice the margin.
    z_jitter : int
        With depth > 1: slices stored besides, so that networks of slabs can be shown the box's own anywhere in depth.

    Returns
    -------
    TrainingSet
        Normalised by the statistic of each parent tomogram.

    Raises
    ------
    InputError
        There is no box of a positive feature, a title is unknown everywhere, or sizes make no sense.
    """
    box_size = whole(box_size, "box_size, in pixels,", 8, LARGEST_BOX)
    depth = whole(depth, "depth, in slices,", 1, LARGEST_BOX)
    margin = whole(margin, "margin, in pixels,", 0, LARGEST_BOX)
    if voxel_size is not None:
        voxel_size = number(voxel_size, "voxel_size, in Å,", 0, 1e6, above=True)
    samples = list(_samples(annotated, positive, negative))
    if not any(not s.negative for s in samples):
        raise InputError(_no_boxes(annotated, positive))
    target = _target_pixel_size(samples, voxel_size)
    stored = depth if depth == 1 else depth + whole(z_jitter, "z_jitter, in slices,", 0, LARGEST_BOX)
    whole_size = box_size + 2 * margin
    statistics: dict[int, Statistic] = {}
    images, labels, sources = [], [], []
    for count, sample in enumerate(samples):
        if (yield Progress(count / len(samples), f"box {count + 1} of {len(samples)}")):
            break
        tomogram = sample.annotated.tomogram
        if id(tomogram) not in statistics:
            statistics[id(tomogram)] = global_statistic(tomogram)
        edge = native_edge(whole_size, tomogram.pixel_size, target)
        rim = round(margin * edge / whole_size)
        if not _overlaps(sample.box, edge - 2 * rim, tomogram):
            warnings.warn(
                f"box {sample.box} of {sample.feature.title!r} lies outside {tomogram.name!r}; left out", stacklevel=2
            )
            continue
        image = _cut_image(tomogram, sample.box, edge, stored)
        images.append(resize_xy(normalize(image, statistics[id(tomogram)]), (whole_size, whole_size)))
        labelled = _cut_slab_label(sample, edge, stored) if depth > 1 and slab_labels else _cut_label(sample, edge)
        label = _without_rim(labelled, rim)
        labels.append(resize_labels(label, (whole_size, whole_size)))
        sources.append(_source(sample, whole_size, edge, rim))
    if not images:
        raise InputError("every box lies outside its tomogram; there is nothing to extract")
    return TrainingSet(
        images=np.moveaxis(np.stack(images), 1, -1),
        labels=np.stack(labels) if labels[0].ndim == 2 else np.moveaxis(np.stack(labels), 1, -1),
        voxel_size=target,
        normalization=GLOBAL_MAD,
        features=list(positive),
        z_jitter=stored - depth,
        sources=sources,
        margin=margin,
    )


def native_edge(box_size: int, pixel_size: float, target: float) -> int:
    """Edge in tomogram pixels of a box of `box_size` pixels of `target` Å."""
    if not (pixel_size > 0 and target > 0) or abs(pixel_size / target - 1) < PIXEL_SIZE_TOLERANCE:
        return box_size
    return max(2, round(box_size * target / pixel_size))


def _samples(annotated, positive, negative):  # type: ignore[no-untyped-def]
    for titles, is_negative in ((positive, False), (negative, True)):
        for item in annotated:
            if not item.tomogram.available:
                if not is_negative:
                    warnings.warn(
                        f"{item.name!r} is left out: its tomogram is missing ({item.tomogram.path})", stacklevel=3
                    )
                continue
            for feature in item.features:
                if feature.title in titles:
                    yield from (_Sample(item, feature, box, is_negative) for box in feature.boxes)


def _no_boxes(annotated: Sequence[AnnotatedTomogram], positive: Sequence[str]) -> str:
    known = sorted({f"{f.title} ({len(f.boxes)} boxes)" for a in annotated for f in a.features})
    return (
        f"no boxes of {', '.join(map(repr, positive)) or 'any feature'} were found, so there is nothing to learn from. "
        f"Found: {', '.join(known) or 'no features'}. Place boxes around annotated places, or check the titles."
    )


def _target_pixel_size(samples: Sequence[_Sample], voxel_size: float | None) -> float:
    """Å per pixel of the boxes; −1 where nothing is known. Says which tomograms are taken as they are."""
    tomograms = {id(s.annotated.tomogram): s.annotated.tomogram for s in samples}.values()
    target = voxel_size or next((t.pixel_size for t in tomograms if t.pixel_size > 0), -1.0)
    unknown = [t.name for t in tomograms if not t.pixel_size > 0]
    if unknown and target > 0:
        warnings.warn(
            f"the voxel size of {', '.join(map(repr, unknown))} is unknown: boxes are cut as if it were {target:g} Å; "
            "set tomogram.voxel_size if it is not",
            stacklevel=4,
        )
    return target


def _overlaps(box: Box, edge: int, tomogram: Tomogram) -> bool:
    _, y, x = box
    _, ny, nx = tomogram.shape
    y0, x0 = y - edge // 2, x - edge // 2
    return y0 < ny and x0 < nx and y0 + edge > 0 and x0 + edge > 0


def _reflected(indices: np.ndarray, n: int) -> np.ndarray:
    """Fold indices back into 0…n−1 by reflection about the edge pixels (as ``np.pad(mode="reflect")``)."""
    if n == 1:
        return np.zeros_like(indices)
    folded = np.abs(indices) % (2 * (n - 1))
    return np.where(folded >= n, 2 * (n - 1) - folded, folded)


def _window(centre: int, edge: int) -> np.ndarray:
    return np.arange(centre - edge // 2, centre - edge // 2 + edge)


def _cut_image(tomogram: Tomogram, box: Box, edge: int, stored: int) -> np.ndarray:
    z, y, x = box
    rows, cols = (_reflected(_window(c, edge), n) for c, n in ((y, tomogram.shape[1]), (x, tomogram.shape[2])))
    return tomogram.around(z, stored)[:, rows[:, None], cols]


def _cut_label(sample: _Sample, edge: int) -> np.ndarray:
    """Return the (edge, edge) label of the box's own slice: what was drawn, "ignore" where it is not trusted."""
    z, y, x = sample.box
    _, ny, nx = sample.feature.shape
    rows, cols = _window(y, edge), _window(x, edge)
    inside = ((rows >= 0) & (rows < ny))[:, None] & ((cols >= 0) & (cols < nx))
    label = np.zeros((edge, edge), np.uint8)
    mask = None if sample.negative else sample.feature.mask(z)
    if mask is not None:
        label = mask[np.clip(rows, 0, ny - 1)[:, None], np.clip(cols, 0, nx - 1)].copy()
    label[~inside] = IGNORE
    border = (edge - sample.feature.box_size) // 2
    if border > 0:
        trusted = np.zeros((edge, edge), bool)
        trusted[border : edge - border, border : edge - border] = True
        label[~trusted] = IGNORE
    return label


def _cut_slab_label(sample: _Sample, edge: int, stored: int) -> np.ndarray:
    """Return the (stored, edge, edge) label: the box's own slice whole, other drawn slices inside their own boxes."""
    z, y, x = sample.box
    feature = sample.feature
    slab = np.full((stored, edge, edge), IGNORE, np.uint8)
    slab[stored // 2] = _cut_label(sample, edge)
    y0, x0 = y - edge // 2, x - edge // 2
    for index in range(stored):
        other = z - stored // 2 + index
        mask = feature.mask(other)
        if index == stored // 2 or mask is None:
            continue
        half = feature.box_size
        for _, by, bx in feature.boxes_in(other):
            ys, xs = by - half // 2, bx - half // 2
            top, bottom = max(ys, y0, 0), min(ys + half, y0 + edge, mask.shape[0])
            left, right = max(xs, x0, 0), min(xs + half, x0 + edge, mask.shape[1])
            if top < bottom and left < right:
                values = 0 if sample.negative else mask[top:bottom, left:right]
                slab[index, top - y0 : bottom - y0, left - x0 : right - x0] = values
    return slab


def _without_rim(label: np.ndarray, rim: int) -> np.ndarray:
    """Label a rim of so many pixels "ignore"."""
    if rim:
        label[..., :rim, :] = label[..., -rim:, :] = label[..., :rim] = label[..., -rim:] = IGNORE
    return label


def _source(sample: _Sample, box_size: int, edge: int, rim: int) -> dict[str, Any]:
    tomogram, (z, y, x) = sample.annotated.tomogram, sample.box
    return {
        "aisTomogramName": tomogram.name,
        "aisTomogramPath": str(tomogram.path or ""),
        "aisBoxCoordinateZ": z,
        "aisBoxCoordinateY": y,
        "aisBoxCoordinateX": x,
        "aisBoxSizeAnnotate": sample.feature.box_size,
        "aisBoxSizeExtracted": box_size,
        "aisBoxEdge": edge,  # pixels of the tomogram, as those of the margin
        "aisBoxMargin": rim,
        "aisFeatureName": sample.feature.title,
        "aisNegative": sample.negative,
    }
