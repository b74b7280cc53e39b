"""What an electron microscope makes of a specimen: a tilt series with CTF and noise, back-projected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft, sparse


@dataclass(frozen=True)
class Microscope:
    """Settings of the simulated microscope.

    Attributes
    ----------
    tilts : tuple (first, last, step)
        Degrees; the tilt axis is y.
    defocus : float
        Å of underfocus.
    voltage : float
        kV.
    spherical_aberration : float
        Å.
    amplitude_contrast : float
        Fraction.
    noise : float
        Standard deviation of the noise of the untilted image, in units of one voxel of protein (in projection).
    """

    tilts: tuple[float, float, float] = (-60.0, 60.0, 3.0)
    defocus: float = 35_000.0
    voltage: float = 300.0
    spherical_aberration: float = 2.7e7
    amplitude_contrast: float = 0.08
    noise: float = 6.0

    @property
    def angles(self) -> np.ndarray:
        """Tilt angles in radians."""
        first, last, step = self.tilts
        return np.radians(np.arange(first, last + step / 2, step))

    @property
    def wavelength(self) -> float:
        """Å, relativistic."""
        volts = self.voltage * 1e3
        return 12.2643 / np.sqrt(volts * (1 + 0.978476e-6 * volts))


def contrast_transfer(frequency: np.ndarray, microscope: Microscope, defocus: float) -> np.ndarray:
    """Contrast transfer at `frequency` (1/Å), positive where protein comes out dark, falling off as a beam's does."""
    k2 = frequency**2
    phase = np.pi * microscope.wavelength * defocus * k2
    phase -= 0.5 * np.pi * microscope.spherical_aberration * microscope.wavelength**3 * k2**2
    a = microscope.amplitude_contrast
    return (np.sqrt(1 - a * a) * np.sin(phase) + a * np.cos(phase)) * np.exp(-k2 * 150.0)


def take_tomogram(
    density: np.ndarray, voxel_size: float, microscope: Microscope, rng: np.random.Generator
) -> np.ndarray:
    """Tilt, project, image and reconstruct `density` (z, y, x); density comes out dark.

    Returns
    -------
    float32 (z, y, x)
    """
    nz, ny, nx = density.shape
    projector, width = _projector(nz, nx, microscope.angles)
    columns = np.ascontiguousarray(density.transpose(0, 2, 1), np.float32).reshape(nz * nx, ny)
    series = (projector @ columns).reshape(len(microscope.angles), width, ny)
    series = np.stack([_image(p, t, voxel_size, microscope, rng) for p, t in zip(series, microscope.angles)])
    weighted = fft.irfft(
        fft.rfft(series, axis=1) * _ramp(width)[None, :, None].astype(np.float32), n=width, axis=1, overwrite_x=True
    )
    volume = projector.T @ weighted.astype(np.float32).reshape(-1, ny)
    return np.ascontiguousarray(volume.reshape(nz, nx, ny).transpose(0, 2, 1))


def _projector(nz: int, nx: int, angles: np.ndarray) -> tuple[sparse.csr_matrix, int]:
    """Sparse matrix (angle·u, z·x) that adds every voxel column to its two nearest detector columns.

    All angles in one matrix: its transpose is the back-projection.
    """
    width = fft.next_fast_len(int(np.ceil(np.hypot(nz, nx))) + 4, real=True)
    z, x = (a.ravel() for a in np.meshgrid(np.arange(nz) - (nz - 1) / 2, np.arange(nx) - (nx - 1) / 2, indexing="ij"))
    voxels = np.arange(nz * nx)
    rows, cols, weights = [], [], []
    for i, angle in enumerate(angles):
        u = x * np.cos(angle) + z * np.sin(angle) + width / 2
        left = np.floor(u).astype(int)
        for column, weight in ((left, 1 - (u - left)), (left + 1, u - left)):
            rows.append(i * width + column)
            cols.append(voxels)
            weights.append(weight.astype(np.float32))
    entries = (np.concatenate(weights), (np.concatenate(rows), np.concatenate(cols)))
    return sparse.csr_matrix(entries, shape=(len(angles) * width, nz * nx)), width


def _image(
    projection: np.ndarray, angle: float, voxel_size: float, microscope: Microscope, rng: np.random.Generator
) -> np.ndarray:
    """One image of the tilt series (u, y): defocus and dose vary a little, high tilts are noisier."""
    defocus = microscope.defocus * rng.normal(1.0, 0.02)
    kx = fft.fftfreq(projection.shape[0], voxel_size)[:, None]
    ky = fft.rfftfreq(projection.shape[1], voxel_size)[None, :]
    shift = rng.normal(0, 0.2, 2) * voxel_size  # what alignment leaves
    transfer = contrast_transfer(np.hypot(kx, ky), microscope, defocus)
    moved = np.exp(-2j * np.pi * (kx * shift[0] + ky * shift[1]))
    seen = fft.irfft2(fft.rfft2(projection) * transfer * moved, s=projection.shape)
    noise = rng.standard_normal(projection.shape, np.float32) * (microscope.noise / np.sqrt(np.cos(angle)))
    return (noise - seen).astype(np.float32)


def _ramp(width: int) -> np.ndarray:
    """Weighting of the back-projection: proportional to frequency, rolled off towards Nyquist."""
    f = fft.rfftfreq(width)
    return f * np.cos(np.pi * f)
