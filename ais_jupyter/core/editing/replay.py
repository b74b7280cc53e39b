"""From a journal back to annotations with their history, also when parts of the journal are damaged."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, FileFormatError, InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.history import History, Step
from ais_jupyter.core.editing.salvage import apply_what_fits
from ais_jupyter.core.editing.snapshot import decode_annotated, decode_state
from ais_jupyter.core.safekeeping.journal import Damage, Journal, Record, read_records
from ais_jupyter.core.safekeeping.lock import Lock, is_locked
from ais_jupyter.core.safekeeping.unsaved_work import Recoverable, damage_in_words


@dataclass
class Replayed:
    """What a journal gave back.

    Attributes
    ----------
    annotated : AnnotatedTomogram
    history : History
        Of the steps since the last damage.
    unsaved : bool
    end : int
        Where the readable part of the journal ends, in bytes.
    damage : list of Damage
    missing : int
        Readable edits that fitted nothing any more.
    received : dict of str → int
        See `Document.received`.
    """

    annotated: AnnotatedTomogram
    history: History
    unsaved: bool
    end: int
    damage: list[Damage]
    missing: int
    received: dict[str, int]

    @property
    def note(self) -> str:
        """What was lost, for people; "" where everything came back."""
        lost = damage_in_words(self.damage)
        if self.missing:
            changes = "1 change" if self.missing == 1 else f"{self.missing} changes"
            lost += f"{'; ' if lost else ''}{changes} no longer fitted the annotations"
        return lost


def recover(entry: Recoverable, tomogram: Tomogram | None = None) -> Document:
    """Bring annotations back, with undo of the steps in the journal, which is then continued.

    A damaged journal is first copied aside. `Document.recovery_note` says what was lost.

    Parameters
    ----------
    entry : Recoverable
    tomogram : Tomogram, optional
        Without it the annotations belong to a tomogram whose file is missing, until `relink`.

    Raises
    ------
    InputError
        The work was recovered or discarded meanwhile.
    FileFormatError
        Nothing in the journal can be read, or `tomogram` has another shape.
    """
    gone = InputError(f"the unsaved work on {entry.name!r} is already open, or was recovered or discarded")
    try:
        lock = Lock.acquire(entry.path)
        free = lock is not None
    except OSError:  # a full or read-only disk: the work comes back all the same
        lock, free = None, not is_locked(entry.path)
    if not free or not entry.path.exists():
        if lock is not None:
            lock.release()
        raise gone
    try:
        replayed = replay(entry.path, tomogram)
        document = Document.of(replayed.annotated)
        document.recovery_note = replayed.note + (_kept_aside(entry.path) if replayed.note else "")
        try:
            journal = Journal(entry.path, None, keep=replayed.end)
        except OSError as error:
            document.adopt(None, lock, replayed.history, replayed.unsaved, replayed.received)
            document.autosave_error = f"The recovered work cannot be autosaved: {error}. Save it soon."
        else:
            document.adopt(journal, lock, replayed.history, replayed.unsaved, replayed.received)
            if replayed.note:
                document.restart_journal()
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return document


def replay(path: Path, tomogram: Tomogram | None = None) -> Replayed:
    """Read a journal.

    Raises
    ------
    FileFormatError
        It no longer says to what tomogram it belongs, or `tomogram` has another shape.
    """
    annotated: AnnotatedTomogram | None = None
    waiting: list[Record] = []
    history, unsaved, end, missing = History(), True, 0, 0
    has_snapshot = False
    received: dict[str, int] = {}
    damage: list[Damage] = []
    for record, position in read_records(path):
        if isinstance(record, Damage):
            damage.append(record)
            history = History()  # steps from before it cannot be taken back any more
            end = end if record.torn else position
            continue
        end = position
        unsaved = bool(record.fields.get("unsaved", True))
        received.update(_received(record))
        if record.kind in ("about", "snapshot"):
            annotated = decode_annotated(record.fields, record.blobs, tomogram)
            has_snapshot = record.kind == "snapshot"
            history = History()
            continue
        if annotated is None:
            annotated = _from_state(record, tomogram)
        if annotated is None:
            waiting.append(record)
            continue
        for earlier in waiting:
            history, lost = _replay_step(earlier, annotated, history, False)
            missing += lost
        waiting.clear()
        in_snapshot = has_snapshot and bool(record.fields.get("applied"))
        history, lost = _replay_step(record, annotated, history, in_snapshot)
        missing += lost
    if annotated is None:
        raise FileFormatError(f"the journal {path.name} no longer says to which tomogram it belongs")
    return Replayed(annotated, history, unsaved, end, damage, missing, received)


def _received(record: Record) -> dict[str, int]:
    """Return which changes of pages had been made by then; nothing where the record does not say so sensibly."""
    found = record.fields.get("received")
    if not isinstance(found, dict):
        return {}
    return {str(page): number for page, number in found.items() if type(number) is int and number > 0}


def _from_state(record: Record, tomogram: Tomogram | None) -> AnnotatedTomogram | None:
    """Annotations without features, from the description that every few steps carry."""
    if "state" not in record.fields:
        return None
    nothing: dict[str, Any] = {"dict": []}
    fields = {"uid": record.fields.get("uid", ""), "state": record.fields["state"], "features": []}
    try:
        return decode_annotated({**fields, "display": nothing, "extra": nothing}, [], tomogram)
    except (AisError, KeyError, TypeError, ValueError):
        return None


def _replay_step(
    record: Record, annotated: AnnotatedTomogram, history: History, in_snapshot: bool
) -> tuple[History, int]:
    """Repeat a step, unless the snapshot holds it; returns the history after it and how many edits fitted nothing."""
    try:
        step = Step.decode(record.fields, record.blobs, annotated.tomogram.shape)
    except (AisError, KeyError, TypeError, ValueError):  # it passed its checksum but says nothing that makes sense
        return History(), 1
    lost = 0 if in_snapshot else apply_what_fits(step, annotated)
    if isinstance(record.fields.get("state"), dict):
        try:
            decode_state(annotated, record.fields["state"])
        except (AisError, KeyError, TypeError, ValueError):
            lost += 1
    if lost:
        return History(), lost
    if record.kind == "step":
        history.push(step, bool(record.fields.get("mergeable")))
    elif (record.kind == "undo" and not history.back()) or (record.kind == "redo" and not history.forward()):
        return History(), 0  # it concerned a step from before the journal: nothing in it can be trusted to be next
    return history, 0


def _kept_aside(journal: Path) -> str:
    """Copy a damaged journal before it is continued; returns the words that tell of it."""
    aside = journal.with_suffix(".damaged")
    try:
        shutil.copy2(journal, aside)
    except OSError as error:
        return f"; a copy of the damaged journal could not be kept ({error})"
    return f"; the damaged journal is kept as {aside}"
