"""Turns every change of annotations, wherever it comes from, into one edit that all who follow them share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, FeatureEdit, SettingEdit
from ais_jupyter.core.editing.patch import Patch


class EditListener:
    """Follows one AnnotatedTomogram; ``made(edit)`` is emitted after each change, while the annotations are locked.

    A change that is known as an edit already (a stroke of the page, a step that is undone) is made by `apply`. Then
    that same object is passed on where it says truly what was there before, and nothing is compared or packed again.
    """

    made = Signal(object)

    def __init__(self, annotated: AnnotatedTomogram) -> None:
        self._annotated = annotated
        self._given: Edit | None = None
        self._slots: dict[str, list[tuple[Any, Callable[..., None]]]] = {}
        annotated.features_changed.connect(self._on_features)
        for feature in annotated.features:
            self._follow(feature)

    def apply(self, edit: Edit) -> None:
        """Make the change that `edit` describes.

        Raises
        ------
        AisError, KeyError
            It does not fit the annotations.
        """
        with self._annotated.lock:
            self._given = edit
            try:
                edit.apply(self._annotated)
            finally:
                self._given = None

    def close(self) -> None:
        """Stop following."""
        self._annotated.features_changed.disconnect(self._on_features, missing_ok=True)
        for uid in list(self._slots):
            self._unfollow(uid)

    def _follow(self, feature: Feature) -> None:
        uid, tomogram = feature.uid, self._annotated.uid

        def on_mask(z: int, region: Region, before: np.ndarray | None, after: np.ndarray | None) -> None:
            given = self._given
            if isinstance(given, Patch) and given.is_change(uid, z, region, before, after):
                self.made.emit(given)
                return
            patch = Patch.between(tomogram, uid, z, before, after, region)
            if not patch.changes_nothing:
                self.made.emit(patch)

        def on_boxes(z: int, start: int, removed: tuple, added: tuple) -> None:
            self.made.emit(BoxesEdit(uid, start, removed, added))

        def on_setting(name: str, before: Any, after: Any) -> None:
            self.made.emit(SettingEdit(uid, name, before, after))

        self._slots[uid] = [
            (feature.mask_changed, on_mask), (feature.boxes_changed, on_boxes), (feature.settings_changed, on_setting),
        ]  # fmt: skip
        for signal, slot in self._slots[uid]:
            signal.connect(slot)

    def _unfollow(self, uid: str) -> None:
        for signal, slot in self._slots.pop(uid, []):
            signal.disconnect(slot, missing_ok=True)

    def _on_features(self, feature: Feature, before: int | None, after: int | None) -> None:
        if before is None:
            self._follow(feature)
        elif after is None:
            self._unfollow(feature.uid)
        self.made.emit(FeatureEdit(feature.uid, before, after, feature))
