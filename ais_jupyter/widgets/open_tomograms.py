"""The tomograms that one widget holds open, and what the browser's list of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.session.documents import Session, annotations_beside

#: What is remembered of how a tomogram is shown; see `AnnotatedTomogram.display`.
DISPLAY_KEYS = ("slice", "cursor", "camera", "contrast", "invert", "interpolate", "autocontrast")


class OpenTomograms:
    """Open tomograms in display order; their id is the `uid` of the annotations."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def document(self, uid: str) -> Document:
        """Return the document of an open tomogram.

        Raises
        ------
        InputError
            It is not, or no longer, open.
        """
        for document in self.session.documents:
            if document.annotated.uid == uid:
                return document
        raise InputError("this tomogram is no longer open")

    def __getitem__(self, uid: str) -> AnnotatedTomogram:
        return self.document(uid).annotated

    def __iter__(self) -> Iterator[AnnotatedTomogram]:
        return iter(self.session.annotated)

    def __len__(self) -> int:
        return len(self.session.documents)


def sources_of(source: Any) -> Iterable[Any]:
    """Return the sources one by one: a single one, or a list of them."""
    return source if isinstance(source, (list, tuple)) else [source]


def describe(annotated: AnnotatedTomogram) -> dict[str, Any]:
    """Return what the browser's list of tomograms shows; kept in step with ``DatasetInfo`` in js/src/state."""
    tomogram, document = annotated.tomogram, Document.of(annotated)
    with annotated.lock:
        colors = [list(f.color) for f in annotated.features if f.annotated_slices or f.boxes]
        return {
            "uid": annotated.uid,
            "name": annotated.name,
            "path": str(tomogram.path or ""),
            "shape": list(tomogram.shape),
            "voxelSize": list(tomogram.voxel_size),
            "region": [annotated.roi.y0, annotated.roi.y1, annotated.roi.x0, annotated.roi.x1],
            "zRange": list(annotated.z_range),
            "available": tomogram.available,
            "unsaved": document.unsaved,
            "undo": document.history.undo_name,
            "redo": document.history.redo_name,
            "colors": colors,
            "savedTo": str(annotated.path) if annotated.path else None,
            "autosaveError": document.autosave_error,
            "beside": str(annotations_beside(annotated) or "") or None,
            "display": {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in annotated.display.items()
                if key in DISPLAY_KEYS and value is not None
            },
        }
