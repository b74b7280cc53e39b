"""Surfaces from segmentations."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.analysis.surfaces import SurfaceMaker, SurfaceOptions, default_binning, surface_of
from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.options import refuse_unknown
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.workflows.opening import open_segmentation

__all__ = ["SurfaceMaker", "SurfaceOptions", "default_binning", "make_surface"]


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
    refuse_unknown(SurfaceOptions, options, "make_surface")
    return surface_of(open_segmentation(segmentation), SurfaceOptions(**options), color)
