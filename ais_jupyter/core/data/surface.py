"""A triangulated isosurface."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import CYCLE, Color


@dataclass
class Surface:
    """Triangles in space.

    Attributes
    ----------
    vertices : float32 (n, 3)
        (z, y, x) in Å, origin at the centre of the volume.
    faces : int32 (m, 3)
        Indices of vertices.
    normals : float32 (n, 3)
        Unit vectors (z, y, x).
    color : (r, g, b)
        0–1.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    color: Color = CYCLE[0]

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a mesh file; the extension chooses the format.

        Raises
        ------
        InputError
            A file is there that this does not come from and `overwrite` is false, or one of another kind.
        """
        return storage.save(self, path, overwrite)
