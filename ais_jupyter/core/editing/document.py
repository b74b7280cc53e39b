"""Annotations that are open for editing: every change becomes an undoable step and is kept in the autosave journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.errors import InputError, WouldOverwriteError
from ais_jupyter.core.data.feature_settings import FEATURE_SETTINGS, is_step
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.home import home
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, FeatureEdit, SettingEdit
from ais_jupyter.core.editing.history import History, Step
from ais_jupyter.core.editing.journal import Journal, Record
from ais_jupyter.core.editing.lock_file import LockFile
from ais_jupyter.core.editing.patch import Patch
from ais_jupyter.core.editing.snapshot import copy_of, encode_annotated, encode_state


def recovery_folder() -> Path:
    """Folder of the autosave journals: ``.ais_jupyter/recovery`` in `home`."""
    return home() / ".ais_jupyter" / "recovery"


class Document:
    """Annotations with their history. Get the one of some annotations by `Document.of`.

    Whatever changes the annotations, a widget or a script, is recorded: a change of its own is a step of its own,
    changes inside ``with document.step("Brush"):`` are one. Nothing is written beside the data until `save`.

    Attributes
    ----------
    annotated : AnnotatedTomogram
    history : History
    autosave_error : str or None
        Why the latest change could not be kept in the journal, for people.

    `changed` is emitted after each step, undo, redo and save.
    """

    changed = Signal()

    def __init__(self, annotated: AnnotatedTomogram) -> None:
        self.annotated = annotated
        self.history = History()
        self.autosave_error: str | None = None
        drawn = any(feature.annotated_slices or feature.boxes for feature in annotated.features)
        self._saved_place = object() if drawn and annotated.path is None else self.history.place
        self._open_step: list[Edit] | None = None
        self._recording = True
        self._journal: Journal | None = None
        self._lock_file: LockFile | None = None
        self._journaled_state: dict[str, Any] = {}
        self._slots: dict[str, list[tuple[Any, Callable[..., None]]]] = {}
        self._stamp = _stamp(annotated.path)
        annotated.features_changed.connect(self._on_features)
        annotated.saved.connect(self._on_saved)
        for feature in annotated.features:
            self._follow(feature)

    @classmethod
    def of(cls, annotated: AnnotatedTomogram) -> Document:
        """Return the document of these annotations, the same each time."""
        with annotated.lock:
            found = annotated.__dict__.get("_document")
            if found is None:
                found = annotated.__dict__["_document"] = cls(annotated)
        return found

    # steps -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Make all changes of the ``with`` block one step; an error takes back those made so far.

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
            self._commit(Step(name, edits))
        self.changed.emit()

    def undo(self) -> Step | None:
        """Take back the last step and return it, or None when there is none."""
        return self._travel(self.history.back, self.history.forward, lambda step: step.inverse(), "undo")

    def redo(self) -> Step | None:
        """Make the step that was last taken back again and return it, or None when there is none."""
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
            try:
                self._apply(applied)
            except Exception:
                stay()
                raise
            self._write(kind, applied)
        self.changed.emit()
        return step

    # saving ----------------------------------------------------------------------------------------------------------

    @property
    def unsaved(self) -> bool:
        """Whether there are changes that are in no file."""
        return self.history.place is not self._saved_place

    def save(self, path: str | Path | None = None, overwrite: bool = False) -> Path:
        """Save as a ``.scns`` and forget the autosave journal.

        Parameters
        ----------
        path : path, optional
            Where to; by default the file it came from, or a new one beside the tomogram.
        overwrite : bool
            Whether a file may be replaced that these annotations do not come from, or that another program has changed
            since.

        Raises
        ------
        WouldOverwriteError
            There is such a file and `overwrite` is false.
        InputError
            There is no place to save to.
        """
        annotated = self.annotated
        with annotated.lock:
            target = Path(path).expanduser() if path is not None else annotated.path
            if target is None and annotated.tomogram.path is not None:
                target = annotated.tomogram.path.parent / f"{annotated.tomogram.name}.scns"
            if target is not None and not overwrite and target.exists():
                if target != annotated.path:
                    raise WouldOverwriteError(target)
                if _stamp(target) != self._stamp:
                    raise WouldOverwriteError(target, changed=True)
            return annotated.save(target)

    def _on_saved(self, path: Path) -> None:
        self._saved_place = self.history.place
        self._stamp = _stamp(path)
        self._drop_journal(remove=True)
        self.changed.emit()

    def close(self) -> None:
        """Stop recording. The journal of unsaved changes stays, to be recovered; `discard` removes it."""
        with self.annotated.lock:
            self.annotated.features_changed.disconnect(self._on_features, missing_ok=True)
            self.annotated.saved.disconnect(self._on_saved, missing_ok=True)
            for uid in list(self._slots):
                self._unfollow(uid)
            self._drop_journal(remove=not self.unsaved)
            self.annotated.document = None

    def discard(self) -> None:
        """Stop recording and remove the journal: unsaved changes are given up."""
        with self.annotated.lock:
            self._drop_journal(remove=True)
            self.close()

    def adopt(self, journal: Journal, lock_file: LockFile, history: History, unsaved: bool) -> None:
        """Continue a journal from which these annotations were recovered."""
        with self.annotated.lock:
            self.history = history
            self._saved_place = object() if unsaved else history.place
            self._journal, self._lock_file = journal, lock_file

    # recording -------------------------------------------------------------------------------------------------------

    def _follow(self, feature: Feature) -> None:
        uid, tomogram = feature.uid, self.annotated.uid

        def on_mask(z: int, region: Region, before: np.ndarray | None, after: np.ndarray | None) -> None:
            if self._recording:
                patch = Patch.between(tomogram, uid, z, before, after, region)
                if not patch.changes_nothing:
                    self._record(patch, "Change mask")

        def on_boxes(z: int, start: int, removed: tuple, added: tuple) -> None:
            name = "Add box" if not removed else "Change boxes" if added else "Remove box"
            self._record(BoxesEdit(uid, start, removed, added), name)

        def on_setting(name: str, before: Any, after: Any) -> None:
            self._record(SettingEdit(uid, name, before, after), FEATURE_SETTINGS[name].step)

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
        name = "Add feature" if before is None else "Delete feature" if after is None else "Move feature"
        arrived = copy_of(feature) if before is None and self._open_step is not None else None
        self._record(FeatureEdit(feature.uid, before, after, feature, arrived), name)

    def _record(self, edit: Edit, name: str) -> None:
        if not self._recording:
            return
        if self._open_step is not None:
            self._open_step.append(edit)
            return
        if isinstance(edit, SettingEdit) and not is_step(edit.name):
            if self._journal is not None:
                self._write("setting", Step(name, [edit]))
            return
        self._commit(Step(name, [edit]))
        self.changed.emit()

    def _apply(self, step: Step) -> None:
        self._recording = False
        try:
            step.apply(self.annotated)
        finally:
            self._recording = True

    def _commit(self, step: Step) -> None:
        mergeable = self.unsaved  # what is in the file stays a step of its own
        self.history.push(step, mergeable)
        self._write("step", step, mergeable)

    # journal ---------------------------------------------------------------------------------------------------------

    def _write(self, kind: str, step: Step, mergeable: bool = False) -> None:
        blobs: list[bytes] = []
        fields = {**step.encode(blobs), "unsaved": self.unsaved, "mergeable": mergeable}
        try:
            if self._journal is None:
                fields["applied"] = True  # it is in the snapshot already
                self._start_journal(Record(kind, fields, blobs))
            else:
                state = encode_state(self.annotated)
                if state != self._journaled_state:
                    fields["state"] = self._journaled_state = state
                self._journal.append(Record(kind, fields, blobs))
                if self._journal.wants_compaction:
                    self._journal.compact([self._snapshot()])
            self.autosave_error = None
        except (OSError, ValueError, TypeError) as error:  # whatever it is, painting goes on
            self.autosave_error = f"The latest change could not be autosaved: {error}. Save the annotations soon."
            if self._journal is not None:  # what it holds is whole; the next step tries to start a new one
                self._journal.close()
                self._journal = None

    def _start_journal(self, record: Record) -> None:
        folder = recovery_folder()
        folder.mkdir(parents=True, exist_ok=True)
        if self._lock_file is None:
            self._lock_file = LockFile.acquire(folder / f"{self.annotated.uid}.lock")
        self._journal = Journal(folder / f"{self.annotated.uid}.journal", [self._snapshot(), record])

    def _snapshot(self) -> Record:
        blobs: list[bytes] = []
        fields = encode_annotated(self.annotated, blobs)
        fields["unsaved"] = self.unsaved
        self._journaled_state = fields["state"]
        return Record("snapshot", fields, blobs)

    def _drop_journal(self, remove: bool) -> None:
        if self._journal is not None and remove:
            self._journal.remove()
        elif self._journal is not None:
            self._journal.close()
        if self._lock_file is not None:
            self._lock_file.release()
        self._journal = self._lock_file = None


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """Size and time of a file, by which a change made by others is noticed."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_size, found.st_mtime_ns)
