"""A lock file that says a journal is in use, and that the operating system lets go of when its process dies."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
import weakref
from pathlib import Path
from typing import IO

_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}

#: A process may lock its own files twice without noticing, so it remembers them.
_own: weakref.WeakValueDictionary[str, LockFile] = weakref.WeakValueDictionary()
_mutex = threading.Lock()


class LockFile:
    """A lock held until `release`, garbage collection or the end of the process, however it ends.

    Where the file system has no locks (some network drives), the process number in the file decides, on the same host.
    """

    def __init__(self, path: Path, file: IO[str]) -> None:
        self.path = path
        self._file = file

    @classmethod
    def acquire(cls, path: Path) -> LockFile | None:
        """Take the lock, or return None when a living process (this one included) holds it."""
        with _mutex:
            return cls._acquire(path, os.path.realpath(path))

    @classmethod
    def _acquire(cls, path: Path, key: str) -> LockFile | None:
        if key in _own:
            return None
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  it stays open: the lock is bound to it
        try:
            _lock(file)
        except OSError as error:
            if error.errno not in _UNSUPPORTED or _holder_lives(file):
                file.close()
                return None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()} {socket.gethostname()}\n")
        file.flush()
        lock = cls(path, file)
        _own[key] = lock
        return lock

    def release(self) -> None:
        """Let go and remove the file."""
        _own.pop(os.path.realpath(self.path), None)
        with contextlib.suppress(OSError):
            if sys.platform == "win32":  # an open file cannot be removed there
                self._file.close()
            self.path.unlink(missing_ok=True)
        self._file.close()


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        # a record lock: children made by fork do not inherit it, so they cannot keep it after a crash
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _holder_lives(file: IO[str]) -> bool:
    file.seek(0)
    words = file.read().split()
    if len(words) != 2 or not words[0].isdigit() or words[1] != socket.gethostname() or sys.platform == "win32":
        return bool(words)  # of another host nothing is known: leave it alone
    try:
        os.kill(int(words[0]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(words[0]) != os.getpid()
