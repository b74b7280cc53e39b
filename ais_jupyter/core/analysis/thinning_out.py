"""Which of many points stay when they must be apart."""

from __future__ import annotations

import numpy as np


def apart(points: np.ndarray, distance: float, norm: float = 2.0) -> np.ndarray:
    """Return which points stay, bool (n,), when each removes those after it that are within `distance`.

    Parameters
    ----------
    points : (n, 3)
        The best first.
    distance : float
    norm : float
        Of the distance: 2 Euclidean, infinite the largest along an axis.
    """
    from scipy.spatial import cKDTree

    stays = np.ones(len(points), bool)
    if len(points) < 2:
        return stays
    tree = cKDTree(points)
    for place in range(len(points)):
        if stays[place]:
            stays[tree.query_ball_point(points[place], distance, p=norm)] = False
            stays[place] = True
    return stays
