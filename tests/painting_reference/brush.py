"""Which pixels a brush paints: discs, strokes, spheres, and the part of them inside a range of values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region

#: Pixels that a tool paints: where, and which of them, a bool array (rows, columns) of that size.
Painted = tuple[Region, np.ndarray]

NOTHING: Painted = (Region(0, 0, 0, 0), np.zeros((0, 0), bool))


def disc(shape: Sequence[int], y: int, x: int, radius: float, aspect: float = 1.0) -> Painted:
    """Pixels of an image of `shape` (rows, columns) within a disc, as the desktop program paints them.

    A pixel counts when dx² + (aspect·dy)² < radius², strictly, dx and dy between integer positions. `aspect` is the
    height of a pixel in widths; other than 1 in XZ and YZ views of voxels that are no cubes.
    """
    _check(radius, aspect)
    height, width = int(shape[0]), int(shape[1])
    ry, rx = math.ceil(radius / aspect) + 1, math.ceil(radius) + 1
    region = Region(max(0, y - ry), min(height, y + ry + 1), max(0, x - rx), min(width, x + rx + 1))
    if min(region.shape) <= 0:
        return NOTHING
    dy = (np.arange(region.y0, region.y1) - y) * aspect
    dx = np.arange(region.x0, region.x1) - x
    return region, dx[None, :] ** 2 + dy[:, None] ** 2 < radius * radius


def line(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Pixels (y, x) from `start` to `end`, both included, one per step along the longer axis."""
    (y0, x0), (y1, x1) = start, end
    n = max(abs(y1 - y0), abs(x1 - x0))
    if n == 0:
        return [(y0, x0)]
    # the same order of operations as in the browser, so that halves are rounded alike
    parts = [i / n for i in range(n + 1)]
    return [(math.floor(y0 + (y1 - y0) * t + 0.5), math.floor(x0 + (x1 - x0) * t + 0.5)) for t in parts]


def stroke(shape: Sequence[int], points: Sequence[tuple[int, int]], radius: float, aspect: float = 1.0) -> Painted:
    """Pixels under a brush that is led along `points` (y, x): a disc at every pixel of the lines between them."""
    _check(radius, aspect)
    centres = [tuple(points[0])] if points else []
    for start, end in itertools.pairwise(points):
        centres += line(start, end)[1:]
    discs = [disc(shape, y, x, radius, aspect) for y, x in dict.fromkeys(centres)]
    discs = [(region, mask) for region, mask in discs if mask.size]
    if not discs:
        return NOTHING
    regions = [region for region, _ in discs]
    whole = Region(
        min(r.y0 for r in regions), max(r.y1 for r in regions), min(r.x0 for r in regions), max(r.x1 for r in regions)
    )
    painted = np.zeros(whole.shape, bool)
    for r, mask in discs:
        painted[r.y0 - whole.y0 : r.y1 - whole.y0, r.x0 - whole.x0 : r.x1 - whole.x0] |= mask
    return whole, painted


def sphere(shape: Sequence[int], z: int, y: int, x: int, radius: float, z_aspect: float = 1.0) -> dict[int, Painted]:
    """Voxels of a volume of `shape` (z, y, x) within a sphere, by slice.

    A voxel counts when dx² + dy² + (z_aspect·dz)² < radius²; `z_aspect` is the voxel's height in z over that in x.
    """
    _check(radius, z_aspect)
    reach = math.ceil(radius / z_aspect)
    found = {}
    for slice_number in range(max(0, z - reach), min(int(shape[0]), z + reach + 1)):
        rest = radius * radius - ((slice_number - z) * z_aspect) ** 2
        if rest > 0:
            # A trifle less, for the square of a rounded root may be more than what it is the root of.
            region, _ = painted = disc(shape[1:], y, x, math.sqrt(rest) * (1 - np.finfo(float).eps))
            if min(region.shape) > 0:
                found[slice_number] = painted
    return found


def within(painted: Painted, image: np.ndarray, low: float, high: float) -> Painted:
    """Part of `painted` where low <= image <= high; `image` is the whole slice (rows, columns)."""
    region, mask = painted
    values = np.asarray(image)[region.slices]
    return region, mask & (values >= low) & (values <= high)


def _check(radius: float, aspect: float) -> None:
    if not (math.isfinite(radius) and radius > 0 and math.isfinite(aspect) and aspect > 0):
        raise InputError(f"a brush needs a radius and an aspect above 0, not {radius} and {aspect}")
