"""Copies of trained weights that are in no file yet, so that they survive the end of the program."""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.safekeeping.folder import make_recovery_folder, recovery_folder
from ais_jupyter.core.safekeeping.lock import Lock, is_locked
from ais_jupyter.core.safekeeping.unsaved_work import locked


class Model(Protocol):
    """What is kept of a model."""

    title: str
    info: ModelInfo

    def to_stored(self) -> StoredModel:
        """Return everything worth keeping."""


@dataclass(frozen=True)
class LostModel:
    """A model that a program left behind when it ended: its file, title, time of writing and last loss."""

    path: Path
    title: str
    time: float
    loss: float


class ModelBackup:
    """The copy of one model on disk, held by this program until it ends or drops it.

    Attributes
    ----------
    error : str or None
        Why the latest copy could not be written, for people.
    time : float
        When it was written, seconds since the epoch; 0 before.
    """

    def __init__(self, uid: str) -> None:
        self.path = recovery_folder() / f"{uid}.scnm"
        self.error: str | None = None
        self.time = 0.0
        self._lock: Lock | None = None

    def write(self, model: Model) -> float:
        """Write the model; returns the seconds that took. Where that fails, `error` says why and training continues."""
        begin = time.monotonic()
        try:
            self._hold()
            storage.save(model.to_stored(), self.path, overwrite=True)
            about = {"title": model.title, "time": time.time(), "loss": model.info.loss}
            self.path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
            self.error, self.time = None, time.time()
        except Exception as error:  # training continues without its safety net, and says so
            self.error = f"the weights could not be kept for recovery: {error}"
        return time.monotonic() - begin

    def adopt(self, lost: LostModel) -> None:
        """Take over the copy that another program left behind, by renaming it: a full disk does not matter."""
        with locked(lost.path) as free:
            if not free:
                raise InputError(f"{lost.title!r} is open in another program")
            with contextlib.suppress(OSError):
                self._hold()
            os.replace(lost.path, self.path)
            with contextlib.suppress(OSError):
                os.replace(lost.path.with_suffix(".json"), self.path.with_suffix(".json"))
        self.error, self.time = None, lost.time

    def drop(self) -> None:
        """Delete the copy: the model is in a file of its own, or was closed."""
        _delete(self.path)
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _hold(self) -> None:
        make_recovery_folder()
        if self._lock is None:
            self._lock = Lock.acquire(self.path)


def lost_models() -> list[LostModel]:
    """List copies that no living program holds, newest first; nothing is written for that."""
    found = []
    for path in recovery_folder().glob("*.scnm"):
        try:
            if is_locked(path):
                continue
            written = path.stat().st_mtime
        except OSError:
            continue
        try:
            about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            found.append(LostModel(path, str(about["title"]), float(about["time"]), float(about["loss"])))
        except (OSError, ValueError, KeyError, TypeError):  # it ended before describing the weights, which are whole
            found.append(LostModel(path, path.stem, written, 0.0))
    return sorted(found, key=lambda lost: -lost.time)


def discard_lost(lost: LostModel) -> None:
    """Delete a copy that is not wanted; one that is in use is left alone."""
    with locked(lost.path) as free:
        if free:
            _delete(lost.path)


def _delete(path: Path) -> None:
    for one in (path, path.with_suffix(".json")):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)
