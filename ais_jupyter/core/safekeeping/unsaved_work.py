"""Journals that programs left behind when they ended: list them, discard them. Listing needs no free disk space."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import AisError, FileFormatError
from ais_jupyter.core.safekeeping.folder import recovery_folder
from ais_jupyter.core.safekeeping.journal import Damage, Record, read_records
from ais_jupyter.core.safekeeping.lock import Lock, is_locked

log = logging.getLogger(__name__)


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
    damage : str
        What of the journal cannot be read, for people; "" where it is whole.
    """

    path: Path
    name: str
    tomogram: Path | None
    annotations: Path | None
    shape: tuple[int, int, int]
    time: float
    n_steps: int
    damage: str = ""

    @property
    def uid(self) -> str:
        """Of the annotations: a journal is named after them."""
        return self.path.stem


def list_recoverable(folder: Path | None = None) -> list[Recoverable]:
    """List what can be recovered, newest first.

    Journals in use are left alone, and so are those that cannot be read at all; a whole journal without unsaved
    changes, or without any drawing or box, is removed.
    """
    folder = folder or recovery_folder()
    found = []
    for path in sorted(folder.glob("*.journal")) if folder.is_dir() else []:
        try:
            if is_locked(path):
                continue
            entry = _describe(path)
        except (AisError, OSError) as error:
            log.warning("the unsaved work in %s cannot be read and is left there: %s", path, error)
            continue
        if entry is None:
            _remove_unneeded(path)
        else:
            found.append(entry)
    return sorted(found, key=lambda entry: -entry.time)


def discard(entry: Recoverable) -> None:
    """Delete a journal that is not wanted; one in use is left alone."""
    with locked(entry.path) as free:
        if free:
            entry.path.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Lock a file for the block; False where another process has it. On a full disk the block runs without a lock."""
    lock = None
    try:
        lock = Lock.acquire(path)
        free = lock is not None
    except OSError:
        free = not is_locked(path)
    try:
        yield free
    finally:
        if lock is not None:
            lock.release()


def damage_in_words(damage: list[Damage]) -> str:
    """Say what of a journal cannot be read; "" for a torn end, which holds at most the step in progress."""
    missing = [part for part in damage if not part.torn]
    if not missing:
        return ""
    size = sum(part.stop - part.start for part in missing)
    places = "one place" if len(missing) == 1 else f"{len(missing)} places"
    return f"its journal is damaged in {places} ({size} bytes): the steps there are missing, all others were kept"


def _remove_unneeded(path: Path) -> None:
    """Remove a journal whose work is in a file or was taken back, unless it changed meanwhile."""
    with contextlib.suppress(OSError, AisError), locked(path) as free:
        if free and _describe(path) is None:
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".new").unlink(missing_ok=True)


def _describe(path: Path) -> Recoverable | None:
    """Return what a journal holds; None where nothing in it is unsaved, or nothing is drawn."""
    state: dict[str, Any] | None = None
    n_steps, when, unsaved, drawn = 0, path.stat().st_mtime, True, False
    damage: list[Damage] = []
    for record, _ in read_records(path):
        if isinstance(record, Damage):
            damage.append(record)
            continue
        drawn = drawn or _holds_drawing(record)
        state = record.fields.get("state", state)
        n_steps += record.kind in ("step", "redo")
        n_steps -= record.kind == "undo"
        when = record.fields.get("time", when)
        unsaved = record.fields.get("unsaved", True)
    if state is None:
        raise FileFormatError(f"{path.name} no longer says which tomogram it belongs to")
    if not damage and (not unsaved or not drawn):
        return None
    try:
        tomogram, annotations = state["tomogram"], state["path"]
        z, y, x = (int(n) for n in state["shape"])
        return Recoverable(
            path, str(state["name"]), tomogram and Path(tomogram), annotations and Path(annotations), (z, y, x),
            min(float(when), time.time()), max(n_steps, 1), damage_in_words(damage),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path.name} holds an incomplete description of its tomogram") from error


def _holds_drawing(record: Record) -> bool:
    """Whether there is more in a record than empty features."""
    edits = [edit for edit in record.fields.get("edits", []) if isinstance(edit, dict)]
    contents = [edit.get("content") for edit in edits]
    features = [*record.fields.get("features", []), *(content for content in contents if content)]
    drawn = any(feature.get("masks") or feature.get("boxes") for feature in features)
    return drawn or any(edit.get("edit") in ("patch", "boxes") for edit in edits)
