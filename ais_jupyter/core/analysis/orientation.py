"""Which way a component points."""

from __future__ import annotations

from typing import Literal

import numpy as np

Axis = Literal["normal", "long-axis"]
Sign = Literal["z", "center", "out"]

#: Two principal variances closer than this ratio leave the axis between them undefined.
_AMBIGUOUS = 0.7


def principal_direction(voxels: np.ndarray, axis: Axis) -> np.ndarray | None:
    """Return the thinnest ("normal") or longest direction of a cloud of voxels, or None when it is not distinct.

    Parameters
    ----------
    voxels : (n, 3)
        (z, y, x).

    Returns
    -------
    (z, y, x) of length 1
    """
    if len(voxels) < 3:
        return None
    variances, vectors = np.linalg.eigh(np.cov(voxels.T.astype(float)))
    low, high = (0, 1) if axis == "normal" else (1, 2)
    if variances[high] <= 0 or variances[low] / variances[high] > _AMBIGUOUS:
        return None
    return vectors[:, 0 if axis == "normal" else 2]


def point(direction: np.ndarray, position: np.ndarray, centre: np.ndarray, sign: Sign) -> np.ndarray:
    """Return `direction` (z, y, x) or its opposite: towards +z, towards the centre of the volume, or away from it."""
    if sign == "z":
        wrong = direction[0] < 0
    else:
        outwards = float(np.dot(direction, position - centre))
        wrong = outwards > 0 if sign == "center" else outwards < 0
    return -direction if wrong else direction


def relion_angles(direction: np.ndarray | None) -> tuple[float, float, float]:
    """Rot, tilt and psi in degrees (ZYZ of RELION) of a direction (z, y, x); zeros when there is none."""
    if direction is None:
        return 0.0, 0.0, 0.0
    z, y, x = (float(v) for v in direction / np.linalg.norm(direction))
    return 0.0, float(np.degrees(np.arccos(np.clip(z, -1, 1)))), float(np.degrees(np.arctan2(y, -x)))
