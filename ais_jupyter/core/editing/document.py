"""Annotations that are open for editing: every change becomes an undoable step and is kept in the autosave journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psygnal import Signal

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.feature_settings import FEATURE_SETTINGS, is_step
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, FeatureEdit, SettingEdit
from ais_jupyter.core.editing.history import History, Step
from ais_jupyter.core.editing.listener import EditListener
from ais_jupyter.core.editing.snapshot import copy_of, encode_annotated, encode_empty, encode_state
from ais_jupyter.core.safekeeping.folder import make_recovery_folder
from ais_jupyter.core.safekeeping.journal import Journal, Record
from ais_jupyter.core.safekeeping.lock import Lock

#: Every so many steps the journal says again to which tomogram it belongs, in case its beginning is damaged.
_STATE_EVERY = 16


class Document:
    """Annotations with their history. `Document.of` returns the one that belongs to some annotations.

    Whatever changes the annotations, a widget or a script, is recorded: a change of its own is a step of its own,
    changes inside ``with document.step("Brush"):`` are one. Nothing is written beside the data until `save`.

    Attributes
    ----------
    annotated : AnnotatedTomogram
    edits : EditListener
        Every change as an edit, for those who follow the annotations; and the way to make one.
    history : History
    autosave_error : str or None
        Why the latest change could not be kept in the journal, for people.
    recovery_note : str
        What was lost when this work was recovered, for people; "" where nothing was.
    received : dict of str → int
        Number of the last change that each page asked for; kept in the journal, so that a change that a page sends
        again after a crash is made once.

    `changed` is emitted after each step, undo, redo and save.
    """

    changed = Signal()

    def __init__(self, annotated: AnnotatedTomogram) -> None:
        self.annotated = annotated
        self.history = History()
        self.autosave_error: str | None = None
        self.recovery_note = ""
        self.received: dict[str, int] = {}
        drawn = any(feature.annotated_slices or feature.boxes for feature in annotated.features)
        self._saved_place = object() if drawn and annotated.path is None else self.history.place
        self._open_step: list[Edit] | None = None
        self._recording = True
        self._journal: Journal | None = None
        self._lock: Lock | None = None
        self._records = 0
        self._journaled_state: dict[str, Any] = {}
        self._journaled_received: dict[str, int] = {}
        self.edits = EditListener(annotated)
        self.edits.made.connect(self._on_edit)
        annotated.saved.connect(self._on_saved)

    @classmethod
    def of(cls, annotated: AnnotatedTomogram) -> Document:
        """Return the document of these annotations, the same each time."""
        with annotated.lock:
            if annotated.document is None:
                annotated.document = cls(annotated)
            found: Document = annotated.document
        return found

    # steps -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self, name: str, key: str | None = None) -> Iterator[None]:
        """Make all changes of the ``with`` block one step; an error takes back those made so far.

        A page names the step by its `key` later on.

        The annotations are locked meanwhile: compute before, change inside. Inside another step it is part of that.
        """
        with self.annotated.lock:
            if self._open_step is not None:
                yield
                return
            edits: list[Edit] = []
            self._open_step = edits
            try:
                yield
            except BaseException:
                self._open_step = None
                self._apply(Step(name, edits).inverse())
                raise
            self._open_step = None
            if not edits:
                return
            self._commit(Step(name, edits, key=key))
        self.changed.emit()

    def undo(self) -> Step | None:
        """Take back the last step and return it, or None if there is none."""
        return self._travel(self.history.back, self.history.forward, lambda step: step.inverse(), "undo")

    def redo(self) -> Step | None:
        """Repeat the step that was last taken back and return it, or None if there is none."""
        return self._travel(self.history.forward, self.history.back, lambda step: step, "redo")

    def _travel(
        self, go: Callable[[], Step | None], stay: Callable[[], Step | None], change: Callable[[Step], Step], kind: str
    ) -> Step | None:
        with self.annotated.lock:
            if self._open_step is not None:
                raise InputError(f"{kind} is not possible in the middle of a step")
            step = go()
            if step is None:
                return None
            applied = change(step)
            record = _record(kind, applied)  # before it is applied: a feature that comes back as it is at that moment
            try:
                self._apply(applied)
            except Exception:
                stay()
                raise
            self._write(record)
        self.changed.emit()
        return step

    # saving ----------------------------------------------------------------------------------------------------------

    @property
    def unsaved(self) -> bool:
        """Whether there are changes that are in no file."""
        return self.history.place is not self._saved_place

    def save(self, path: str | Path | None = None, overwrite: bool = False) -> Path:
        """Save as a ``.scns`` and drop the autosave journal; see `AnnotatedTomogram.save`."""
        return self.annotated.save(path, overwrite)

    def _on_saved(self, path: Path) -> None:
        self._saved_place = self.history.place
        self._drop_journal(remove=True)
        self.changed.emit()

    def close(self) -> None:
        """Stop recording. The journal of unsaved changes stays, to be recovered; `discard` removes it."""
        with self.annotated.lock:
            self.edits.close()
            self.annotated.saved.disconnect(self._on_saved, missing_ok=True)
            self._drop_journal(remove=not self.unsaved)
            self.annotated.document = None

    def discard(self) -> None:
        """Stop recording and remove the journal: unsaved changes are given up."""
        with self.annotated.lock:
            self._drop_journal(remove=True)
            self.close()

    def adopt(
        self, journal: Journal | None, lock: Lock | None, history: History, unsaved: bool, received: dict[str, int]
    ) -> None:
        """Continue a journal from which these annotations were recovered."""
        with self.annotated.lock:
            self.history, self.received = history, received
            self._saved_place = object() if unsaved else history.place
            self._journal, self._lock = journal, lock

    def restart_journal(self) -> None:
        """Begin the journal anew from the present state, as after damage."""
        with self.annotated.lock:
            if self._journal is None:
                return
            try:
                self._journal.compact(self._beginning())
            except OSError as error:
                self.autosave_error = _autosave_failed(error)

    # recording -------------------------------------------------------------------------------------------------------

    def _on_edit(self, edit: Edit) -> None:
        if not self._recording:
            return
        if self._open_step is None:
            self._record(edit)
            return
        if isinstance(edit, FeatureEdit) and edit.before is None and edit.content is not None:
            edit.arrived = copy_of(edit.content)  # as it is now, before the rest of this step
        self._open_step.append(edit)

    def _record(self, edit: Edit) -> None:
        name = _step_name(edit)
        if isinstance(edit, SettingEdit) and not is_step(edit.name):
            if self._journal is not None:
                self._write(_record("setting", Step(name, [edit])))
            return
        self._commit(Step(name, [edit]))
        self.changed.emit()

    def _apply(self, step: Step) -> None:
        self._recording = False
        try:
            for edit in step.edits:
                self.edits.apply(edit)
        finally:
            self._recording = True

    def _commit(self, step: Step) -> None:
        mergeable = self.unsaved  # what is in the file stays a step of its own
        self.history.push(step, mergeable)
        self._write(_record("step", step, mergeable))

    # journal ---------------------------------------------------------------------------------------------------------

    def _write(self, record: Record) -> None:
        fields = record.fields
        fields["unsaved"] = self.unsaved
        fields["received"] = {
            page: number for page, number in self.received.items() if self._journaled_received.get(page) != number
        }
        self._journaled_received = dict(self.received)
        try:
            if self._journal is None:
                fields["applied"] = True  # it is in the snapshot already
                self._start_journal(record)
            else:
                state = encode_state(self.annotated)
                self._records += 1
                if state != self._journaled_state or self._records % _STATE_EVERY == 0:
                    fields["uid"], fields["state"] = self.annotated.uid, state
                    self._journaled_state = state
                self._journal.append(record)
                if self._journal.wants_compaction:
                    self._journal.compact(self._beginning())
            self.autosave_error = None
        except (OSError, ValueError, TypeError) as error:  # whatever the cause, painting continues
            self.autosave_error = _autosave_failed(error)
            if self._journal is not None:  # what it holds is complete; the next step tries to start a new one
                self._journal.close()
                self._journal = None

    def _start_journal(self, record: Record) -> None:
        path = make_recovery_folder() / f"{self.annotated.uid}.journal"
        if self._lock is None:
            self._lock = Lock.acquire(path)
        self._journal = Journal(path, [*self._beginning(), record])

    def _beginning(self) -> list[Record]:
        """Return what a journal starts with: to what it belongs, and all annotations as they are now."""
        return [Record("about", encode_empty(self.annotated)), self._snapshot()]

    def _snapshot(self) -> Record:
        blobs: list[bytes] = []
        fields = encode_annotated(self.annotated, blobs)
        fields["unsaved"], fields["received"] = self.unsaved, self.received
        self._journaled_state = fields["state"]
        return Record("snapshot", fields, blobs)

    def _drop_journal(self, remove: bool) -> None:
        if self._journal is not None and remove:
            self._journal.remove()
        elif self._journal is not None:
            self._journal.close()
        if self._lock is not None:
            self._lock.release()
        self._journal = self._lock = None


def _record(kind: str, step: Step, mergeable: bool = False) -> Record:
    """Return a step as the journal holds it."""
    blobs: list[bytes] = []
    return Record(kind, {**step.encode(blobs), "mergeable": mergeable}, blobs)


def _step_name(edit: Edit) -> str:
    """Return what people call a change that is a step of its own."""
    if isinstance(edit, BoxesEdit):
        return "Add box" if not edit.removed else "Change boxes" if edit.added else "Remove box"
    if isinstance(edit, SettingEdit):
        return FEATURE_SETTINGS[edit.name].step
    if isinstance(edit, FeatureEdit):
        return "Add feature" if edit.before is None else "Delete feature" if edit.after is None else "Move feature"
    return "Change mask"


def _autosave_failed(error: Exception) -> str:
    return f"The latest change could not be autosaved: {error}. Save the annotations soon."
