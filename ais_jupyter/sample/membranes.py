"""The membranes of the simulated cell, given by the distance to the middle of the bilayer."""

from __future__ import annotations

import numpy as np

_LEAFLET = 20.0  # Å from the middle to the head groups
_LEAFLET_WIDTH = 6.5  # Å, standard deviation of the density of the head groups
_LEAFLET_DENSITY = 1.8  # the peak of the head groups; 1 is protein in ice
_TRUTH_HALF_WIDTH = 28.0  # Å; the bilayer with its head groups
_VESICLE_RADII = (330.0, 190.0, 150.0, 120.0)  # Å


def lay_membranes(
    shape: tuple[int, int, int], voxel_size: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Two bent sheets beside each other, the inner one torn, and a few vesicles.

    Returns
    -------
    distance : float32 (z, y, x)
        Å to the middle of the nearest bilayer.
    lumen : bool (z, y, x)
        Inside of the vesicles.
    """
    z, y, x = np.ogrid[tuple(slice(n) for n in shape)]
    z, y, x = ((a * np.float32(voxel_size)).astype(np.float32) for a in (z, y, x))
    size = np.array(shape) * voxel_size
    distance = _sheets(z, y, x, size, rng)
    lumen = np.zeros(shape, bool)
    for radius in _VESICLE_RADII:
        for _attempt in range(40):
            centre = size * rng.uniform((0.4, 0.05, 0.05), (0.6, 0.95, 0.95))
            if distance[tuple((centre / voxel_size).astype(int))] > 1.25 * radius + 60:
                vesicle = _vesicle(z, y, x, centre, radius, rng)
                lumen |= vesicle < 0
                np.minimum(distance, np.abs(vesicle), out=distance)
                break
    return distance, lumen


def membrane_density(distance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the density of the two leaflets, float32: dense head groups, thin tails, uneven as proteins make it."""
    near = distance < _LEAFLET + 4 * _LEAFLET_WIDTH
    d = distance[near]
    leaflets = np.exp(-0.5 * ((d - _LEAFLET) / _LEAFLET_WIDTH) ** 2) - 0.25 * np.exp(-0.5 * (d / 8.0) ** 2)
    density = np.zeros(distance.shape, np.float32)
    density[near] = _LEAFLET_DENSITY * leaflets * rng.normal(1.0, 0.3, d.size)
    return density


def membrane_truth(distance: np.ndarray) -> np.ndarray:
    """Return where the bilayer is, bool (z, y, x)."""
    return distance < _TRUTH_HALF_WIDTH


def _sheets(z: np.ndarray, y: np.ndarray, x: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Distance to a sheet that bends around a corner of the volume, and to a torn one that follows it."""
    bend = rng.uniform(0.5, 1.1)
    corner_y, corner_x = -bend * 0.6 * size[1], -bend * 0.4 * size[2]
    radius = np.hypot(rng.uniform(0.75, 0.95) * size[1] - corner_y, 0.1 * size[2] - corner_x)
    from_corner = np.hypot(y - corner_y, x - corner_x)
    angle = np.arctan2(y - corner_y, x - corner_x)
    bulge = 0.16 * size[0] * (2 * (z / size[0] - rng.uniform(0.35, 0.65))) ** 2
    waves = _waves(angle * radius, z, rng, height=16.0)
    outer = from_corner - radius + bulge - waves
    gap = rng.uniform(130, 170) + _waves(angle * radius, z, rng, height=25.0)
    inner = np.abs(outer + gap)
    tear = _waves(angle * radius, z, rng, height=1.0)
    inner += np.clip((tear - 0.4) * 400, 0, None)  # the edge of the tear closes smoothly
    return np.minimum(np.abs(outer), inner).astype(np.float32)


def _waves(along: np.ndarray, z: np.ndarray, rng: np.random.Generator, height: float) -> np.ndarray:
    """Undulation of a sheet, in Å, over the distance `along` it (Å) and over z."""
    total = np.zeros((1, 1, 1), np.float32)
    for length in rng.uniform(900, 3200, 4):
        tilt, phase = rng.uniform(-1, 1), rng.uniform(0, 2 * np.pi)
        total = total + height * rng.uniform(0.4, 1.0) * np.cos(2 * np.pi * (along + tilt * z) / length + phase)
    return total


def _vesicle(
    z: np.ndarray, y: np.ndarray, x: np.ndarray, centre: np.ndarray, radius: float, rng: np.random.Generator
) -> np.ndarray:
    """Signed distance to a closed, slightly lumpy membrane; negative inside."""
    dz, dy, dx = (a - np.float32(c) for a, c in zip((z, y, x), centre))
    flat = np.hypot(dx, dy)
    r = np.hypot(flat, dz)
    theta, phi = np.arctan2(dy, dx), np.arctan2(dz, flat)
    shape = 1 + np.cos(phi) * sum(
        a * np.cos(k * theta + tilt * phi + p)
        for a, k, tilt, p in zip((0.08, 0.03, 0.015), (2, 3, 5), (0, 1, 2), rng.uniform(0, 2 * np.pi, 3))
    )
    return (r - radius * shape).astype(np.float32)
