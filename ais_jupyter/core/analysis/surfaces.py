"""Surfaces from a segmentation: marching cubes at a level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.analysis.components import binned_shape, binned_slices, find_components, why_nothing
from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import ASSUMED_VOXEL_SIZE
from ais_jupyter.core.data.numbers import number, whole
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.surface import Surface


@dataclass(frozen=True)
class SurfaceOptions:
    """How a surface is made.

    Attributes
    ----------
    threshold : float
        Level 1–255, whatever the scale of the file, at which the surface lies.
    dust : float
        Å³; smaller connected components are left out.
    smoothing : float
        Å; the standard deviation of a Gaussian blur of the volume first.
    binning : int, optional
        Averages this many voxels along each axis first; by default 1, and more for volumes above 36 million voxels, as
        in Ais.
    step : int
        Only every so many voxels: a coarse surface in a fraction of the time.
    invert : bool
        Surface of what is not segmented.

    Raises
    ------
    InputError
        A value makes no sense.
    """

    threshold: float = 128.0
    dust: float = 1000.0
    smoothing: float = 0.0
    binning: int | None = None
    step: int = 1
    invert: bool = False

    def __post_init__(self) -> None:
        number(self.threshold, "threshold, a level,", 1, 255)
        number(self.dust, "dust, in Å³,", 0, 1e15)
        number(self.smoothing, "smoothing, in Å,", 0, 1e4)
        whole(self.step, "step", 1, 64)
        if self.binning is not None:
            whole(self.binning, "binning", 1, 64)


def surface_of(segmentation: Segmentation, options: SurfaceOptions, color: Color = CYCLE[0]) -> Surface:
    """Return the surface of a segmentation.

    Where the segmentation touches the border of the volume, the surface is closed there.

    Raises
    ------
    InputError
        Nothing reaches the threshold, or only dust; the bins are larger than the volume; voxels are not numbers.
    """
    maker = SurfaceMaker(segmentation, options.binning, options.smoothing, options.invert)
    surface = maker.surface(options.threshold, options.step, color)
    largest = surface.piece_sizes.max()
    if largest < options.dust:
        raise InputError(f"there is no surface: the largest component has {largest:.4g} Å³ and is taken as dust")
    return surface.without_dust(options.dust)


class SurfaceMaker:
    """A segmentation in memory, ready for surfaces at one level after the other.

    Parameters
    ----------
    segmentation : Segmentation
    binning, smoothing, invert
        As in `SurfaceOptions`.

    Raises
    ------
    InputError
        The bins are larger than the volume, or voxels are not numbers.
    """

    def __init__(
        self, segmentation: Segmentation, binning: int | None = None, smoothing: float = 0.0, invert: bool = False
    ) -> None:
        self.segmentation = segmentation
        self.binning = binning or default_binning(segmentation.volume.shape)
        self._sides = np.array([side or ASSUMED_VOXEL_SIZE for side in segmentation.volume.voxel_size])
        self._levels = _levels(segmentation, self.binning, invert)
        if smoothing:
            self._levels = _smoothed(self._levels, smoothing / (self._sides * self.binning))

    def surface(self, threshold: float, step: int = 1, color: Color = CYCLE[0]) -> Surface:
        """Return the surface at a level, with all its components.

        Raises
        ------
        InputError
            Nothing reaches the threshold, or the steps pass over everything.
        """
        volume, binning, sides = self.segmentation.volume, self.binning, self._sides
        components = find_components(self._levels >= threshold)
        if components.found == 0:
            raise InputError(f"there is no surface: {why_nothing(self.segmentation, threshold)}")
        found, faces, normals, pieces = _marched(self._levels, components.labels, threshold, step)
        z, y, x = (float(side) for side in np.array(volume.shape) * sides)
        return Surface(
            vertices=((found * binning + (binning - 1) / 2) * sides).astype(np.float32),
            faces=faces.astype(np.int32),
            normals=normals.astype(np.float32),
            color=color,
            origin=volume.origin,
            extent=(z, y, x),
            pieces=pieces,
            piece_sizes=components.sizes * float(np.prod(sides * binning)),
            name=self.segmentation.tomogram_name,
            feature=self.segmentation.feature,
        )


def default_binning(shape: tuple[int, ...]) -> int:
    """Binning that Ais starts with: 1 up to 36 million voxels, 2 up to 100 million, and so on."""
    return min(max(1, round(math.sqrt(math.prod(shape)) / 4000)), min(shape))


def _levels(segmentation: Segmentation, binning: int, invert: bool) -> np.ndarray:
    """Levels 0–255 after binning, float32 (z, y, x), 0 in a rim of one voxel so that surfaces are closed.

    Raises
    ------
    InputError
        The bins are larger than the volume, or voxels are not numbers.
    """
    levels = np.empty(binned_shape(segmentation.volume.shape, binning), np.float32)
    scale = 255.0 / segmentation.full_scale
    for z, total in enumerate(binned_slices(segmentation, binning)):
        levels[z] = total * (scale / binning**3)
    if invert:
        np.subtract(255, levels, out=levels)
    for axis in range(3):
        rim = np.moveaxis(levels, axis, 0)
        rim[0] = rim[-1] = 0
    return levels


def _smoothed(levels: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(levels, sigma, mode="constant", truncate=3)


def _marched(
    levels: np.ndarray, labels: np.ndarray, threshold: float, step: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices in voxels, faces, normals, and the component of every face.

    Raises
    ------
    InputError
        The steps pass over everything.
    """
    from skimage.measure import marching_cubes

    box = tuple(
        slice(max(0, int(hit.argmax()) - 1), len(hit) + 1 - int(hit[::-1].argmax()))
        for hit in (np.asarray(labels.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1)))
    )
    rim = 2 * step  # of zeros: the surface is closed whatever the step
    try:
        found, faces, normals, _ = marching_cubes(np.pad(levels[box], rim), threshold, step_size=step)
    except (ValueError, RuntimeError) as error:
        raise InputError(f"step {step} passes over all that is segmented: use a smaller one") from error
    ends = [np.clip((rounded(found / step) * step).astype(int) - rim, 0, np.array(labels[box].shape) - 1)
            for rounded in (np.floor, np.ceil)]  # fmt: skip
    owners = np.maximum(*(labels[box][tuple(end.T)] for end in ends))  # a vertex lies between inside and outside
    corner = np.array([side.start for side in box]) - rim
    return found + corner, faces, normals, owners[faces[:, 0]].astype(np.int32) - 1
