"""The sample: a simulated tomogram of a cell with the truth beside it, to try everything on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ais_jupyter.core.data.errors import InputError

_MARGIN = 16  # voxels simulated around the volume, so that what lies outside it is seen at high tilt


class SamplePaths(NamedTuple):
    """Where `sample_tomogram` put its files."""

    tomogram: Path
    ribosome_mask: Path
    membrane_mask: Path
    coordinates: Path


def sample_tomogram(
    directory: str | Path, shape: tuple[int, int, int] = (96, 256, 256), voxel_size: float = 10.0, seed: int = 0
) -> SamplePaths:
    """Write a simulated tomogram of a cell, its truth masks and its particle coordinates.

    Parameters
    ----------
    directory : path
        Made if it does not exist.
    shape : (z, y, x)
        Size of the volume.
    voxel_size : float
        Å.
    seed : int
        The same seed gives the same tomogram; another seed another tomogram of the same kind.

    Returns
    -------
    SamplePaths
        ``.tomogram`` (MRC mode 0 holding unsigned bytes, density dark), ``.ribosome_mask`` and ``.membrane_mask``
        (MRC, 0 or 1) and ``.coordinates`` (CSV: name, z, y, x in voxels, ZYZ angles in degrees).

    Raises
    ------
    InputError
        The volume is too small to hold a cell, or the voxel size is not positive.
    """
    from ais_jupyter.core.files.mrc import write_mrc
    from ais_jupyter.core.files.safe_write import write_text
    from ais_jupyter.sample.microscope import Microscope, take_tomogram
    from ais_jupyter.sample.specimen import make_specimen

    if len(shape) != 3 or min(shape) < 32:
        raise InputError(f"the sample needs a shape (z, y, x) of at least 32 voxels per axis, not {tuple(shape)}")
    if not 2.0 <= voxel_size <= 40.0:
        raise InputError(f"the sample needs a voxel size between 2 and 40 Å, not {voxel_size}")
    nz, ny, nx = (int(n) for n in shape)
    rng = np.random.default_rng(seed)
    specimen = make_specimen((nz, ny + 2 * _MARGIN, nx + 2 * _MARGIN), voxel_size, rng)
    volume = take_tomogram(specimen.density, voxel_size, Microscope(), rng)
    inner = (slice(None), slice(_MARGIN, -_MARGIN), slice(_MARGIN, -_MARGIN))

    folder = Path(directory).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"sample_{seed}"
    paths = SamplePaths(
        folder / f"{stem}.mrc",
        folder / f"{stem}_ribosome.mrc",
        folder / f"{stem}_membrane.mrc",
        folder / f"{stem}_particles.csv",
    )
    write_mrc(paths.ribosome_mask, specimen.ribosomes[inner].astype(np.int8), voxel_size)
    write_mrc(paths.membrane_mask, specimen.membranes[inner].astype(np.int8), voxel_size)
    positions = specimen.positions - (0, _MARGIN, _MARGIN)
    inside = np.all((positions >= 0) & (positions < (nz, ny, nx)), axis=1)
    rows = [
        [name, *np.round(p, 1), *np.round(a, 2)]
        for name, p, a, keep in zip(specimen.names, positions, specimen.angles, inside)
        if keep
    ]
    write_text(paths.coordinates, _table(rows))
    write_mrc(paths.tomogram, _as_bytes(volume[inner]).view(np.int8), voxel_size)
    return paths


def _as_bytes(volume: np.ndarray) -> np.ndarray:
    """Grey values 0–255 with the mean at 133 and 30 per standard deviation, as tomograms kept in bytes have."""
    scaled = (volume - volume.mean()) * (30.0 / volume.std()) + 133.0
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _table(rows: list[list]) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["name", "z", "y", "x", "rotZ1", "rotY", "rotZ2"])
    writer.writerows(rows)
    return lines.getvalue()
