"""Keeps the annotations of page and kernel the same.

The kernel's annotations are the truth. Each change, wherever it comes from, gets the next *revision*. The page that
asked for it gets an acknowledgement with that number; other pages get the change itself, in the same order. Messages
reach all pages or none, so that a change is sent only while another page than its author's is there; one that was not
counted, because it has been silent for long, notices at its next heartbeat that it has missed a revision and asks for a
snapshot. Changes that a page asks for are numbered: one that arrives twice is made once, and one that arrives after a
lost one is refused until the lost one has been sent again. The numbers are kept in the journal with the changes, so
that this holds for what a page sends again to another kernel after a crash, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.feature_settings import is_step
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.edits import SettingEdit, decode_edit
from ais_jupyter.core.editing.interpolate import interpolate_masks
from ais_jupyter.core.editing.snapshot import encode_annotated
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.changes import ChangeRecorder
from ais_jupyter.widgets.tomogram_info import describe_history, describe_tomogram
from ais_jupyter.widgets.wire import annotations as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers

#: Seconds for which a page counts as there after it was heard; it sends a heartbeat every four seconds, every sixty
#: while it is hidden.
PRESENT = 90.0


class AnnotationService:
    """Answers requests about annotations and tells the views what changed."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._recorders: dict[str, ChangeRecorder] = {}
        self._received: dict[str, int] = {}
        self._heard: dict[str, float] = {}
        self._lock = threading.RLock()
        session.documents_changed.connect(self._follow_open)
        self._follow_open()
        widget.on_request(wire.SNAPSHOT, self.snapshot)
        widget.on_request(wire.EDIT, self.edit)
        widget.on_request(wire.UNDO, lambda question, buffers: self.travel("undo", question))
        widget.on_request(wire.REDO, lambda question, buffers: self.travel("redo", question))
        widget.on_request(wire.INTERPOLATE, self.interpolate)
        widget.on_request(wire.HEARTBEAT, self.heartbeat)

    def _follow_open(self) -> None:
        self._follow_only(self._session.annotated)

    def _follow_only(self, opened: list[AnnotatedTomogram]) -> None:
        """Listen to changes of exactly these annotations from now on."""
        for annotated in opened:
            if annotated.uid not in self._recorders:
                self._recorders[annotated.uid] = ChangeRecorder(Document.of(annotated), self._tell)
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

    def snapshot(self, question: wire.AskSnapshot, _buffers: Buffers) -> Answer[wire.Snapshot]:
        """All annotations of ``tomogram``."""
        self._hear(question.get("client"))
        annotated = self._session[question["tomogram"]]
        with annotated.lock:
            self._recorders[annotated.uid].flush()
            blobs: list[bytes] = []
            features: list[Any] = encode_annotated(annotated, blobs)["features"]
            revision = self._recorders[annotated.uid].revision
            info = describe_tomogram(annotated)
            return Answer({"features": features, "revision": revision, "info": info}, list(blobs))

    def heartbeat(self, question: wire.Present, _buffers: Buffers) -> wire.Revisions:
        """Return the revision of each open tomogram to a page that is still there."""
        self._hear(question.get("client"))
        return {"revisions": self.revisions()}

    def edit(self, question: wire.MakeEdits, buffers: Buffers) -> wire.Delivered | wire.Gap:
        """Make changes that a view has made already, as one step called ``name``."""
        annotated = self._session[question["tomogram"]]
        document = Document.of(annotated)

        def change() -> bool:
            blobs = [bytes(buffer) for buffer in buffers]
            shape = annotated.tomogram.shape
            edits = [decode_edit(dict(fields), blobs, shape, unpack=False) for fields in question["edits"]]
            if all(isinstance(edit, SettingEdit) and not is_step(edit.name) for edit in edits):
                for edit in edits:
                    document.edits.apply(edit)
                return True
            with document.step(question["name"], question["key"]):
                for edit in edits:
                    document.edits.apply(edit)
            return True

        return self._once(annotated, question, change, known=True)

    def travel(self, kind: str, question: wire.Travel) -> wire.Delivered | wire.Gap:
        """Undo or redo; ``expect`` is the key of the step that the view has taken back (made again) already.

        The answer says with ``z`` which slice to show.
        """
        annotated = self._session[question["tomogram"]]
        document = Document.of(annotated)

        z: int | None = None

        def change() -> bool:
            nonlocal z
            expected = question.get("expect")
            following = document.history.undo_step if kind == "undo" else document.history.redo_step
            agrees = expected is None or (following is not None and following.key == expected)
            if agrees or not question.get("replayed"):  # what was asked of another kernel must not hit another step
                step = document.undo() if kind == "undo" else document.redo()
                z = step.z if step else None
            return agrees

        answer = self._once(annotated, question, change, known=question.get("expect") is not None)
        return answer if "gap" in answer else {**answer, "z": z}

    def interpolate(self, question: wire.OneFeature, _buffers: Buffers) -> wire.Filled:
        """Fill the slices between drawn ones of ``feature``; says how many were filled."""
        annotated = self._session[question["tomogram"]]
        feature = annotated.feature_by_uid(question["feature"])
        with annotated.lock:
            masks = {z: mask.copy() for z, mask in feature.masks.items()}
        found = interpolate_masks(masks)
        with Document.of(annotated).step("Interpolate"):
            for z, mask in found.items():
                feature.set_mask(z, mask)
        return {"filled": len(found)}

    def _once(
        self, annotated: AnnotatedTomogram, question: wire.Numbered, change: Callable[[], bool], known: bool
    ) -> wire.Delivered | wire.Gap:
        """Make a numbered change once, in its turn; the answer says where the kernel stands.

        A page that asked for undo without knowing the step (`known` is false) learns of the outcome as the others do.
        """
        client, number = self._hear(question.get("client")), question["seq"]
        replayed, document = question.get("replayed", False), Document.of(annotated)
        recorder = self._recorders[annotated.uid]
        with annotated.lock, self._lock, recorder.held():
            done = self._received.get(client, 0)
            if number > done + 1 and not replayed:
                return {"gap": True}
            recorder.flush()
            before = recorder.revision
            agrees = True
            if number == done + 1:
                self._received[client] = number
            if number > document.received.get(client, 0):
                document.received[client] = number
                agrees = change()
            edits, blobs = recorder.take()
            if edits and (not known or self._others(client)):
                message = self._message(annotated, before, recorder.revision, edits, client if known else None)
                self._widget.push(wire.CHANGES, message, list(blobs))
            return {
                "from": before if known else recorder.revision,
                "revision": recorder.revision,
                "info": describe_history(annotated),
                "disagrees": not agrees,  # the page then asks for a snapshot
            }

    def _hear(self, client: str | None) -> str:
        """Note that the page that asks is there, and return which it is."""
        if client:
            self._heard[client] = time.monotonic()
        return client or ""

    def _others(self, client: str) -> bool:
        """Whether there are other pages than this one."""
        now = time.monotonic()
        self._heard = {page: at for page, at in self._heard.items() if now - at < PRESENT}
        return any(page != client for page in self._heard)

    def _tell(self, annotated: AnnotatedTomogram, before: int, edits: list[dict], blobs: list[bytes]) -> None:
        """Announce what a script or another widget changed."""
        # not the recorder's revision: the tomogram may have been closed by now
        self._widget.push(wire.CHANGES, self._message(annotated, before, before + 1, edits, None), list(blobs))

    def _message(
        self, annotated: AnnotatedTomogram, before: int, revision: int, edits: list[Any], client: str | None
    ) -> wire.Changes:
        step = any(edit["edit"] != "setting" or is_step(edit["name"]) for edit in edits)
        return {
            "tomogram": annotated.uid,
            "from": before,
            "revision": revision,
            "edits": edits,
            "client": client,
            "step": step,
            "info": describe_history(annotated),
        }
