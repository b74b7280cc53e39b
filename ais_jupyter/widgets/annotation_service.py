"""Keeps the annotations of browser and kernel the same; the browser's side is ``js/src/state/document_set.ts``.

The kernel's annotations are the truth. Each change of them, wherever it comes from, gets the next *revision* and is
told to all views; the view that asked for it hears of it in the answer to its request, which is sent in the same order.
A view that misses a revision asks for a snapshot. Requests of a view that change something are numbered: one that
arrives twice is done once, and one that arrives after a lost one is refused until that has been sent again.
"""

from __future__ import annotations

import threading
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.document import TOOL_SETTINGS, Document
from ais_jupyter.core.editing.edits import SettingEdit, decode_edit
from ais_jupyter.core.editing.history import Step
from ais_jupyter.core.editing.interpolate import interpolate_masks
from ais_jupyter.core.editing.snapshot import encode_annotated
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.changes import ChangeRecorder
from ais_jupyter.widgets.protocol import Answer, Buffers
from ais_jupyter.widgets.tomogram_info import describe_tomogram

#: Steps whose keys are remembered, so that a view can name the one that it wants to take back.
KEPT_KEYS = 2000


class AnnotationService:
    """Answers requests about annotations and tells the views what changed."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._recorders: dict[str, ChangeRecorder] = {}
        self._received: dict[str, int] = {}
        self._keys: list[tuple[Step, str]] = []
        self._lock = threading.RLock()
        session.documents_changed.connect(self._follow_open)
        self._follow_open()
        widget.on_request("snapshot", self.snapshot)
        widget.on_request("edit", self.edit)
        widget.on_request("undo", lambda content, buffers: self.travel("undo", content))
        widget.on_request("redo", lambda content, buffers: self.travel("redo", content))
        widget.on_request("interpolate", self.interpolate)
        widget.on_request("heartbeat", lambda content, buffers: {"revisions": self.revisions()})

    def _follow_open(self) -> None:
        self._follow_only(self._session.annotated)

    def _follow_only(self, opened: list[AnnotatedTomogram]) -> None:
        """Listen to changes of exactly these annotations from now on."""
        for annotated in opened:
            if annotated.uid not in self._recorders:
                self._recorders[annotated.uid] = ChangeRecorder(annotated, self._tell)
        for uid in set(self._recorders) - {annotated.uid for annotated in opened}:
            self._recorders.pop(uid).close()

    def close(self) -> None:
        """Stop listening."""
        self._session.documents_changed.disconnect(self._follow_open, missing_ok=True)
        self._follow_only([])

    def revisions(self) -> dict[str, int]:
        """Revision of each open tomogram."""
        return {uid: recorder.revision for uid, recorder in self._recorders.items()}

    # requests --------------------------------------------------------------------------------------------------------

    def snapshot(self, content: dict[str, Any], _buffers: Buffers) -> Answer:
        """All annotations of ``tomogram``."""
        annotated = self._session[content["tomogram"]]
        with annotated.lock:
            self._recorders[annotated.uid].flush()
            blobs: list[bytes] = []
            features = encode_annotated(annotated, blobs)["features"]
            revision = self._recorders[annotated.uid].revision
            info = describe_tomogram(annotated)
            return Answer({"features": features, "revision": revision, "info": info}, list(blobs))

    def edit(self, content: dict[str, Any], buffers: Buffers) -> dict[str, Any]:
        """Make changes that a view has made already, as one step called ``name``."""
        annotated = self._session[content["tomogram"]]
        document = Document.of(annotated)

        def change() -> bool:
            blobs = [bytes(buffer) for buffer in buffers]
            edits = [decode_edit(fields, blobs, annotated.tomogram.shape) for fields in content["edits"]]
            if all(isinstance(edit, SettingEdit) and edit.name in TOOL_SETTINGS for edit in edits):
                for edit in edits:
                    edit.apply(annotated)
                return True
            place = document.history.place
            with document.step(str(content["name"])):
                for edit in edits:
                    edit.apply(annotated)
            if document.history.place is not place:  # something really changed
                self._remember(document, str(content["key"]))
            return True

        return self._once(annotated, content, change)

    def travel(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Undo or redo; ``expect`` is the key of the step that the view has taken back (made again) already.

        The answer says with ``z`` which slice to show.
        """
        annotated = self._session[content["tomogram"]]
        document = Document.of(annotated)

        z: int | None = None

        def change() -> bool:
            nonlocal z
            step = document.undo() if kind == "undo" else document.redo()
            z = step.z if step else None
            expected = content.get("expect")
            return expected is None or (step is not None and self._key(step) == expected)

        return {**self._once(annotated, content, change), "z": z}

    def interpolate(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Fill the slices between drawn ones of ``feature``; says how many were filled."""
        annotated = self._session[content["tomogram"]]
        feature = annotated.feature_by_uid(content["feature"])
        with annotated.lock:
            masks = {z: mask.copy() for z, mask in feature.masks.items()}
        found = interpolate_masks(masks)
        with Document.of(annotated).step("Interpolate"):
            for z, mask in found.items():
                feature.set_mask(z, mask)
        return {"filled": len(found)}

    def _once(self, annotated: AnnotatedTomogram, content: dict[str, Any], change: Any) -> dict[str, Any]:
        """Do a numbered change once, in its turn; the answer says where the kernel stands."""
        client, number = str(content["client"]), int(content["seq"])
        recorder = self._recorders[annotated.uid]
        with annotated.lock, self._lock:
            done = self._received.get(client, 0)
            if number > done + 1:
                return {"gap": True}
            recorder.flush()
            before = recorder.revision
            agrees = True
            if number == done + 1:
                self._received[client] = number
                agrees = change()
            edits, blobs = recorder.take()
            # Who asked the kernel to undo, not knowing the step, hears of the outcome as the others do.
            known = content["kind"] == "edit" or content.get("expect") is not None
            if edits:
                message = self._message(annotated, before, edits, client if known else None)
                self._widget.push("changes", message, list(blobs))
            answer = {"from": before if known else recorder.revision, "revision": recorder.revision}
            # Where an expectation failed, the view asks for a snapshot.
            return {**answer, "info": describe_tomogram(annotated), "disagrees": not agrees}

    def _tell(self, annotated: AnnotatedTomogram, before: int, edits: list[dict], blobs: list[bytes]) -> None:
        """Tell what a script or another widget changed."""
        self._widget.push("changes", self._message(annotated, before, edits, None), list(blobs))

    def _message(
        self, annotated: AnnotatedTomogram, before: int, edits: list[dict], client: str | None
    ) -> dict[str, Any]:
        step = any(edit["edit"] != "setting" or edit["name"] not in TOOL_SETTINGS for edit in edits)
        return {
            "tomogram": annotated.uid,
            "from": before,
            "revision": self._recorders[annotated.uid].revision,
            "edits": edits,
            "client": client,
            "step": step,
            "info": describe_tomogram(annotated),
        }

    def _remember(self, document: Document, key: str) -> None:
        place = document.history.place
        if isinstance(place, Step):
            self._keys.append((place, key))
            del self._keys[:-KEPT_KEYS]

    def _key(self, step: Step) -> str | None:
        return next((key for known, key in reversed(self._keys) if known is step), None)
