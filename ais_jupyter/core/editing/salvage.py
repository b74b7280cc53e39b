"""Repeats steps on annotations that are not quite those on which they were made: some steps before them were lost."""

from __future__ import annotations

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.feature import Feature
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, FeatureEdit
from ais_jupyter.core.editing.history import Step


def apply_what_fits(step: Step, annotated: AnnotatedTomogram) -> int:
    """Repeat the edits of a step; returns how many fitted nothing.

    What was drawn for a feature whose creation was lost goes to a new one called "Recovered feature".
    """
    return sum(not _applies(edit, annotated) for edit in step.edits)


def _applies(edit: Edit, annotated: AnnotatedTomogram) -> bool:
    """Make one change; False where it fits nothing."""
    try:
        _ensure_feature(edit, annotated)
        if isinstance(edit, BoxesEdit):
            _apply_boxes(edit, annotated)
        else:
            edit.apply(annotated)
    except (AisError, KeyError, ValueError, TypeError, IndexError):
        return False
    return True


def _ensure_feature(edit: Edit, annotated: AnnotatedTomogram) -> None:
    uid = getattr(edit, "feature", None)
    if uid is None or isinstance(edit, FeatureEdit):
        return
    if all(feature.uid != uid for feature in annotated.features):
        made = Feature("Recovered feature", annotated.tomogram.shape)
        made.uid = uid
        annotated.insert_feature(made)


def _apply_boxes(edit: BoxesEdit, annotated: AnnotatedTomogram) -> None:
    """Replace boxes where they stand; where others were lost before, by what they are instead of by their index."""
    feature = annotated.feature_by_uid(edit.feature)
    boxes = feature.boxes
    stop = edit.start + len(edit.removed)
    if edit.start <= len(boxes) and tuple(boxes[edit.start : stop]) == tuple(edit.removed):
        edit.apply(annotated)
        return
    for box in edit.removed:
        if box in feature.boxes:
            feature.splice_boxes(feature.boxes.index(box), 1, [])
    feature.splice_boxes(len(feature.boxes), 0, edit.added)
