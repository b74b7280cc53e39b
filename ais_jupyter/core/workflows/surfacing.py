"""Surfaces from segmentations."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from ais_jupyter.core.analysis.surfaces import SurfaceMaker, SurfaceOptions, default_binning, surface_of
from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import shown
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import read_segmentation

__all__ = ["SurfaceMaker", "SurfaceOptions", "as_segmentation", "default_binning", "make_surface"]


def make_surface(segmentation: Any, *, color: Color = CYCLE[0], **options: Any) -> Surface:
    """Return the surface of a segmentation at a level.

    Parameters
    ----------
    segmentation : Segmentation, Tomogram or path
        ``<tomogram>__<feature>.mrc``, or any volume of levels.
    color : (r, g, b)
        0–1.
    **options
        Fields of `SurfaceOptions`: ``threshold`` (level 1–255), ``dust`` (Å³), ``smoothing`` (Å), ``binning``, ``step``
        (2 or more for a coarse surface at once), ``invert``.

    Returns
    -------
    Surface
        Vertices (z, y, x) in Å, with area, volume, and the volume of every connected component.

    Raises
    ------
    InputError
        A setting makes no sense, or nothing reaches the threshold.
    """
    known = [field.name for field in fields(SurfaceOptions)]
    if unknown := [name for name in options if name not in known]:
        raise InputError(f"make_surface has no option {', '.join(unknown)}; there are {', '.join(known)}")
    return surface_of(as_segmentation(segmentation), SurfaceOptions(**options), color)


def as_segmentation(source: Any) -> Segmentation:
    """Return the segmentation of a path, of a volume, or itself.

    Raises
    ------
    InputError
        It is something else.
    """
    if isinstance(source, str | Path):
        return read_segmentation(Path(source).expanduser())
    if isinstance(source, Tomogram):
        return Segmentation.from_volume(source)
    if not isinstance(source, Segmentation):
        raise InputError(f"expected a segmentation or the path of one, not {shown(source)}")
    return source
