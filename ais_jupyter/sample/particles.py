"""The particles of the simulated cell: envelopes of simple geometry, filled with rough density."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

Array = np.ndarray
#: Takes x, y, z in Å around the particle's centre, returns where the particle is.
Envelope = Callable[[Array, Array, Array], Array]

RIBOSOME = "ribosome80S"
_POINT_SPACING = 6.0  # Å; finer than half a voxel, so that turning a particle leaves no lattice behind


@dataclass(frozen=True)
class Kind:
    """One kind of particle.

    Attributes
    ----------
    name : str
        As it appears in the table of coordinates.
    radius : float
        Å; nothing of the particle lies further from its centre.
    crowding : float
        How many there are in (1000 Å)³ of cytoplasm.
    envelope : callable
        Where the particle is.
    weight : float
        Mean density; 1 is protein in ice, RNA is heavier.
    roughness : float
        How uneven the density is inside, as a fraction of the mean.
    """

    name: str
    radius: float
    crowding: float
    envelope: Envelope
    weight: float = 1.0
    roughness: float = 0.5


def _ellipsoid(x: Array, y: Array, z: Array, a: float, b: float, c: float) -> Array:
    return (x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2 < 1


def _ribosome(x: Array, y: Array, z: Array) -> Array:
    """Return a 60S-like half ball with stalks and a flatter 40S-like part with head and beak, a cleft between."""
    large = _ellipsoid(x, y - 5, z - 38, 118, 112, 84) & (z > -22)
    large |= _ellipsoid(x - 20, y - 108, z - 12, 34, 30, 30)  # central protuberance
    large |= _ellipsoid(x - 106, y - 48, z - 8, 34, 22, 22)  # stalk base
    large |= _ellipsoid(x + 110, y - 36, z - 2, 30, 26, 24)  # L1 stalk
    body = _ellipsoid(x + 6, y + 36, z + 74, 62, 84, 46)
    head = _ellipsoid(x - 4, y - 72, z + 66, 54, 42, 42)
    beak = _ellipsoid(x - 62, y - 66, z + 64, 28, 18, 18)
    return large | ((body | head | beak) & (z < -34))


def _shell(x: Array, y: Array, z: Array, a: float, b: float, c: float, wall: float) -> Array:
    return _ellipsoid(x, y, z, a, b, c) & ~_ellipsoid(x, y, z, a - wall, b - wall, c - wall)


def _tube(x: Array, y: Array, z: Array, outer: float, inner: float, half_length: float) -> Array:
    r2 = x * x + y * y
    return (r2 < outer**2) & (r2 > inner**2) & (np.abs(z) < half_length)


def _double_ring(x: Array, y: Array, z: Array, outer: float, inner: float, half_length: float) -> Array:
    return _tube(x, y, z, outer, inner, half_length) & (np.abs(z) > 8)


def _barrel_with_wheel(x: Array, y: Array, z: Array) -> Array:
    return _shell(x, y, z, 118, 118, 132, 30) | (_ellipsoid(x, y, z, 105, 105, 22))


def _capped_rod(x: Array, y: Array, z: Array) -> Array:
    caps = _ellipsoid(x - 18, y, np.abs(z) - 155, 88, 64, 68)
    return _tube(x, y, z, 58, 22, 92) | caps


def _bent_arm(x: Array, y: Array, z: Array) -> Array:
    radius = np.hypot(x + 30, y)
    return ((radius - 60) ** 2 + z * z < 22**2) & (x > -30)


def _clamp(x: Array, y: Array, z: Array) -> Array:
    return _ellipsoid(x - 26, y, z, 26, 30, 62) | _ellipsoid(x + 26, y, z, 26, 30, 62)


KINDS = (
    Kind(RIBOSOME, 150, 11.0, _ribosome, 1.1, 0.75),
    Kind("capped_rod", 230, 0.7, _capped_rod, 1.4, 0.6),
    Kind("barrel", 135, 1.6, _barrel_with_wheel, 1.5, 0.6),
    Kind("double_ring", 112, 3.0, partial(_double_ring, outer=80, inner=28, half_length=78), 1.5, 0.5),
    Kind("hollow_cylinder", 95, 3.0, partial(_tube, outer=57, inner=20, half_length=75), 1.6, 0.4),
    Kind("hexamer", 87, 6.0, partial(_tube, outer=78, inner=18, half_length=36), 1.6, 0.6),
    Kind("globule", 60, 6.0, partial(_ellipsoid, a=58, b=58, c=50), 1.6, 0.5),
    Kind("bent_arm", 90, 8.0, _bent_arm, 2.0, 0.4),
    Kind("clamp", 70, 14.0, _clamp, 1.8, 0.4),
    Kind("small_protein", 32, 45.0, partial(_ellipsoid, a=31, b=24, c=22), 2.4, 0.3),
)


def point_cloud(kind: Kind) -> tuple[np.ndarray, np.ndarray]:
    """Fill the envelope of `kind` with points.

    The same kind always gives the same points: all its particles, in every tomogram, are the same molecule.

    Returns
    -------
    points : float (n, 3)
        (x, y, z) in Å around the centre.
    masses : float (n,)
        Density × volume (Å³) that each point stands for.
    """
    rng = np.random.default_rng([len(kind.name), int(kind.radius), ord(kind.name[0])])
    line = np.arange(-kind.radius, kind.radius + _POINT_SPACING, _POINT_SPACING)
    grid = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
    points = grid + rng.uniform(-0.5, 0.5, grid.shape) * _POINT_SPACING
    points = points[kind.envelope(*points.T)]
    density = np.clip(kind.weight * (1 + kind.roughness * _rough_field(points, rng)), 0, None)
    return points, density * _POINT_SPACING**3


def _rough_field(points: np.ndarray, rng: np.random.Generator, waves: int = 60) -> np.ndarray:
    """Return a random field of mean 0 and variance 1, with features of the size of helices and domains (26–70 Å)."""
    directions = rng.normal(size=(waves, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    vectors = directions * (2 * np.pi / rng.uniform(26, 70, waves))[:, None]
    phases = rng.uniform(0, 2 * np.pi, waves)
    return np.cos(points @ vectors.T + phases).sum(axis=1) * np.sqrt(2 / waves)
