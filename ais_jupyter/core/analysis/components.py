"""Connected components of a thresholded segmentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation

#: Above this many groups, or this share of the volume in their boxes, one pass over the volume is quicker: a box costs
#: some 0.3 ms beside its voxels.
_MANY_GROUPS, _LARGE_SHARE = 3_000, 0.3


@dataclass(frozen=True)
class Components:
    """The components of a mask that are neither too small nor too large.

    Attributes
    ----------
    labels : unsigned integers (z, y, x)
        0 is background; components that were left out are background too.
    kept : int (n,)
        Labels of the components, ascending.
    sizes : int (n,)
        Voxels in each.
    found : int
        How many components there were before any was left out.
    """

    labels: np.ndarray
    kept: np.ndarray
    sizes: np.ndarray
    found: int


def threshold_mask(segmentation: Segmentation, threshold: float, binning: int = 1) -> np.ndarray:
    """Return where a segmentation exceeds a level, bool (z, y, x), read a few slices at a time.

    Parameters
    ----------
    segmentation : Segmentation
    threshold : float
        Level 0–255; scaled for int8 (halved) and floats (divided by 255). Strictly above counts.
    binning : int
        Averages this many voxels along each axis first; what does not fill a bin at the end is cut off.

    Raises
    ------
    InputError
        The bins are larger than the volume, or voxels are not numbers.
    """
    mask = np.empty(binned_shape(segmentation.volume.shape, binning), bool)
    level = threshold / {1.0: 255.0, 127.0: 2.0}.get(segmentation.full_scale, 1.0)
    for z, total in enumerate(binned_slices(segmentation, binning)):
        mask[z] = total > level * binning**3
    return mask


def binned_slices(segmentation: Segmentation, binning: int) -> Iterator[np.ndarray]:
    """Yield the sums of the voxels of every bin, slice by slice, (y, x); read a few slices at a time.

    Raises
    ------
    InputError
        The bins are larger than the volume, or voxels are not numbers.
    """
    volume = segmentation.volume
    nz, ny, nx = binned_shape(volume.shape, binning)
    for z in range(nz):
        slab = volume.slab(z * binning, (z + 1) * binning)[:, : ny * binning, : nx * binning]
        if slab.dtype.kind == "f" and not np.isfinite(slab).all():
            raise InputError(
                f"{volume.name!r} has voxels that are not numbers (NaN or infinite), in slice {z * binning} or just "
                "above it; a segmentation has values from 0 to 1, or 0 to 255"
            )
        yield _binned_sum(slab, binning)


def why_nothing(segmentation: Segmentation, threshold: float) -> str:
    """Say why no voxel of a segmentation exceeds a level."""
    highest = max(float(segmentation.probability(z).max()) for z in range(segmentation.volume.shape[0])) * 255
    if highest <= 0:
        return "the segmentation is empty: the model found nothing"
    if segmentation.volume.dtype.kind in "iu" and round(highest * segmentation.full_scale / 255) == 1:
        return "it is a mask of 0 and 1: use a threshold of 1 or less"
    return f"nothing exceeds the threshold {threshold:g}; the highest level is {highest:.0f}"


def binned_shape(shape: tuple[int, ...], binning: int) -> tuple[int, int, int]:
    """Shape (z, y, x) of a volume after binning.

    Raises
    ------
    InputError
        The bins are larger than the volume.
    """
    if binning < 1 or min(shape) // binning < 1:
        raise InputError(f"binning {binning} does not fit a volume of {shape} (z, y, x)")
    return shape[0] // binning, shape[1] // binning, shape[2] // binning


def _binned_sum(slab: np.ndarray, binning: int) -> np.ndarray:
    """Sum of `binning` slices and of the same number of rows and columns; added axis by axis, which is quick."""
    if binning == 1:
        return slab[0]
    wide = np.int64 if slab.dtype.kind in "iu" else np.float64
    flat = slab.sum(axis=0, dtype=wide)
    rows = flat.reshape(-1, binning, flat.shape[1]).sum(axis=1)
    total = rows[:, ::binning].copy()
    for step in range(1, binning):
        total += rows[:, step::binning]
    return total


def find_components(mask: np.ndarray, min_voxels: float = 0, max_voxels: float | None = None) -> Components:
    """Label the 6-connected components that have from `min_voxels` to `max_voxels` voxels."""
    import cc3d

    labels, count = cc3d.connected_components(mask, connectivity=6, return_N=True)
    sizes = np.bincount(labels[mask], minlength=count + 1)
    keep = sizes >= min_voxels
    if max_voxels is not None:
        keep &= sizes <= max_voxels
    keep[0] = False
    if not keep[1:].all():
        labels *= keep[labels]
    kept = np.flatnonzero(keep)
    return Components(labels, kept, sizes[kept], int(count))


@dataclass(frozen=True)
class Groups:
    """Groups of voxels that touch, also at corners, and the boxes around them.

    Attributes
    ----------
    labels : unsigned integers (z, y, x)
    boxes : list of (slice, slice, slice), or None
        None where treating the volume as a whole is quicker than box by box.
    """

    labels: np.ndarray
    boxes: list[tuple[slice, ...]] | None

    @classmethod
    def of(cls, mask: np.ndarray) -> Groups:
        """Find the groups of a mask."""
        import cc3d

        labels, count = cc3d.connected_components(mask, connectivity=26, return_N=True)
        if count > _MANY_GROUPS:
            return cls(labels, None)
        boxes: list[tuple[slice, ...]] = list(cc3d.statistics(labels)["bounding_boxes"][1:])
        volume = sum(int(np.prod([side.stop - side.start + 2 for side in box])) for box in boxes)
        return cls(labels, boxes if volume < _LARGE_SHARE * mask.size else None)

    def wider(self, margin: int) -> list[tuple[int, tuple[slice, ...], tuple[slice, ...]]]:
        """Return the number of each group, its box with a margin inside the volume, and the box within that one."""
        found = []
        for number, box in enumerate(self.boxes or [], start=1):
            wide = tuple(
                slice(max(0, side.start - margin), min(n, side.stop + margin))
                for side, n in zip(box, self.labels.shape)
            )
            within = tuple(slice(s.start - w.start, s.stop - w.start) for s, w in zip(box, wide))
            found.append((number, wide, within))
        return found


def distance_inside(mask: np.ndarray, groups: Groups | None = None) -> np.ndarray:
    """Distance of every voxel of `mask` to the nearest voxel outside it, float32, in voxels.

    The edge of the volume does not count as outside. Computed around one group of touching voxels after the other where
    that is quicker: the nearest outside voxel always lies within one voxel of the group's bounding box.
    """
    import edt

    if mask.all():
        return np.full(mask.shape, np.hypot.reduce(np.array(mask.shape, float)), np.float32)
    groups = groups or Groups.of(mask)
    if groups.boxes is None:
        return edt.edt(np.ascontiguousarray(mask), black_border=False, parallel=0)
    distance = np.zeros(mask.shape, np.float32)
    for number, wide, _ in groups.wider(1):
        inside = groups.labels[wide] == number
        found = edt.edt(np.ascontiguousarray(mask[wide]), black_border=False, parallel=1)
        distance[wide][inside] = found[inside]
    return distance
