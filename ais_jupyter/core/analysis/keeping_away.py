"""How far positions are from another segmentation."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.analysis.components import threshold_mask
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram


def distances_to(
    segmentation: Segmentation, threshold: float, positions: np.ndarray, volume: Tomogram, voxel_size: float
) -> np.ndarray:
    """Return how far positions in one volume are from what a segmentation of the same place shows.

    Parameters
    ----------
    segmentation : Segmentation
        Its voxels may be of another size; it must cover the same space.
    threshold : float
        Level 0–255; strictly above counts.
    positions : float (n, 3)
        (z, y, x) in voxels of `volume`.
    volume : Tomogram
    voxel_size : float
        Of `volume`, Å.

    Returns
    -------
    float (n,)
        Å between voxel centres; 0 inside it, infinite where it is empty.

    Raises
    ------
    InputError
        It covers another space.
    """
    import edt

    other = segmentation.volume
    size = _side(other, volume, voxel_size)
    extents = np.array(volume.shape) * voxel_size, np.array(other.shape) * size
    if np.abs(extents[0] - extents[1]).max() > max(size, voxel_size):
        raise InputError(
            f"{other.name!r} covers {_nm(extents[1])} nm (z, y, x) and {volume.name!r} {_nm(extents[0])} nm: they are "
            "not of the same tomogram"
        )
    mask = threshold_mask(segmentation, threshold)
    if len(positions) == 0 or not mask.any():
        return np.full(len(positions), np.inf)
    places = np.rint((positions + 0.5) * (voxel_size / size) - 0.5).astype(int)
    places = np.clip(places, 0, np.array(mask.shape) - 1)
    distance = edt.edt(~mask, black_border=False, parallel=0)
    return distance[tuple(places.T)] * size


def _side(other: Tomogram, volume: Tomogram, voxel_size: float) -> float:
    """Side of its voxels; where it is unknown, that of the volume if both have as many voxels."""
    if other.pixel_size > 0 and (volume.pixel_size > 0 or other.shape != volume.shape):
        return other.pixel_size
    return voxel_size


def _nm(extent: np.ndarray) -> str:
    return " × ".join(f"{side / 10:.0f}" for side in extent)
