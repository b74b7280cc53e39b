"""The deepest points of a mask: local maxima of the distance to its outside."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.analysis.components import Groups, distance_inside
from ais_jupyter.core.analysis.thinning_out import apart

#: Voxels looked at in cubes, in sizes of the volume, from which on one pass over the volume is quicker.
_MUCH = 3


def deepest_points(mask: np.ndarray, min_distance: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the local maxima of the distance to the outside of `mask`, deepest first.

    The same points as ``skimage.feature.peak_local_max(distance, min_distance)`` finds, but only around what is in the
    mask, which takes a fraction of the time where that is little.

    Parameters
    ----------
    mask : bool (z, y, x)
    min_distance : int
        Voxels. A point is the maximum of the cube that reaches this far, and two points are at least this far apart
        along one of the axes. No point lies closer to the border of the volume.

    Returns
    -------
    points : int (n, 3)
        (z, y, x).
    depths : float32 (n,)
        Distance to the outside, in voxels.
    """
    if mask.all():  # nowhere is deeper than elsewhere
        return np.zeros((0, 3), int), np.zeros(0, np.float32)
    groups = Groups.of(mask)
    distance = distance_inside(mask, groups)
    found = _few_highest(distance, groups, min_distance)
    if found is None:
        found = _highest(distance, mask, min_distance)
    points = np.stack(np.unravel_index(found, mask.shape), axis=1)
    points = points[np.all((points >= min_distance) & (points < np.array(mask.shape) - min_distance), axis=1)]
    depths = distance[tuple(points.T)]
    order = np.argsort(-depths, kind="stable")
    points, depths = points[order], depths[order]
    stays = apart(points, min_distance - 0.5, np.inf)  # whole numbers: less than the distance
    return points[stays], depths[stays]


def _highest(distance: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """Return the places (flat, ascending) that are the maximum of the cube around them, in one pass over all."""
    from scipy.ndimage import maximum_filter

    return np.flatnonzero((maximum_filter(distance, 2 * reach + 1, mode="nearest") == distance) & mask)


def _few_highest(distance: np.ndarray, groups: Groups, reach: int) -> np.ndarray | None:
    """Return the same, group by group: first among neighbours, then those left in the cube; None for too many."""
    from scipy.ndimage import maximum_filter

    if groups.boxes is None:
        return None
    places = [np.zeros((0, 3), int)]
    for number, wide, within in groups.wider(1):
        top = maximum_filter(distance[wide], 3, mode="nearest")[within]
        here = (top == distance[wide][within]) & (groups.labels[wide][within] == number)
        places.append(np.argwhere(here) + [w.start + i.start for w, i in zip(wide, within)])
    likely = np.concatenate(places)
    if len(likely) * (2 * reach + 1) ** 3 > _MUCH * distance.size:
        return None
    highest = [
        bool(distance[tuple(slice(max(0, c - reach), c + reach + 1) for c in place)].max() == distance[tuple(place)])
        for place in likely
    ]
    return np.sort(np.ravel_multi_index(tuple(likely[highest].T), distance.shape))
