"""A triangulated isosurface."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.geometry import Vector3


@dataclass
class Surface:
    """Triangles in space, in pieces.

    Attributes
    ----------
    vertices : float32 (n, 3)
        (z, y, x) in Å from the middle of the volume's first voxel; see `placed`.
    faces : int32 (m, 3)
        Indices of vertices, anticlockwise seen from outside.
    normals : float32 (n, 3)
        Unit vectors (z, y, x), outwards.
    color : (r, g, b)
        0–1.
    origin : (z, y, x)
        Where the volume lies, in Å.
    extent : (z, y, x)
        Size of the volume, in Å.
    pieces : int32 (m,)
        Number of the connected component that each face belongs to.
    piece_sizes : float (k,)
        Volume of each component, in Å³, by its voxels.
    name, feature : str
        Of the tomogram, and what the surface shows.
    """

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    color: Color = CYCLE[0]
    origin: Vector3 = (0.0, 0.0, 0.0)
    extent: Vector3 = (0.0, 0.0, 0.0)
    pieces: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    piece_sizes: np.ndarray = field(default_factory=lambda: np.zeros(0))
    name: str = ""
    feature: str = ""

    def __post_init__(self) -> None:
        if len(self.pieces) != len(self.faces):
            self.pieces = np.zeros(len(self.faces), np.int32)

    @property
    def placed(self) -> np.ndarray:
        """(z, y, x) of the vertices in Å, where ChimeraX and IMOD show the volume."""
        return self.vertices + np.array(self.origin, np.float32)

    @cached_property
    def area(self) -> float:
        """Area of all triangles, Å²."""
        return float(np.linalg.norm(self._crosses(), axis=1).sum() / 2)

    @cached_property
    def volume(self) -> float:
        """Enclosed volume, Å³."""
        first = self.vertices[self.faces[:, 0]].astype(float)
        return float(-np.einsum("ij,ij->i", first, self._crosses()).sum() / 6)  # (z, y, x) is left-handed

    def without_dust(self, dust: float) -> Surface:
        """Return the surface without components smaller than `dust`, in Å³."""
        keep = self.piece_sizes >= dust
        faces = keep[self.pieces] if len(keep) else np.ones(len(self.faces), bool)
        if faces.all():
            return self
        used, numbers = np.unique(self.faces[faces], return_inverse=True)
        return replace(
            self,
            vertices=self.vertices[used],
            normals=self.normals[used],
            faces=numbers.reshape(-1, 3).astype(np.int32),
            pieces=self.pieces[faces],
        )

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a mesh file to `path`, whose extension (``.obj .ply .stl .glb``) chooses the format, and return it.

        Raises
        ------
        InputError
            A file is there that this does not come from and `overwrite` is false, or one of another kind.
        """
        return storage.save(self, path, overwrite)

    def _crosses(self) -> np.ndarray:
        a, b, c = (self.vertices[corner].astype(float) for corner in self.faces.T)
        return np.cross(b - a, c - a)

    def __repr__(self) -> str:
        what = f" of {self.feature!r}" if self.feature else ""
        return f"<Surface{what} in {self.name!r}: {len(self.faces)} triangles, {self.area / 100:.0f} nm²>"
