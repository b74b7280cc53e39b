"""Points along filaments: centre lines smoothed by a spline, and points on them at equal distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.analysis.components import Components
from ais_jupyter.core.analysis.orientation import relion_angles
from ais_jupyter.core.analysis.skeleton_paths import Path, skeleton_paths

#: How far the spline may leave the voxels (sum of squared distances), and how many points measure its length; as Ais.
_SMOOTHING, _NODES = 500.0, 100
RADIUS, LOG_RADIUS = "aisRadiusOfCurvature", "aisLog10RadiusOfCurvature"
FILAMENT, CONNECTIVITY = "aisFilamentID", "aisFilamentConnectivity"
TUBE, TRACK = "rlnHelicalTubeID", "rlnHelicalTrackLengthAngst"
_MIDDLE, _FREE_END, _JUNCTION = 0.0, 1.0, 2.0


@dataclass(frozen=True)
class FilamentPoints:
    """Points of all filaments, one after the other.

    Attributes
    ----------
    positions : float (n, 3)
        (z, y, x) in voxels.
    angles : float (n, 3)
        RELION rot, tilt, psi in degrees: tilt and psi of the direction, rot as the twist goes on.
    columns : dict of str → (n,)
        Radius of curvature in Å, number of the filament, whether a point is an end or at a branch, and RELION's columns
        of helices.
    """

    positions: np.ndarray
    angles: np.ndarray
    columns: dict[str, np.ndarray]


def trace_filaments(
    components: Components, min_length: float, spacing: float, twist: float, voxel_size: float
) -> FilamentPoints:
    """Trace the centre lines of components.

    Parameters
    ----------
    components : Components
    min_length, spacing : float
        Å. Shorter branches and filaments are left out; points are this far apart.
    twist : float
        Degrees by which each point is turned around the filament against the one before.
    voxel_size : float
        Å.
    """
    from scipy.ndimage import find_objects

    boxes = find_objects(components.labels.astype(np.int32))
    traced: list[FilamentPoints] = []
    for number in components.kept.tolist():
        box = boxes[number - 1]
        corner = np.array([side.start for side in box])
        for path in skeleton_paths(components.labels[box] == number, min_length / voxel_size):
            moved = Path(path.voxels + corner, path.at_branch)
            traced.append(_points(moved, len(traced), spacing / voxel_size, twist, voxel_size))
    if not traced:
        names = (RADIUS, LOG_RADIUS, FILAMENT, CONNECTIVITY, TUBE, TRACK)
        return FilamentPoints(np.zeros((0, 3)), np.zeros((0, 3)), {name: np.zeros(0) for name in names})
    return FilamentPoints(
        np.concatenate([one.positions for one in traced]),
        np.concatenate([one.angles for one in traced]),
        {name: np.concatenate([one.columns[name] for one in traced]) for name in traced[0].columns},
    )


def _points(path: Path, number: int, spacing: float, twist: float, voxel_size: float) -> FilamentPoints:
    from scipy.interpolate import splev, splprep

    rough, _ = splprep(path.voxels.T.astype(float), s=_SMOOTHING, k=3)
    nodes = np.array(splev(np.linspace(0, 1, _NODES), rough)).T
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(nodes, axis=0), axis=1))])
    curve, _ = splprep(nodes.T, u=length, s=0, k=3)
    at = np.arange(0, length[-1] + 1e-9, spacing)
    positions, first, second = (np.array(splev(at, curve, derivative)).T for derivative in (0, 1, 2))
    turned = np.linalg.norm(np.cross(first, second), axis=1)
    radius = voxel_size * np.linalg.norm(first, axis=1) ** 3 / np.maximum(turned, 1e-300)
    angles = relion_angles(first)
    angles[:, 0] = np.arange(len(at)) * twist % 360
    ends = np.full(len(at), _MIDDLE)
    for place, branch in zip((0, -1), path.at_branch):
        ends[place] = _JUNCTION if branch else _FREE_END
    columns = {
        RADIUS: radius,
        LOG_RADIUS: np.log10(radius),
        FILAMENT: np.full(len(at), float(number)),
        CONNECTIVITY: ends,
        TUBE: np.full(len(at), number + 1.0),
        TRACK: at * voxel_size,
    }
    return FilamentPoints(positions, angles, columns)
