"""Planes of a volume as they are shown: which axes their rows and columns run along.

The cross-sections continue the main view: XZ shares its columns, YZ its rows. ``js/src/geometry/plane.ts`` is the same
for the browser; both are tested on ``tests/cases/planes.json``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ais_jupyter.core.data.geometry import AXES, axis_index
from ais_jupyter.core.data.tomogram import Tomogram

#: Axes of the rows and of the columns of the plane across each axis, as shown; row 0 is at the bottom.
SHOWN = {"z": ("y", "x"), "y": ("z", "x"), "x": ("y", "z")}


def shown_shape(axis: str | int, shape: Sequence[int]) -> tuple[int, int]:
    """Rows and columns of the plane across `axis` of a volume of `shape` (z, y, x), as shown."""
    rows, columns = SHOWN["zyx"[axis_index(axis)]]
    return int(shape[AXES[rows]]), int(shape[AXES[columns]])


def as_shown(plane: np.ndarray, axis: str | int) -> np.ndarray:
    """Turn a plane whose axes are in the order of the volume (as `Tomogram.slice` gives it) into the one that is shown.

    Parameters
    ----------
    plane : 2-D array
        (y, x) across z, (z, x) across y, (z, y) across x.
    axis : "z", "y", "x" or 0–2
        The axis that the plane lies across.

    Returns
    -------
    2-D array
        (y, x) across z, (z, x) across y, (y, z) across x; a view.
    """
    name = "zyx"[axis_index(axis)]
    stored = tuple(other for other in "zyx" if other != name)
    return plane if stored == SHOWN[name] else plane.T


def plane_as_shown(
    tomogram: Tomogram, index: int, axis: str | int = "z", withdrawn: Callable[[], bool] = lambda: False
) -> np.ndarray:
    """Read plane number `index` across `axis` as it is shown; see `Tomogram.slice`.

    Raises
    ------
    IndexError
        `index` is outside the volume.
    TomogramMissingError
        The file is missing.
    CancelledError
        The plane was `withdrawn`.
    """
    return as_shown(tomogram.slice(index, axis, withdrawn), axis)
