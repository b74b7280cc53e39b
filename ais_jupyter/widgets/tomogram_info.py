"""What the page's list shows of an open tomogram."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.session.session import annotations_beside

#: What is remembered of how a tomogram is shown; see `AnnotatedTomogram.display`.
DISPLAY_KEYS = ("slice", "cursor", "camera", "contrast", "invert", "interpolate", "autocontrast")


def describe_tomogram(annotated: AnnotatedTomogram) -> dict[str, Any]:
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
