"""The annotator: paint on tomograms in the notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.annotations import AnnotationService
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.dataset_service import DatasetService
from ais_jupyter.widgets.datasets import Datasets, sources_of
from ais_jupyter.widgets.library_service import LibraryService
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

    library : path, optional
        The feature library; that of the desktop program by default.

    Raises
    ------
    InputError
        Something else was given.
    """

    def __init__(
        self, source: Any = (), precision: str = "uint8", library: str | Path | None = None, **kwargs: Any
    ) -> None:
        if precision not in PRECISIONS:
            raise InputError(f"precision must be one of {', '.join(PRECISIONS)}, not {precision!r}")
        self._session = Session()
        self._datasets = Datasets(self._session)
        super().__init__("annotator", **kwargs)
        self._slices = SliceService(self._datasets, precision)
        self.on_request("slice", self._slices.slice, background=True)
        self.on_request("value", self._slices.value, background=True)
        self._annotations = AnnotationService(self, self._datasets)
        self._session.documents_changed.connect(self._follow_open)
        for one in sources_of(source):
            self._session.open(one)
        if self._session.documents:
            self._session.activate(self._session.documents[0])
        self._lists = DatasetService(self, self._datasets)
        self._library = LibraryService(self, self._datasets, library)

    @property
    def annotated(self) -> list[AnnotatedTomogram]:
        """What is open, in display order; everything seen in the browser is here."""
        return list(self._datasets)

    def close(self) -> None:
        """Leave the page and stop listening; unsaved work stays recoverable."""
        self._annotations.close()
        self._lists.close()
        super().close()

    def _follow_open(self) -> None:
        self._annotations.follow_only(list(self._datasets))
