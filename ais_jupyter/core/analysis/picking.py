"""Particles from a segmentation: the middles of blobs, or one point per component."""

from __future__ import annotations

import warnings

import numpy as np

from ais_jupyter.core.analysis.components import distance_inside, remove_small, threshold_mask
from ais_jupyter.core.analysis.orientation import Axis, Sign, point, principal_direction, relion_angles
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.segmentation import Segmentation

#: Column of the score that picks are sorted by.
SIZE_COLUMN = "aisParticleSize"
_ASSUMED_VOXEL_SIZE = 10.0  # Å, where the header has none


def pick_blobs(
    segmentation: Segmentation,
    threshold: float = 128.0,
    spacing: float = 10.0,
    min_size: float = 1.0,
    margin: int = 16,
    binning: int = 1,
) -> Picks:
    """Pick the places deepest inside the thresholded volume, at least about `spacing` apart.

    Two touching particles are told apart where the volume has a waist between them.

    Parameters
    ----------
    segmentation : Segmentation
    threshold : float
        Level 0–255; strictly above counts.
    spacing : float
        Å, at least three (binned) voxels. No pick lies closer than that to the border of the volume either.
    min_size : float
        Å³; smaller components are left out.
    margin : int
        Voxels at every side of the volume without picks.
    binning : int
        Averages this many voxels along each axis first.

    Returns
    -------
    Picks
        In voxels of the segmentation, deepest first; the column ``aisParticleSize`` is the depth in (binned) voxels.

    Raises
    ------
    InputError
        An argument is negative, or the bins are larger than the volume.
    """
    from skimage.feature import peak_local_max

    _check(spacing=spacing, min_size=min_size, margin=margin)
    voxel = _voxel_size(segmentation) * binning
    labels, _ = remove_small(threshold_mask(segmentation, threshold, binning), min_size / voxel**3)
    distance = distance_inside(labels > 0)
    places = peak_local_max(distance, min_distance=max(3, int(spacing / voxel)))
    places = places[_inside(places, distance.shape, margin // binning)]
    depth = distance[tuple(places.T)].astype(float)
    order = np.argsort(-depth, kind="stable")
    return _picks(segmentation, places[order] * binning, depth[order])


def pick_centroids(
    segmentation: Segmentation,
    threshold: float = 128.0,
    min_size: float = 1.0,
    margin: int = 16,
    binning: int = 1,
    orient: Axis | None = None,
    orient_sign: Sign = "z",
) -> Picks:
    """Pick the centroid of every component.

    Parameters
    ----------
    segmentation, threshold, min_size, margin, binning
        As for `pick_blobs`.
    orient : "normal" or "long-axis", optional
        Also gives angles: of the thinnest or the longest direction of each component; zeros where it is not distinct.
    orient_sign : "z", "center" or "out"
        The direction points to +z, to the centre of the volume, or away from it.

    Returns
    -------
    Picks
        In voxels of the segmentation, largest first; the column ``aisParticleSize`` is the volume in Å³.

    Raises
    ------
    InputError
        An argument is negative, or the bins are larger than the volume.
    """
    from scipy.ndimage import find_objects

    _check(min_size=min_size, margin=margin)
    voxel = _voxel_size(segmentation) * binning
    labels, kept = remove_small(threshold_mask(segmentation, threshold, binning), min_size / voxel**3)
    boxes = find_objects(labels)
    centre = (np.array(labels.shape) - 1) / 2
    places, volumes, angles = np.zeros((len(kept), 3)), np.zeros(len(kept)), np.zeros((len(kept), 3))
    for row, number in enumerate(kept):
        box = boxes[number - 1]
        voxels = np.argwhere(labels[box] == number) + [side.start for side in box]
        places[row], volumes[row] = voxels.mean(axis=0), len(voxels) * voxel**3
        if orient:
            direction = principal_direction(voxels, orient)
            if direction is not None:
                direction = point(direction, places[row], centre, orient_sign)
            angles[row] = relion_angles(direction)
    keep = _inside(places, labels.shape, margin // binning)
    order = np.flatnonzero(keep)[np.argsort(-volumes[keep], kind="stable")]
    return _picks(segmentation, places[order] * binning, volumes[order], angles[order] if orient else None)


def _picks(
    segmentation: Segmentation, places: np.ndarray, sizes: np.ndarray, angles: np.ndarray | None = None
) -> Picks:
    return Picks(
        places,
        tomogram_name=segmentation.tomogram_name,
        voxel_size=segmentation.volume.pixel_size,
        feature=segmentation.feature,
        angles=angles,
        columns={SIZE_COLUMN: sizes},
    )


def _inside(places: np.ndarray, shape: tuple[int, ...], margin: int) -> np.ndarray:
    return np.all((places >= margin) & (places < np.array(shape) - margin), axis=1)


def _voxel_size(segmentation: Segmentation) -> float:
    size = segmentation.volume.pixel_size
    if size > 0:
        return size
    warnings.warn(
        f"{segmentation.volume.name!r} has no voxel size in its header: taken as {_ASSUMED_VOXEL_SIZE} Å", stacklevel=3
    )
    return _ASSUMED_VOXEL_SIZE


def _check(**values: float) -> None:
    for name, value in values.items():
        if value < 0:
            raise InputError(f"{name} must not be negative; found {value}")
