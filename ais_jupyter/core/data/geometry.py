"""Axes, units and regions. Everything inside is (z, y, x) and ångström; row 0 is drawn at the bottom (y upwards)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import vector

AXES = {"z": 0, "y": 1, "x": 2}

#: Below this relative difference two pixel sizes count as equal and nothing is rescaled (as in Ais).
PIXEL_SIZE_TOLERANCE = 0.05
#: Å; taken for a volume whose header has no voxel size, where one is needed (as in Ais).
ASSUMED_VOXEL_SIZE = 10.0

Vector3 = tuple[float, float, float]


def axis_index(axis: str | int) -> int:
    """Index 0, 1 or 2 of an axis given as "z", "y", "x" or as that number."""
    if axis in (0, 1, 2):
        return int(axis)
    if isinstance(axis, str) and axis.lower() in AXES:
        return AXES[axis.lower()]
    raise InputError(f"axis must be 'z', 'y' or 'x', not {axis!r}")


def as_voxel_size(value: float | Sequence[float]) -> Vector3:
    """Voxel size (z, y, x) in Å from one number or three; 0 means unknown.

    Raises
    ------
    InputError
        A value is negative or not finite, or there are not 1 or 3 of them.
    """
    return vector(value, "a voxel size in Å (0 = unknown)", low=0)


def rescale_factor(pixel_size: float, target: float) -> float:
    """Factor by which an image of `pixel_size` must be resized to reach `target` (both Å).

    Returns 1.0 when either is unknown (<= 0) or when they differ by no more than 5 % (`PIXEL_SIZE_TOLERANCE`).
    """
    if not (pixel_size > 0 and target > 0):
        return 1.0
    factor = pixel_size / target
    return 1.0 if abs(factor - 1.0) <= PIXEL_SIZE_TOLERANCE else factor


@dataclass(frozen=True)
class Region:
    """A rectangle of pixels in the XY plane: rows y0 <= y < y1 and columns x0 <= x < x1 (y upwards as stored)."""

    y0: int
    y1: int
    x0: int
    x1: int

    @classmethod
    def whole(cls, shape: Sequence[int]) -> Region:
        """Return the whole plane of an image or volume of this `shape`, (y, x) or (z, y, x)."""
        return cls(0, int(shape[-2]), 0, int(shape[-1]))

    @classmethod
    def from_ais(cls, crop_roi: Sequence[float], height: int) -> Region:
        """Region from an Ais `crop_roi` [x0, t0, x1, t1]; t counts from the top of an image of this `height`."""
        x0, t0, x1, t1 = (int(v) for v in crop_roi)
        return cls(height - t1, height - t0, x0, x1)

    def to_ais(self, height: int) -> list[int]:
        """Ais ``crop_roi`` [x0, t0, x1, t1] of this region; t counts from the top of an image of this `height`."""
        return [self.x0, height - self.y1, self.x1, height - self.y0]

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index for the last two axes of an array."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def clipped(self, shape: Sequence[int]) -> Region:
        """Return this region cut to an image of `shape`.

        Raises
        ------
        InputError
            Nothing is left.
        """
        ny, nx = int(shape[-2]), int(shape[-1])
        cut = Region(max(0, self.y0), min(ny, self.y1), max(0, self.x0), min(nx, self.x1))
        if cut.shape[0] <= 0 or cut.shape[1] <= 0:
            raise InputError(
                f"region y {self.y0}–{self.y1}, x {self.x0}–{self.x1} does not overlap an image of {ny}×{nx}"
            )
        return cut


def clip_z_range(z_range: Sequence[int] | None, n_slices: int) -> tuple[int, int]:
    """Half-open slice range inside a volume of `n_slices`; None is all of it.

    Raises
    ------
    InputError
        The range is empty.
    """
    if z_range is None:
        return 0, n_slices
    start, stop = max(0, int(z_range[0])), min(n_slices, int(z_range[1]))
    if start >= stop:
        raise InputError(f"z range {tuple(z_range)} selects no slice of a volume of {n_slices}")
    return start, stop


def central_slices(n_slices: int, percent: float) -> tuple[int, int]:
    """Half-open range of the central `percent` of the slices, at least one (``segment --center`` of Ais)."""
    count = min(n_slices, max(1, math.floor(n_slices * percent / 100 + 0.5)))
    start = (n_slices - count) // 2
    return start, start + count
