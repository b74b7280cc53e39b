"""Collects what changes in annotations, so that a burst of changes becomes one message."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, FeatureEdit, SettingEdit
from ais_jupyter.core.editing.patch import Patch

Tell = Callable[[AnnotatedTomogram, int, list[dict[str, Any]], list[bytes]], None]

#: Seconds that changes are collected before they are told.
DELAY = 0.03


class ChangeRecorder:
    """Listens to one AnnotatedTomogram. All methods may be called from any thread.

    Parameters
    ----------
    annotated : AnnotatedTomogram
    tell : callable
        Gets the annotations, the revision before, the edits as plain fields and their bytes.
    """

    def __init__(self, annotated: AnnotatedTomogram, tell: Tell) -> None:
        self.revision = 0
        self._annotated = annotated
        self._tell = tell
        self._edits: list[dict[str, Any]] = []
        self._blobs: list[bytes] = []
        self._timer: threading.Timer | None = None
        self._slots: dict[str, list[tuple[Any, Callable[..., None]]]] = {}
        annotated.features_changed.connect(self._on_features)
        for feature in annotated.features:
            self._listen(feature)

    def take(self) -> tuple[list[dict[str, Any]], list[bytes]]:
        """Return what was collected, which then counts as told."""
        with self._annotated.lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            edits, blobs = self._edits, self._blobs
            if edits:
                self.revision += 1
            self._edits, self._blobs = [], []
            return edits, blobs

    def flush(self) -> None:
        """Tell what was collected."""
        with self._annotated.lock:
            before = self.revision
            edits, blobs = self.take()
            if edits:
                self._tell(self._annotated, before, edits, blobs)

    def close(self) -> None:
        """Stop listening."""
        with self._annotated.lock:
            self.take()
            self._annotated.features_changed.disconnect(self._on_features, missing_ok=True)
            for uid in list(self._slots):
                self._ignore(uid)

    def _add(self, edit: Edit) -> None:
        self._edits.append(edit.encode(self._blobs))  # at once: a new feature as it is now, not with what follows
        if self._timer is None:
            self._timer = threading.Timer(DELAY, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def _listen(self, feature: Feature) -> None:
        uid, tomogram = feature.uid, self._annotated.uid

        def on_mask(z: int, region: Any, before: Any, after: Any) -> None:
            self._add(Patch.between(tomogram, uid, z, before, after, region))

        def on_boxes(z: int, start: int, removed: tuple, added: tuple) -> None:
            self._add(BoxesEdit(uid, start, removed, added))

        def on_setting(name: str, before: Any, after: Any) -> None:
            self._add(SettingEdit(uid, name, before, after))

        self._slots[uid] = [
            (feature.mask_changed, on_mask),
            (feature.boxes_changed, on_boxes),
            (feature.settings_changed, on_setting),
        ]
        for signal, slot in self._slots[uid]:
            signal.connect(slot)

    def _ignore(self, uid: str) -> None:
        for signal, slot in self._slots.pop(uid, []):
            signal.disconnect(slot, missing_ok=True)

    def _on_features(self, feature: Feature, before: int | None, after: int | None) -> None:
        if before is None:
            self._listen(feature)
        elif after is None:
            self._ignore(feature.uid)
        self._add(FeatureEdit(feature.uid, before, after, feature))
