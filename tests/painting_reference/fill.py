"""Filling: inside a lasso, and inside a stroke that closes on itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ais_jupyter.core.data.geometry import Region
from painting_reference.brush import NOTHING, Painted


def lasso(shape: Sequence[int], points: Sequence[tuple[float, float]]) -> Painted:
    """Pixels of an image of `shape` (rows, columns) whose centres lie inside the polygon `points` (y, x).

    Pixel centres have integer coordinates. Where the outline crosses itself, what is enclosed an even number of times
    is outside. The last point is joined to the first.
    """
    if len(points) < 3:
        return NOTHING
    corners = np.asarray(points, np.float64)
    height, width = int(shape[0]), int(shape[1])
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    region = Region(max(0, low[0]), min(height, high[0] + 1), max(0, low[1]), min(width, high[1] + 1))
    if min(region.shape) <= 0:
        return NOTHING
    y = np.arange(region.y0, region.y1, dtype=np.float64)
    x = np.arange(region.x0, region.x1, dtype=np.float64)
    inside = np.zeros(region.shape, bool)
    for (y0, x0), (y1, x1) in zip(np.roll(corners, 1, axis=0), corners):
        rows = np.flatnonzero((y0 > y) != (y1 > y))
        if rows.size:
            crossing = (x1 - x0) * (y[rows] - y0) / (y1 - y0) + x0
            inside[rows] ^= x[None, :] < crossing[:, None]
    return region, inside


def fill_enclosed(painted: Painted) -> Painted:
    """`painted` and every pixel that it encloses: from there no path of side-by-side pixels leads out."""
    from scipy import ndimage

    region, mask = painted
    return region, ndimage.binary_fill_holes(mask) if mask.size else mask
