"""Points on the surface of components, with the normal as direction: for membranes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.analysis.orientation import relion_angles
from ais_jupyter.core.analysis.surfaces import SurfaceMaker
from ais_jupyter.core.analysis.thinning_out import apart
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation

#: Candidates per spacing, along an axis: more find denser packings, and take longer.
_CANDIDATES = 4


@dataclass(frozen=True)
class SurfacePoints:
    """Points on a surface.

    Attributes
    ----------
    positions : float (n, 3)
        (z, y, x) in voxels of the segmentation.
    angles : float (n, 3)
        RELION rot, tilt, psi in degrees of the normal, which points outwards.
    sizes : float (n,)
        Volume of the component that each lies on, Å³.
    """

    positions: np.ndarray
    angles: np.ndarray
    sizes: np.ndarray


def points_on_surface(
    segmentation: Segmentation, threshold: float, spacing: float, binning: int, limits: tuple[float, float | None]
) -> SurfacePoints:
    """Spread points over the surfaces of components, at least `spacing` Å apart and without large gaps.

    Parameters
    ----------
    segmentation : Segmentation
    threshold : float
        Level 0–255.
    spacing : float
        Å.
    binning : int
    limits : (float, float or None)
        Smallest and largest volume of a component, Å³.
    """
    least, most = limits
    try:
        surface = SurfaceMaker(segmentation, binning).surface(max(threshold, np.nextafter(0, 1, dtype=np.float32)))
    except InputError:  # nothing exceeds the threshold; who asks says why
        return SurfacePoints(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0))
    sizes = np.zeros(len(surface.vertices))
    sizes[surface.faces[:, 0]] = sizes[surface.faces[:, 1]] = sizes[surface.faces[:, 2]] = surface.piece_sizes[
        surface.pieces
    ]
    wanted = np.flatnonzero((sizes >= least) & (sizes <= (np.inf if most is None else most)))
    chosen = wanted[_spread(surface.vertices[wanted], spacing)]
    voxel = np.array(surface.extent) / segmentation.volume.shape
    return SurfacePoints(surface.vertices[chosen] / voxel, relion_angles(surface.normals[chosen]), sizes[chosen])


def _spread(places: np.ndarray, spacing: float) -> np.ndarray:
    """Return indices of places that are at least `spacing` apart, and near all others."""
    cells = np.floor(places / (spacing / _CANDIDATES)).astype(np.int64)
    _, likely = np.unique(cells, axis=0, return_index=True)
    likely = np.random.default_rng(0).permutation(likely)
    return np.sort(likely[apart(places[likely], spacing * (1 - 1e-6))])
