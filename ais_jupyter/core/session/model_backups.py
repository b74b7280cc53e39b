"""Weights that exist in memory alone are kept in the state folder, so that nothing is lost when the program ends."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ais_jupyter.core.data import storage
from ais_jupyter.core.editing.document import recovery_folder
from ais_jupyter.core.editing.lock_file import LockFile

if TYPE_CHECKING:
    from ais_jupyter.core.learning.model import SegmentationModel


@dataclass(frozen=True)
class LostModel:
    """A model that a program left behind when it ended: its file, title, time of writing and last loss."""

    path: Path
    title: str
    time: float
    loss: float


class ModelBackup:
    """The copy of one model on disk, of this program until it ends or lets go.

    Attributes
    ----------
    error : str or None
        Why the latest copy could not be written, for people.
    """

    def __init__(self, uid: str) -> None:
        self.path = recovery_folder() / f"{uid}.scnm"
        self.error: str | None = None
        self.time = 0.0
        self._lock_file: LockFile | None = None

    def write(self, model: SegmentationModel) -> float:
        """Write the model; returns the seconds that took. A full disk is told by `error` and stops nothing."""
        begin = time.monotonic()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._lock_file is None:
                self._lock_file = LockFile.acquire(self.path.with_suffix(".lock"))
            storage.save(model.to_stored(), self.path)
            about = {"title": model.title, "time": time.time(), "loss": model.info.loss}
            self.path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
            self.error, self.time = None, time.time()
        except Exception as error:  # training goes on without its safety net, and says so
            self.error = f"the weights could not be kept for recovery: {error}"
        return time.monotonic() - begin

    def drop(self) -> None:
        """Delete the copy: the model is in a file of its own, or was closed."""
        _delete(self.path)
        if self._lock_file is not None:
            self._lock_file.release()
            self._lock_file = None


def lost_models() -> list[LostModel]:
    """List copies that no living program holds, newest first."""
    found = []
    for path in recovery_folder().glob("*.scnm"):
        lock = LockFile.acquire(path.with_suffix(".lock"))
        if lock is None:
            continue
        lock.release()
        try:
            about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            found.append(LostModel(path, str(about["title"]), float(about["time"]), float(about["loss"])))
        except (OSError, ValueError, KeyError):  # it ended while writing: the weights are whole, written by renaming
            found.append(LostModel(path, path.stem, path.stat().st_mtime, 0.0))
    return sorted(found, key=lambda lost: -lost.time)


def discard_lost(lost: LostModel) -> None:
    """Delete a copy that is not wanted; one that is in use is left alone."""
    lock = LockFile.acquire(lost.path.with_suffix(".lock"))
    if lock is not None:
        _delete(lost.path)
        lock.release()


def _delete(path: Path) -> None:
    for one in (path, path.with_suffix(".json")):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)
