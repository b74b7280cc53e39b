"""The simulated cell: membranes and particles placed in a layer of ice."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.spatial.transform import Rotation

from ais_jupyter.sample.membranes import lay_membranes, membrane_density, membrane_truth
from ais_jupyter.sample.particles import KINDS, RIBOSOME, Kind, point_cloud

_ICE_MARGIN = 0.18  # part of the volume above and below the cell that is empty ice
_CLOSENESS = 0.85  # neighbours may come this close, as a fraction of the sum of their radii
_CLEFT = 25.0  # Å; narrower clefts count as part of the particle in the truth


@dataclass
class Specimen:
    """What is in the ice.

    Attributes
    ----------
    density : float32 (z, y, x)
        1 is protein.
    ribosomes, membranes : bool (z, y, x)
        The truth.
    names : list of str
        Kind of every particle.
    positions : float (n, 3)
        (z, y, x) in voxels.
    angles : float (n, 3)
        ZYZ in degrees.
    """

    density: np.ndarray
    ribosomes: np.ndarray
    membranes: np.ndarray
    names: list[str] = field(default_factory=list)
    positions: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    angles: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))


def make_specimen(shape: tuple[int, int, int], voxel_size: float, rng: np.random.Generator) -> Specimen:
    """Place membranes and particles in a volume of `shape` (z, y, x) with `voxel_size` in Å."""
    distance, lumen = lay_membranes(shape, voxel_size, rng)
    margin = round(_ICE_MARGIN * shape[0])
    in_ice = np.zeros(shape[0], bool)
    in_ice[margin // 2 : shape[0] - margin // 2] = True
    distance[~in_ice] = np.inf
    specimen = Specimen(membrane_density(distance, rng), np.zeros(shape, bool), membrane_truth(distance))

    names, positions = _place(distance, lumen, margin, voxel_size, rng)
    angles = np.degrees(
        np.stack(
            [
                rng.uniform(-np.pi, np.pi, len(names)),
                np.arccos(rng.uniform(-1, 1, len(names))),
                rng.uniform(-np.pi, np.pi, len(names)),
            ],
            axis=1,
        )
    )
    specimen.names, specimen.positions, specimen.angles = names, positions, angles
    for kind in KINDS:
        mine = [i for i, name in enumerate(names) if name == kind.name]
        turns = Rotation.from_euler("ZYZ", angles[mine], degrees=True)
        _paint(specimen.density, kind, positions[mine], turns, voxel_size)
        if kind.name == RIBOSOME:
            for position, turn in zip(positions[mine], turns):
                _mark(specimen.ribosomes, kind, position, turn, voxel_size)
    return specimen


def _place(
    distance: np.ndarray, lumen: np.ndarray, margin: int, voxel_size: float, rng: np.random.Generator
) -> tuple[list[str], np.ndarray]:
    """Choose kinds and places, big ones first, none touching another or a membrane, only small ones in vesicles."""
    shape = np.array(distance.shape)
    low, high = np.array([margin, 0, 0]), np.array([shape[0] - margin, shape[1], shape[2]])
    volume = np.prod((high - low) * voxel_size) / 1e9  # in (1000 Å)³
    names: list[str] = []
    positions, radii = np.zeros((0, 3)), np.zeros(0)
    for kind in sorted(KINDS, key=lambda k: -k.radius):
        wanted = rng.poisson(kind.crowding * volume) if kind.name != RIBOSOME else round(kind.crowding * volume)
        for _ in range(wanted):
            for _attempt in range(60):
                place = rng.uniform(low, high)
                voxel = tuple(place.astype(int))
                if distance[voxel] < kind.radius * _CLOSENESS + 35 or (lumen[voxel] and kind.radius > 70):
                    continue
                apart = np.linalg.norm((positions - place) * voxel_size, axis=1)
                if np.all(apart > (radii + kind.radius) * _CLOSENESS):
                    names.append(kind.name)
                    positions, radii = np.vstack([positions, place]), np.append(radii, kind.radius)
                    break
    return names, positions


def _paint(density: np.ndarray, kind: Kind, positions: np.ndarray, turns: Rotation, voxel_size: float) -> None:
    """Add the particles to `density`, every point shared among its eight voxels."""
    if not len(positions):
        return
    cloud, masses = point_cloud(kind)
    shape = np.array(density.shape)
    flat = density.reshape(-1)
    for position, turn in zip(positions, turns):
        points = turn.apply(cloud)[:, ::-1] / voxel_size + position
        corner = np.floor(points).astype(int)
        part = points - corner
        for offset in np.ndindex(2, 2, 2):
            voxel = corner + offset
            share = np.prod(np.where(offset, part, 1 - part), axis=1) * masses / voxel_size**3
            inside = np.all((voxel >= 0) & (voxel < shape), axis=1)
            index = np.ravel_multi_index(tuple(voxel[inside].T), tuple(shape))
            np.add.at(flat, index, share[inside].astype(np.float32))


def _mark(mask: np.ndarray, kind: Kind, position: np.ndarray, turn: Rotation, voxel_size: float) -> None:
    """Set the voxels of one particle, its clefts filled as a person who paints it would."""
    closing = _CLEFT / voxel_size
    reach = int(np.ceil(kind.radius / voxel_size + closing)) + 1
    centre = np.floor(position).astype(int)
    steps = np.arange(-reach, reach + 1)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1) + centre
    local = turn.inv().apply(((grid - position) * voxel_size).reshape(-1, 3)[:, ::-1])
    filled = _closed(kind.envelope(*local.T).reshape(grid.shape[:3]), closing)
    here = np.ix_(*((centre[a] + steps >= 0) & (centre[a] + steps < mask.shape[a]) for a in range(3)))
    mask[tuple(slice(max(0, c - reach), c + reach + 1) for c in centre)] |= filled[here]


def _closed(mask: np.ndarray, radius: float) -> np.ndarray:
    """Return `mask` grown and shrunk again by `radius` voxels."""
    grown = distance_transform_edt(~mask) <= radius
    return mask | (distance_transform_edt(grown) > radius)
