"""Particles picked from a segmentation or placed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.names import split_result
from ais_jupyter.core.data.numbers import shown
from ais_jupyter.core.data.tomogram import Tomogram

#: Voxel sizes that differ by less are the same, rounded differently.
_SAME_SIZE = 0.005


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
    centred : bool
        `positions` are Å from the middle of the tomogram, as RELION 5 has them; see `within`.
    """

    positions: np.ndarray
    tomogram_name: str = ""
    voxel_size: float = 0.0
    feature: str = ""
    angles: np.ndarray | None = None
    columns: dict[str, np.ndarray] = field(default_factory=dict)
    centred: bool = False

    def __post_init__(self) -> None:
        try:
            self.positions = np.asarray(self.positions, float).reshape(-1, 3)
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"positions are rows of three numbers (z, y, x), not {shown(self.positions)}") from error
        for name, values in self.columns.items():
            if len(values) != len(self.positions):
                raise InputError(f"column {name!r} has {len(values)} values for {len(self.positions)} positions")

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def positions_angstrom(self) -> np.ndarray:
        """(z, y, x) in Å from the corner of the volume."""
        return self.positions * self.voxel_size

    def within(self, tomogram: Tomogram) -> Picks:
        """Return these picks in voxels of `tomogram`.

        Centred positions count from its middle, size / 2 (``TomogramSet::loadTomogram`` of RELION 5); others are scaled
        where their voxel size is another, such as that of the unbinned tilt series in RELION 4.

        Raises
        ------
        InputError
            Centred positions need the tomogram's voxel size, and that is unknown.
        """
        size = np.array(tomogram.voxel_size, float)
        known = bool((size > 0).all())
        if self.centred and not known:
            raise InputError(
                f"positions in Å need the voxel size of {tomogram.name!r}, which is unknown: set tomogram.voxel_size"
            )
        positions = self.positions
        if self.centred:
            positions = positions / size + np.array(tomogram.shape) / 2
        elif known and self.voxel_size > 0 and abs(self.voxel_size / tomogram.pixel_size - 1) > _SAME_SIZE:
            positions = positions * self.voxel_size / size
        else:
            return self
        return replace(self, positions=positions, voxel_size=tomogram.pixel_size, centred=False)

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a STAR file to `path`, and return the path.

        Raises
        ------
        InputError
            A file is there that this does not come from and `overwrite` is false, or one of another kind.
        """
        return storage.save(self, path, overwrite)

    def __repr__(self) -> str:
        return f"<Picks {len(self)} × {self.feature!r} in {self.tomogram_name!r}>"


def check_belonging(picks: Picks, tomogram: Tomogram) -> Picks:
    """Return picks in voxels of the tomogram that they are shown in.

    Raises
    ------
    InputError
        They name another tomogram, or some of them lie outside it.
    """
    if picks.tomogram_name not in ("", tomogram.name, split_result(f"{tomogram.name}.mrc")[0]):
        raise InputError(f"the picks are of the tomogram {picks.tomogram_name!r}, and this is {tomogram.name!r}")
    placed = picks.within(tomogram)
    outside = int(((placed.positions < -0.5) | (placed.positions > np.array(tomogram.shape) - 0.5)).any(axis=1).sum())
    if outside:
        z, y, x = tomogram.shape
        raise InputError(
            f"{outside} of {len(picks)} picks lie outside {tomogram.name!r}, which has {z} × {y} × {x} voxels (z, y, "
            "x): they are of another tomogram, or of one with another voxel size"
        )
    return placed


class PicksByTomogram(dict[str, Picks]):
    """Picks of several tomograms, by the name of the tomogram, in the order of the file.

    Parameters
    ----------
    picks : mapping of str → Picks, or pairs of them
        As `dict` takes them.
    """

    def __init__(self, picks: Mapping[str, Picks] | Iterable[tuple[str, Picks]] = ()) -> None:
        """Make a mapping as `dict` does, of another one or of pairs in `picks`."""
        super().__init__(picks)

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write all of them as one STAR file to `path`, and return the path.

        Parameters
        ----------
        path : path
            Name of the file.
        overwrite : bool
            Replace particles that these do not come from.
        """
        return storage.save(self, path, overwrite)

    def __repr__(self) -> str:
        return f"<PicksByTomogram {sum(map(len, self.values()))} picks in {len(self)} tomograms>"
