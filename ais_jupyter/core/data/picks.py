"""Particles picked from a segmentation or placed by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError


@dataclass
class Picks:
    """Positions in one tomogram.

    Attributes
    ----------
    positions : float (n, 3)
        (z, y, x) in voxels of the tomogram.
    tomogram_name : str
        Name of the tomogram.
    voxel_size : float
        Å; 0 unknown.
    feature : str
        What they are.
    angles : float (n, 3) or None
        RELION rot, tilt, psi in degrees.
    columns : dict of str → (n,)
        Further columns under their STAR names (such as ``aisParticleSize``).
    """

    positions: np.ndarray
    tomogram_name: str = ""
    voxel_size: float = 0.0
    feature: str = ""
    angles: np.ndarray | None = None
    columns: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.positions = np.asarray(self.positions, float).reshape(-1, 3)
        for name, values in self.columns.items():
            if len(values) != len(self.positions):
                raise InputError(f"column {name!r} has {len(values)} values for {len(self.positions)} positions")

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def positions_angstrom(self) -> np.ndarray:
        """(z, y, x) in Å from the corner of the volume."""
        return self.positions * self.voxel_size

    def save(self, path: str | Path) -> Path:
        """Write a STAR file to `path`, and return the path."""
        return storage.save(self, path)

    def __repr__(self) -> str:
        return f"<Picks {len(self)} × {self.feature!r} in {self.tomogram_name!r}>"
