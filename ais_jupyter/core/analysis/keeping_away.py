"""How far positions are from another segmentation."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.analysis.components import threshold_mask
from ais_jupyter.core.data.segmentation import Segmentation, check_same_space
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
    check_same_space(volume, other)
    size = voxel_size * volume.shape[2] / other.shape[2]
    mask = threshold_mask(segmentation, threshold)
    if len(positions) == 0 or not mask.any():
        return np.full(len(positions), np.inf)
    places = np.rint((positions + 0.5) * (voxel_size / size) - 0.5).astype(int)
    places = np.clip(places, 0, np.array(mask.shape) - 1)
    distance = edt.edt(~mask, black_border=False, parallel=0)
    return distance[tuple(places.T)] * size
