"""The annotator: paint on tomograms in the notebook."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.datasets import Datasets, sources_of
from ais_jupyter.widgets.protocol import Buffers
from ais_jupyter.widgets.slices import SliceService

PRECISIONS = ("uint8", "float16", "float32")


class Annotator(KernelWidget):
    """Look at tomograms and paint on them.

    Parameters
    ----------
    source : path, Tomogram, AnnotatedTomogram, or a list of them
        What to open; a path may name any supported volume or a ``.scns``.
    precision : "uint8", "float16" or "float32"
        How grey values travel to the browser; "uint8" between robust limits is the quickest.

    Raises
    ------
    InputError
        Something else was given.
    """

    def __init__(self, source: Any = (), precision: str = "uint8", **kwargs: Any) -> None:
        if precision not in PRECISIONS:
            raise InputError(f"precision must be one of {', '.join(PRECISIONS)}, not {precision!r}")
        self._datasets = Datasets()
        for one in sources_of(source):
            self._datasets.add(one)
        super().__init__("annotator", **kwargs)
        slices = SliceService(self._datasets, precision)
        self.on_request("open", self._open)
        self.on_request("slice", slices.slice, background=True)
        self.on_request("value", slices.value, background=True)

    @property
    def annotated(self) -> list[AnnotatedTomogram]:
        """What is open, in display order; everything seen in the browser is here."""
        return list(self._datasets)

    def _open(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        return {"datasets": [describe(annotated) for annotated in self._datasets]}


def describe(annotated: AnnotatedTomogram) -> dict[str, Any]:
    """Return what the browser's list of tomograms shows."""
    tomogram = annotated.tomogram
    return {
        "uid": annotated.uid,
        "name": annotated.name,
        "path": str(tomogram.path or ""),
        "shape": list(tomogram.shape),
        "voxelSize": list(tomogram.voxel_size),
        "available": tomogram.available,
    }
