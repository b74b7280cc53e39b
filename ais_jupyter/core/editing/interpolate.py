"""Masks for the slices between drawn ones, by interpolating the signed distance to their outlines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from ais_jupyter.core.data.geometry import Region


def interpolate_masks(
    masks: Mapping[int, np.ndarray], first: int | None = None, last: int | None = None
) -> dict[int, np.ndarray]:
    """Masks of the slices that lie between drawn ones.

    Parameters
    ----------
    masks : dict of int to (y, x) array
        Drawn masks by slice; those without a pixel count as not drawn.
    first, last : int, optional
        Only slices first <= z <= last are looked at.

    Returns
    -------
    dict of int to uint8 (y, x) array of 0 and 1
        For every slice without pixels between two drawn ones.
    """
    drawn = sorted(
        z for z, mask in masks.items() if (first is None or z >= first) and (last is None or z <= last) and np.any(mask)
    )
    found: dict[int, np.ndarray] = {}
    for below, above in itertools.pairwise(drawn):
        if above - below > 1:
            found.update(_between(masks[below], masks[above], below, above))
    return found


def _between(first: np.ndarray, last: np.ndarray, below: int, above: int) -> dict[int, np.ndarray]:
    shape = first.shape
    region = _joint_region(first, last)
    near, far = signed_distance(first[region.slices]), signed_distance(last[region.slices])
    # shapes that do not touch would fade out halfway: they travel from one place to the other instead
    apart = not np.any((near > 0) & (far > 0))
    travel = _centre(far > 0) - _centre(near > 0) if apart else np.zeros(2)
    result = {}
    for z in range(below + 1, above):
        t = (z - below) / (above - below)
        distance = (1 - t) * _moved(near, t * travel) + t * _moved(far, (t - 1) * travel)
        mask = np.zeros(shape, np.uint8)
        mask[region.slices] = distance > 0
        result[z] = mask
    return result


def signed_distance(mask: np.ndarray) -> np.ndarray:
    """Distance of each pixel centre to the outline in pixels, float32 (y, x), positive inside."""
    from scipy import ndimage

    inside = np.asarray(mask) != 0
    if not inside.any() or inside.all():
        return np.full(inside.shape, 1.0 if inside.any() else -1.0, np.float32) * max(inside.shape)
    inner = ndimage.distance_transform_edt(inside)
    outer = ndimage.distance_transform_edt(~inside)
    return np.where(inside, inner - 0.5, 0.5 - outer).astype(np.float32)


def _joint_region(first: np.ndarray, last: np.ndarray) -> Region:
    either = (np.asarray(first) != 0) | (np.asarray(last) != 0)
    rows, columns = np.flatnonzero(either.any(axis=1)), np.flatnonzero(either.any(axis=0))
    return Region(int(rows[0]) - 2, int(rows[-1]) + 3, int(columns[0]) - 2, int(columns[-1]) + 3).clipped(first.shape)


def _centre(inside: np.ndarray) -> np.ndarray:
    return np.array([axis.mean() for axis in np.nonzero(inside)])


def _moved(distance: np.ndarray, by: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    return ndimage.shift(distance, by, order=1, mode="nearest") if np.any(by) else distance
