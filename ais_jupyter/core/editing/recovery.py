"""Work that was not saved when its program ended: find it and bring it back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, FileFormatError, InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document, recovery_folder
from ais_jupyter.core.editing.history import History, Step
from ais_jupyter.core.editing.journal import Journal, Record, read_records
from ais_jupyter.core.editing.lock_file import LockFile
from ais_jupyter.core.editing.snapshot import decode_annotated, decode_state


@dataclass(frozen=True)
class Recoverable:
    """Unsaved annotations in a journal that no living program writes to.

    Attributes
    ----------
    path : Path
        The journal.
    name : str
        Name of the tomogram.
    tomogram, annotations : Path or None
        The file of the tomogram and that of the annotations, where there was one.
    shape : (z, y, x)
    time : float
        When the last step was made, seconds since the epoch.
    n_steps : int
        How many steps the journal holds.
    """

    path: Path
    name: str
    tomogram: Path | None
    annotations: Path | None
    shape: tuple[int, int, int]
    time: float
    n_steps: int


def list_recoverable(folder: Path | None = None) -> list[Recoverable]:
    """List what can be recovered, newest first.

    Journals in use and unreadable ones are left alone; those without unsaved changes or without any drawing or box are
    removed.
    """
    folder = folder or recovery_folder()
    found = []
    for path in sorted(folder.glob("*.journal")) if folder.is_dir() else []:
        lock_file = LockFile.acquire(path.with_suffix(".lock"))
        if lock_file is None:
            continue
        try:
            entry = _describe(path)
            if entry is not None:
                found.append(entry)
            else:
                path.unlink(missing_ok=True)  # all of it is in a file, or was taken back, or nothing was drawn
            path.with_name(path.name + ".new").unlink(missing_ok=True)
        except (AisError, OSError):
            continue
        finally:
            lock_file.release()
    return sorted(found, key=lambda entry: -entry.time)


def recover(entry: Recoverable, tomogram: Tomogram | None = None) -> Document:
    """Bring annotations back, up to the last whole record, with undo of the steps in the journal.

    Without `tomogram` they belong to one whose file is missing, until `relink`. The journal goes on being written.

    Raises
    ------
    InputError
        Another program recovered it meanwhile.
    FileFormatError
        The journal is damaged from its beginning, or `tomogram` has another shape.
    """
    lock_file = LockFile.acquire(entry.path.with_suffix(".lock"))
    if lock_file is None or not entry.path.exists():
        if lock_file is not None:
            lock_file.release()
        raise InputError(f"the unsaved work on {entry.name!r} is already open, or was recovered or discarded")
    try:
        annotated, history, unsaved, end = replay(entry.path, tomogram)
        document = Document.of(annotated)
        document.adopt(Journal(entry.path, None, keep=end), lock_file, history, unsaved)
    except BaseException:
        lock_file.release()
        raise
    return document


def discard(entry: Recoverable) -> None:
    """Delete a journal: this work is not wanted. One in use is left alone."""
    lock_file = LockFile.acquire(entry.path.with_suffix(".lock"))
    if lock_file is not None:
        entry.path.unlink(missing_ok=True)
        lock_file.release()


def replay(path: Path, tomogram: Tomogram | None = None) -> tuple[AnnotatedTomogram, History, bool, int]:
    """Read a journal: the annotations, their history, whether they are unsaved, and where its whole part ends."""
    annotated: AnnotatedTomogram | None = None
    history = History()
    unsaved, end = True, 0
    for record, position in read_records(path):
        try:
            if record.kind == "snapshot":
                annotated = decode_annotated(record.fields, record.blobs, tomogram)
                history = History()
            elif annotated is None:
                break
            else:
                history = _replay_step(record, annotated, history)
        except FileFormatError:
            if annotated is None:
                raise
            break
        except (AisError, KeyError, TypeError, ValueError):  # a record that passed its checksum but fits nothing
            break
        unsaved = bool(record.fields.get("unsaved", True))
        end = position
    if annotated is None:
        raise FileFormatError(f"the journal {path.name} is damaged from its beginning; nothing can be recovered")
    return annotated, history, unsaved, end


def _replay_step(record: Record, annotated: AnnotatedTomogram, history: History) -> History:
    step = Step.decode(record.fields, record.blobs, annotated.tomogram.shape)
    if not record.fields.get("applied"):
        step.apply(annotated)
    if "state" in record.fields:
        decode_state(annotated, record.fields["state"])
    if record.kind == "step":
        history.push(step, bool(record.fields["mergeable"]))
    elif (record.kind == "undo" and not history.back()) or (record.kind == "redo" and not history.forward()):
        return History()  # it concerned a step from before the journal: nothing in it can be trusted to be next
    return history


def _describe(path: Path) -> Recoverable | None:
    state, n_steps, when, unsaved, drawn = None, 0, path.stat().st_mtime, True, False
    for record, _ in read_records(path):
        drawn = drawn or _holds_drawing(record)
        state = record.fields.get("state", state)
        n_steps += record.kind in ("step", "redo")
        n_steps -= record.kind == "undo"
        when = record.fields.get("time", when)
        unsaved = record.fields.get("unsaved", True)
    if state is None:
        raise FileFormatError(f"{path.name} holds no annotations")
    if not unsaved or not drawn:
        return None
    tomogram, annotations = state["tomogram"], state["path"]
    return Recoverable(
        path, state["name"], tomogram and Path(tomogram), annotations and Path(annotations),
        tuple(state["shape"]), min(float(when), time.time()), max(n_steps, 1),
    )  # fmt: skip


def _holds_drawing(record: Record) -> bool:
    """Whether there is more in a record than empty features."""
    contents = [edit.get("content") for edit in record.fields.get("edits", [])]
    features = [*record.fields.get("features", []), *(content for content in contents if content)]
    drawn = any(feature.get("masks") or feature.get("boxes") for feature in features)
    return drawn or any(edit["edit"] in ("patch", "boxes") for edit in record.fields.get("edits", []))
