"""A lock that also works where the file system has none: a folder that only one process can make, with a heartbeat.

Why our own: locks of the operating system fail on many cluster file systems (ENOLCK, EOPNOTSUPP, ENOSYS), lock files
that are merely created stay behind when a process is killed, and hard links do not exist on SMB and FUSE. Making a
folder is atomic on all of them. The libraries tried (filelock, flufl.lock) each need one of those three.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import sys
import threading
import time
import weakref
from functools import cache
from pathlib import Path

#: Seconds between two heartbeats, and without one after which a lock counts as left behind.
INTERVAL, EXPIRY = 20.0, 180.0

_LONGEST_NAME = 200  # bytes; file systems allow 255

_held: weakref.WeakValueDictionary[str, Lock] = weakref.WeakValueDictionary()
_mutex = threading.RLock()
_heart: threading.Thread | None = None


class Lock:
    """The sole right to work on one file, until `release`, garbage collection or the end of the process.

    A process that dies gives its locks up at once on the same machine, and after `EXPIRY` seconds elsewhere, counted by
    the clock of the file system.

    Attributes
    ----------
    folder : Path
        The folder that stands for the lock, hidden beside the file.
    """

    def __init__(self, folder: Path, mark: Path) -> None:
        self.folder, self._mark = folder, mark
        self._finalizer = weakref.finalize(self, _remove, folder, mark, os.getpid())

    @classmethod
    def acquire(cls, path: Path) -> Lock | None:
        """Lock the file at `path`, or return None when a living process (this one included) has locked it.

        Raises
        ------
        OSError
            The folder does not exist or cannot be written.
        """
        folder = lock_folder(path)
        key = os.path.realpath(folder)
        with _mutex:
            if key in _held or not _make(folder):
                return None
            mark = folder / f"{os.getpid()}.{secrets.token_hex(6)}.{_machine()}"
            try:
                mark.touch()
            except OSError:
                with contextlib.suppress(OSError):
                    folder.rmdir()
                raise
            lock = _held[key] = cls(folder, mark)
            _beat()
            return lock

    @property
    def lost(self) -> bool:
        """Whether another process took the lock over, since this one stood still for too long."""
        return not self._mark.exists()

    def release(self) -> None:
        """Give the lock up."""
        with _mutex:
            _held.pop(os.path.realpath(self.folder), None)
            self._finalizer()


def is_locked(path: Path) -> bool:
    """Whether a living process has locked the file at `path`; nothing is written."""
    folder = lock_folder(path)
    return folder.exists() and not _left_behind(folder, probe=False)


def lock_folder(path: Path) -> Path:
    """Folder that stands for the lock of a file."""
    name = path.name
    if len(name.encode()) > _LONGEST_NAME:
        name = name[:40] + hashlib.sha256(name.encode()).hexdigest()[:24]
    return path.with_name(f".{name}.lock")


def _make(folder: Path) -> bool:
    """Make the folder; False where a living process has made it."""
    try:
        folder.mkdir()
    except FileExistsError:
        return _left_behind(folder) and _take_over(folder)
    return True


def _left_behind(folder: Path, probe: bool = True) -> bool:
    """Whether the process that made the folder is dead, or has shown no sign of life for `EXPIRY` seconds."""
    try:
        marks = sorted(folder.iterdir())
        newest = max((entry.stat().st_mtime for entry in marks), default=None)
        if newest is None:  # made this moment, or its maker died in between
            newest = folder.stat().st_mtime
    except FileNotFoundError:
        return False  # released just now: the next attempt makes it
    except OSError:
        return False
    if marks and all(_is_dead(mark.name) for mark in marks):
        return True
    return _now(folder, probe) - newest > EXPIRY


def _is_dead(mark: str) -> bool:
    """Whether a mark is that of a process of this machine that has ended."""
    pid, _, machine = mark.split(".", 2) if mark.count(".") >= 2 else ("", "", "")
    if machine != _machine() or not pid.isdigit() or sys.platform == "win32":  # there, signal 0 ends the process
        return False
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _now(folder: Path, probe: bool) -> float:
    """Return the present by the clock of the file system, which on a network drive is not ours."""
    if probe:
        with contextlib.suppress(OSError):
            trial = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}")
            trial.touch()
            moment = trial.stat().st_mtime
            trial.unlink()
            return moment
    return time.time()


def _take_over(folder: Path) -> bool:
    """Make anew a folder that was left behind; only one process at a time may try, and looks again before it does."""
    guard = folder.with_name(f"{folder.name}.takeover")
    try:
        guard.mkdir()
    except FileExistsError:
        with contextlib.suppress(OSError):  # a process that died in the few milliseconds that this takes
            if _now(guard, probe=True) - guard.stat().st_mtime > EXPIRY:
                guard.rmdir()
        return False
    try:
        if not _left_behind(folder):
            return False
        for mark in folder.iterdir():
            mark.unlink()
        folder.rmdir()
        folder.mkdir()
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            guard.rmdir()
    return True


def _remove(folder: Path, mark: Path, pid: int) -> None:
    if os.getpid() != pid:  # a forked child does not own what its parent holds
        return
    with contextlib.suppress(OSError):
        mark.unlink()
        folder.rmdir()


def _beat() -> None:
    """Keep the marks of all held locks young, in one thread for the whole process."""
    global _heart
    if _heart is None or not _heart.is_alive():
        _heart = threading.Thread(target=_beat_on, name="ais locks", daemon=True)
        _heart.start()


def _beat_on() -> None:
    global _heart
    pause = threading.Event()
    while True:
        pause.wait(INTERVAL)
        with _mutex:
            if not _held:
                _heart = None
                return
        _beat_once()


def _beat_once() -> None:
    for lock in list(_held.values()):
        with contextlib.suppress(OSError):
            os.utime(lock._mark)


@cache
def _machine() -> str:
    """Name of the machine since it was started, and of the process numbers that count in it (containers)."""
    parts = [socket.gethostname()]
    for source in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        with contextlib.suppress(OSError):
            inside = source.endswith("pid")
            parts.append(os.readlink(source) if inside else Path(source).read_text(encoding="ascii").strip())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _after_fork() -> None:
    global _held, _mutex, _heart
    _held, _mutex, _heart = weakref.WeakValueDictionary(), threading.RLock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
