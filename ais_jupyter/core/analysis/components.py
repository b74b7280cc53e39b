"""Connected components of a thresholded segmentation."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation

Box = tuple[slice, ...]


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
        The bins are larger than the volume.
    """
    volume = segmentation.volume
    nz, ny, nx = (n // binning for n in volume.shape)
    if binning < 1 or min(nz, ny, nx) < 1:
        raise InputError(f"binning {binning} does not fit a volume of {volume.shape} (z, y, x)")
    level = threshold / {1.0: 255.0, 127.0: 2.0}.get(segmentation.full_scale, 1.0)
    mask = np.empty((nz, ny, nx), bool)
    for z in range(nz):
        slab = volume.slab(z * binning, (z + 1) * binning)[:, : ny * binning, : nx * binning]
        if binning > 1:
            slab = slab.reshape(binning, ny, binning, nx, binning).mean(axis=(0, 2, 4), dtype=np.float64)[None]
        mask[z] = slab[0] > level
    return mask


def remove_small(mask: np.ndarray, min_voxels: float) -> tuple[np.ndarray, list[int]]:
    """Label the components (6-connected) that have at least `min_voxels` voxels.

    Returns
    -------
    labels : int32 (z, y, x)
        0 is background; removed components are background too.
    kept : list of int
        The labels that are left.
    """
    from scipy.ndimage import label

    labels, count = label(mask)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    keep = sizes >= min_voxels
    keep[0] = False
    if not keep[1:].all():
        labels[~keep[labels]] = 0
    return labels, [int(i) for i in np.flatnonzero(keep)]


def distance_inside(mask: np.ndarray) -> np.ndarray:
    """Distance of every voxel of `mask` to the nearest voxel outside it, float32, in voxels.

    The edge of the volume does not count as outside. Computed around one group of touching voxels after the other: the
    nearest outside voxel always lies within one voxel of the group's bounding box.
    """
    from scipy.ndimage import distance_transform_edt, find_objects, generate_binary_structure, label

    if mask.all():
        return np.full(mask.shape, np.hypot.reduce(np.array(mask.shape, float)), np.float32)
    groups, _ = label(mask, structure=generate_binary_structure(3, 3))
    distance = np.zeros(mask.shape, np.float32)
    for number, box in enumerate(find_objects(groups), start=1):
        wide = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in box)
        inside = groups[wide] == number
        found = distance_transform_edt(mask[wide])
        distance[wide][inside] = found[inside]
    return distance
