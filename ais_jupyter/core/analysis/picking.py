"""Particles from a segmentation: middles of blobs, centres of components, points along filaments or on surfaces."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

from ais_jupyter.core.analysis.components import Components, find_components, threshold_mask, why_nothing
from ais_jupyter.core.analysis.filaments import trace_filaments
from ais_jupyter.core.analysis.keeping_away import distances_to
from ais_jupyter.core.analysis.orientation import point, principal_directions, relion_angles
from ais_jupyter.core.analysis.peaks import deepest_points
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.analysis.surface_points import points_on_surface
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import ASSUMED_VOXEL_SIZE, clip_z_range
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.segmentation import Segmentation

#: Column of the score that picks are sorted by.
SIZE_COLUMN = "aisParticleSize"
_SAME = 0.01  # relative difference below which the sides of a voxel are equal
_FEWEST_VOXELS = 3  # between two blobs
_MANY = 100_000  # components: more than any tomogram holds of anything


@dataclass(frozen=True)
class Picked:
    """Picks, and what a person should know about them.

    Attributes
    ----------
    picks : Picks
    note : str
        Why there are none, or what makes them doubtful; "" where all is well.
    """

    picks: Picks
    note: str = ""


def pick_particles(segmentation: Segmentation, options: PickingOptions, avoid: Segmentation | None = None) -> Picked:
    """Pick particles from one segmentation.

    Parameters
    ----------
    segmentation : Segmentation
    options : PickingOptions
    avoid : Segmentation, optional
        What no particle lies in, nor within ``options.avoid_distance`` of.

    Returns
    -------
    Picked
        Positions in voxels of the segmentation, deepest or largest first, those of filaments along each of them. The
        column ``aisParticleSize`` is, for blobs, the distance to the outside in (binned) voxels, for centroids the
        volume in Å³; filaments have the columns of `FilamentPoints`.

    Raises
    ------
    InputError
        Voxels are not cubic or not numbers, the bins are larger than the volume, region or slices lie outside it, or
        the volume to avoid covers another space.
    """
    binning = options.binning
    voxel = _voxel_size(segmentation)
    least, most = options.limits
    bin_volume = (voxel * binning) ** 3
    mask = threshold_mask(segmentation, options.threshold, binning)
    components = find_components(mask, least / bin_volume, None if most is None else most / bin_volume)
    if options.method == "surface":
        spread = points_on_surface(segmentation, options.threshold, options.spacing, binning, options.limits)
        found = _Found(spread.positions / binning, {SIZE_COLUMN: spread.sizes}, spread.angles)
    else:
        found = _found(components, options, voxel * binning)
    keep = _inside(found.places, mask.shape, options)
    keep &= _in_view(found.places * binning, segmentation, options)
    if avoid is not None:
        keep[keep] = _far_enough(found.places[keep] * binning, segmentation, avoid, options, voxel)
    order = np.flatnonzero(keep)
    if options.method != "filaments":  # whose points stay in their order
        order = order[np.argsort(-found.columns[SIZE_COLUMN][keep], kind="stable")]
    picks = Picks(
        found.places[order] * binning,
        tomogram_name=segmentation.tomogram_name,
        voxel_size=segmentation.volume.pixel_size,
        feature=segmentation.feature,
        angles=None if found.angles is None else found.angles[order],
        columns={name: column[order].astype(float) for name, column in found.columns.items()},
    )
    return Picked(picks, _note(segmentation, options, components, len(found.places), len(picks)))


@dataclass(frozen=True)
class _Found:
    """Places in (binned) voxels, with what is known of each."""

    places: np.ndarray
    columns: dict[str, np.ndarray]
    angles: np.ndarray | None = None


def _found(components: Components, options: PickingOptions, voxel: float) -> _Found:
    """Everything that could be picked; `voxel` is the side of a (binned) voxel in Å."""
    if options.method == "filaments":
        traced = trace_filaments(components, options.min_length, options.spacing, options.twist, voxel)
        return _Found(traced.positions, traced.columns, traced.angles)
    if options.method == "centroids":
        places, counts, angles = _centroids(components, options)
        return _Found(places, {SIZE_COLUMN: counts * voxel**3}, angles)
    points, depths = deepest_points(components.labels > 0, max(_FEWEST_VOXELS, int(options.spacing / voxel)))
    return _Found(points, {SIZE_COLUMN: depths})


def pick_blobs(segmentation: Segmentation, **options: object) -> Picks:
    """Pick the places deepest inside the thresholded volume; see `pick_particles`."""
    return pick_particles(segmentation, replace(PickingOptions(), **options)).picks  # type: ignore[arg-type]


def pick_centroids(segmentation: Segmentation, **options: object) -> Picks:
    """Pick the centroid of every component; see `pick_particles`."""
    return pick_particles(segmentation, replace(PickingOptions("centroids"), **options)).picks  # type: ignore[arg-type]


def _centroids(components: Components, options: PickingOptions) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Centroid, number of voxels and angles of every component that was kept, all at once."""
    labels, counts = components.labels, components.sizes
    row = np.zeros(int(components.kept.max(initial=0)) + 1, np.int64)
    row[components.kept] = np.arange(len(counts))
    where = np.nonzero(labels)
    owner = row[labels[where]]
    places = np.stack([np.bincount(owner, axis, len(counts)) / counts for axis in where], axis=1)
    if options.orient is None:
        return places, counts, None
    away = [axis - places[owner, i] for i, axis in enumerate(where)]
    spread = np.zeros((len(counts), 3, 3))
    for i in range(3):
        for j in range(i, 3):
            total = np.bincount(owner, away[i] * away[j], len(counts))
            spread[:, i, j] = spread[:, j, i] = total / np.maximum(counts - 1, 1)
    directions = principal_directions(spread, counts, options.orient)
    centre = (np.array(labels.shape) - 1) / 2
    return places, counts, relion_angles(point(directions, places, centre, options.orient_sign))


def _inside(places: np.ndarray, shape: tuple[int, ...], options: PickingOptions) -> np.ndarray:
    """Which places are not in the margin; as in Ais, a point of a filament on its edge is."""
    margin = options.margin // options.binning
    above = places > margin if options.method == "filaments" else places >= margin
    return np.all(above & (places < np.array(shape) - margin), axis=1)


def _in_view(positions: np.ndarray, segmentation: Segmentation, options: PickingOptions) -> np.ndarray:
    """Which positions lie in the chosen region and slices."""
    shape = segmentation.volume.shape
    start, stop = clip_z_range(options.z_range, shape[0])
    keep = (positions[:, 0] >= start) & (positions[:, 0] < stop)
    if options.region is not None:
        r = options.region.clipped(shape)
        keep &= (positions[:, 1] >= r.y0) & (positions[:, 1] < r.y1)
        keep &= (positions[:, 2] >= r.x0) & (positions[:, 2] < r.x1)
    return keep


def _far_enough(
    positions: np.ndarray, segmentation: Segmentation, avoid: Segmentation, options: PickingOptions, voxel: float
) -> np.ndarray:
    threshold = options.threshold if options.avoid_threshold is None else options.avoid_threshold
    return distances_to(avoid, threshold, positions, segmentation.volume, voxel) > options.avoid_distance


def _voxel_size(segmentation: Segmentation) -> float:
    """Side of a voxel in Å.

    Raises
    ------
    InputError
        Its sides differ.
    """
    volume = segmentation.volume
    sides = [side for side in volume.voxel_size if side > 0]
    if not sides:
        warnings.warn(f"{volume.name!r} has no voxel size in its header: taken as {ASSUMED_VOXEL_SIZE} Å", stacklevel=4)
        return ASSUMED_VOXEL_SIZE
    if max(sides) > min(sides) * (1 + _SAME):
        z, y, x = volume.voxel_size
        raise InputError(
            f"the voxels of {volume.name!r} are {z:g} × {y:g} × {x:g} Å (z, y, x), and picking needs cubes: resample "
            "the volume, or correct the voxel size in its header"
        )
    return volume.pixel_size or sides[0]


def _note(segmentation: Segmentation, options: PickingOptions, components: Components, places: int, picks: int) -> str:
    if components.found == 0:
        return why_nothing(segmentation, options.threshold)
    if len(components.kept) == 0:
        least, most = options.limits
        limits = f"at least {least:.4g} Å³" if most is None else f"{least:.4g} to {most:.4g} Å³"
        return f"none of {components.found} components has a size of {limits}"
    if places == 0 and options.method == "filaments":
        return f"no filament is as long as {options.min_length:g} Å"
    if picks == 0:
        what = f"all {places} lie" if places else "no component is deep enough, or all lie"
        return f"{what} in the margin, outside the region, or too close to what is avoided"
    if components.found > _MANY:
        return f"{components.found} components: the threshold {options.threshold:g} is probably within the noise"
    if 2 * np.count_nonzero(components.sizes == 1) > len(components.sizes):
        return "most components are single voxels: give a minimum size"
    return ""
