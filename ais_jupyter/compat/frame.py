"""``SEFrame``: a tomogram in the units of the old scripting interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.workflows.opening import open_any

#: nm per pixel where the header has no voxel size, as in Ais.
_DEFAULT_PIXEL_SIZE = 1.0
_ANGSTROM_PER_NM = 10.0


class SEFrame:
    """A tomogram opened by an old script.

    Attributes
    ----------
    path, title : str
    n_slices, height, width : int
    pixel_size : float
        nm per pixel.
    crop_roi : [x0, t0, x1, t1]
        Pixels; t counts from the top of the displayed image.
    export_bottom, export_top : int
        First slice and one past the last slice to segment.
    data : float32 (y, x)
        The current slice; see `set_slice`.
    """

    def __init__(self, path: str) -> None:
        found = open_any(path)
        self.annotated: AnnotatedTomogram = found if isinstance(found, AnnotatedTomogram) else AnnotatedTomogram(found)
        tomogram = self.annotated.tomogram
        self.path = str(path)
        self.title = tomogram.name
        self.n_slices, self.height, self.width = tomogram.shape
        self.pixel_size = tomogram.pixel_size / _ANGSTROM_PER_NM or _DEFAULT_PIXEL_SIZE
        self.crop_roi: Any = self.annotated.roi.to_ais(self.height)
        self.export_bottom, self.export_top = self.annotated.z_range
        self.current_slice = -1
        self.data: np.ndarray
        self.set_slice(self.n_slices // 2)

    @property
    def features(self) -> list[Any]:
        """What is annotated."""
        return self.annotated.features

    def set_slice(self, index: int) -> None:
        """Make `index`, clamped to the volume, the current slice."""
        self.current_slice = min(max(0, int(index)), self.n_slices - 1)
        self.data = self.annotated.tomogram.slice(self.current_slice).astype(np.float32)

    def get_slice(self, requested_slice: int | None = None) -> np.ndarray:
        """Return a slice (y, x) as float32; the current one by default."""
        if requested_slice is None:
            return self.data
        return self.annotated.tomogram.slice(min(max(0, int(requested_slice)), self.n_slices - 1)).astype(np.float32)

    @property
    def region(self) -> Region:
        """The crop as rows and columns."""
        return Region.from_ais(self.crop_roi, self.height)
