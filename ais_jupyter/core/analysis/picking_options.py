"""What particles are picked by."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from ais_jupyter.core.analysis.orientation import Axis, Sign
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.numbers import number, shown, whole

Method = Literal["blobs", "centroids", "filaments", "surface"]

_LARGEST = 1e15  # Å³ or Å: beyond any volume


@dataclass(frozen=True)
class PickingOptions:
    """How particles are picked from a segmentation.

    Attributes
    ----------
    method : "blobs", "centroids", "filaments" or "surface"
        The places deepest inside what exceeds the threshold, so that touching particles are told apart where there is
        a waist between them; the centre of each connected component; points along its centre lines, with the direction
        of the filament as angles; or points on its surface, with the normal as angles.
    threshold : float
        Level 0–255, whatever the scale of the file; strictly above counts.
    min_size, max_size : float
        Å³; smaller and larger components are left out. A `max_size` of None sets no limit.
    min_diameter, max_diameter : float, optional
        Å; the same limits, given as the diameter of a sphere of that volume.
    spacing : float
        Å between two picks in a blob, at least three (binned) voxels. No blob is picked closer than that to the border
        of the volume either. Along filaments exactly this, on surfaces at least this. Centroids have no spacing.
    margin : int
        Voxels at every side of the volume without picks.
    binning : int
        Averages this many voxels along each axis first.
    region : Region, optional
        Picks only inside this part of the XY plane.
    z_range : (start, stop), optional
        Picks only in these slices, half-open.
    avoid_distance : float
        Å; picks as close as this to the volume to avoid, or inside it, are left out.
    avoid_threshold : float, optional
        Level 0–255 above which the volume to avoid counts; `threshold` by default.
    min_length : float
        Å; of filaments. Shorter branches are cut off, shorter filaments left out.
    twist : float
        Degrees by which each point of a filament is turned around it against the one before.
    orient : "normal" or "long-axis", optional
        Of centroids, also gives angles: of the thinnest or the longest direction of each component; zeros where it is
        not distinct.
    orient_sign : "z", "center" or "out"
        The direction points to +z, to the centre of the volume, or away from it.

    Raises
    ------
    InputError
        A value makes no sense, or two contradict each other.
    """

    method: Method = "blobs"
    threshold: float = 128.0
    min_size: float = 1.0
    max_size: float | None = None
    min_diameter: float | None = None
    max_diameter: float | None = None
    spacing: float = 10.0
    margin: int = 16
    binning: int = 1
    region: Region | None = None
    z_range: tuple[int, int] | None = None
    avoid_distance: float = 0.0
    avoid_threshold: float | None = None
    min_length: float = 500.0
    twist: float = 0.0
    orient: Axis | None = None
    orient_sign: Sign = "z"

    def __post_init__(self) -> None:
        _one_of("method", self.method, get_args(Method))
        _one_of("orient_sign", self.orient_sign, get_args(Sign))
        if self.orient is not None:
            _one_of("orient", self.orient, get_args(Axis))
            if self.method != "centroids":
                raise InputError('only centroids have a direction: add method="centroids", or leave out orient')
        for name in ("threshold", "avoid_threshold"):
            if getattr(self, name) is not None:
                number(getattr(self, name), f"{name}, a level,", 0, 255)
        for name in ("min_size", "max_size", "min_diameter", "max_diameter", "spacing", "min_length",
                     "avoid_distance"):  # fmt: skip
            if getattr(self, name) is not None:
                number(getattr(self, name), f"{name}, in Å{'³' if name.endswith('size') else ''},", 0, _LARGEST)
        number(self.twist, "twist, in degrees,", -360, 360)
        if self.method in ("filaments", "surface") and self.spacing <= 0:
            raise InputError("points along filaments and on surfaces need a spacing above 0 Å")
        whole(self.margin, "margin, in voxels,", 0)
        whole(self.binning, "binning", 1, 64)
        if self.region is not None and not isinstance(self.region, Region):
            raise InputError(f"region is a Region(y0, y1, x0, x1), not {shown(self.region)}")
        if self.z_range is not None:
            self._check_z_range()
        least, most = self.limits
        if most is not None and most < least:
            raise InputError(f"no component is both larger than {least:.0f} Å³ and smaller than {most:.0f} Å³")

    def _check_z_range(self) -> None:
        try:
            start, stop = self.z_range  # type: ignore[misc]
        except (TypeError, ValueError):
            raise InputError(f"z_range is (start, stop), not {shown(self.z_range)}") from None
        if whole(start, "the start of z_range", 0) >= whole(stop, "the end of z_range", 0):
            raise InputError(f"z_range ({start}, {stop}) selects no slice")

    @property
    def limits(self) -> tuple[float, float | None]:
        """Smallest and largest volume of a component, in Å³."""
        least = self.min_size if self.min_diameter is None else max(self.min_size, _sphere(self.min_diameter))
        largest = [m for m in (self.max_size, self.max_diameter and _sphere(self.max_diameter)) if m is not None]
        return least, min(largest, default=None)

    def described(self) -> str:
        """All settings that differ from the defaults, as ``name=value``, to recognise picks of the same settings by."""
        changed = [(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default]
        return " ".join(f"{name}={_plain(value)}" for name, value in changed) or "defaults"


def _sphere(diameter: float) -> float:
    return math.pi / 6 * diameter**3


def _plain(value: Any) -> str:
    if isinstance(value, Region):
        return f"y{value.y0}:{value.y1},x{value.x0}:{value.x1}"
    if isinstance(value, (tuple, list)):
        return ":".join(str(int(v)) for v in value)
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _one_of(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{name} is one of {', '.join(choices)}, not {shown(value)}")
