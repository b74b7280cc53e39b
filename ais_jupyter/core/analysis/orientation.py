"""Which way a component points."""

from __future__ import annotations

from typing import Literal

import numpy as np

Axis = Literal["normal", "long-axis"]
Sign = Literal["z", "center", "out"]

#: Two principal variances closer than this ratio leave the axis between them undefined.
_AMBIGUOUS = 0.7
#: Components of fewer voxels have no direction.
_FEWEST = 3


def principal_directions(covariances: np.ndarray, counts: np.ndarray, axis: Axis) -> np.ndarray:
    """Return the thinnest ("normal") or longest direction of clouds of voxels; zeros where it is not distinct.

    Parameters
    ----------
    covariances : float (n, 3, 3)
        Of the coordinates (z, y, x) of the voxels of each cloud.
    counts : int (n,)
        Voxels of each cloud.
    axis : "normal" or "long-axis"

    Returns
    -------
    float (n, 3)
        (z, y, x) of length 1, or zeros.
    """
    if len(covariances) == 0:
        return np.zeros((0, 3))
    variances, vectors = np.linalg.eigh(covariances)
    low, high = (variances[:, 0], variances[:, 1]) if axis == "normal" else (variances[:, 1], variances[:, 2])
    distinct = (counts >= _FEWEST) & (high > 0) & (low <= _AMBIGUOUS * high)
    return np.where(distinct[:, None], vectors[:, :, 0 if axis == "normal" else 2], 0.0)


def point(directions: np.ndarray, positions: np.ndarray, centre: np.ndarray, sign: Sign) -> np.ndarray:
    """Return directions (n, 3) or their opposites: towards +z, towards the centre of the volume, or away from it."""
    if sign == "z":
        wrong = directions[:, 0] < 0
    else:
        outwards = np.einsum("ni,ni->n", directions, positions - centre)
        wrong = outwards > 0 if sign == "center" else outwards < 0
    return np.where(wrong[:, None], -directions, directions)


def relion_angles(directions: np.ndarray) -> np.ndarray:
    """Rot, tilt and psi in degrees (ZYZ of RELION), (n, 3), of directions (z, y, x); zeros where there is none."""
    length = np.linalg.norm(directions, axis=1)
    z, y, x = (directions / np.where(length > 0, length, 1)[:, None]).T
    tilt, psi = np.degrees(np.arccos(np.clip(z, -1, 1))), np.degrees(np.arctan2(y, -x))
    known = length > 0
    return np.stack([np.zeros(len(directions)), np.where(known, tilt, 0), np.where(known, psi, 0)], axis=1)
