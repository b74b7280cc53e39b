"""What the page's list shows of an open tomogram."""

from __future__ import annotations

from typing import Any, cast

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.session.session import annotations_beside
from ais_jupyter.widgets.wire.tomograms import Display, TomogramHistory, TomogramInfo

#: What is remembered of how a tomogram is shown; see `AnnotatedTomogram.display`.
DISPLAY_KEYS = tuple(Display.__annotations__)


def describe_tomogram(annotated: AnnotatedTomogram) -> TomogramInfo:
    """Return what the page's list shows of a tomogram."""
    tomogram = annotated.tomogram
    with annotated.lock:
        return {
            **describe_history(annotated),
            "uid": annotated.uid,
            "name": annotated.name,
            "path": str(tomogram.path or ""),
            "shape": tomogram.shape,
            "voxel_size": tomogram.voxel_size,
            "region": (annotated.roi.y0, annotated.roi.y1, annotated.roi.x0, annotated.roi.x1),
            "z_range": annotated.z_range,
            "available": tomogram.available,
            "saved_to": str(annotated.path) if annotated.path else None,
            "beside": str(annotations_beside(annotated) or "") or None,
            "display": _display(annotated.display),
        }


def describe_history(annotated: AnnotatedTomogram) -> TomogramHistory:
    """Return the part of it that a change of the annotations may alter."""
    document = Document.of(annotated)
    with annotated.lock:
        return {
            "unsaved": document.unsaved,
            "undo": document.history.undo_name,
            "redo": document.history.redo_name,
            "colors": [f.color for f in annotated.features if f.annotated_slices or f.boxes],
            "autosave_error": document.autosave_error,
        }


def _display(remembered: dict[str, Any]) -> Display:
    known = {key: value for key, value in remembered.items() if key in DISPLAY_KEYS and value is not None}
    return cast(Display, known)
