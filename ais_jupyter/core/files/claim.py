"""Claims on outputs, so that several processes can share the work on one folder."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ais_jupyter.core.data.errors import FileWriteError


class Claim:
    """An output that this process is about to make; others leave it alone.

    The claim is a lock of the operating system on a small file beside the output. It ends with the process, however
    that ends, so that nothing killed stays claimed.
    """

    def __init__(self, path: Path) -> None:
        from filelock import FileLock

        self._file = path.with_name(f".{path.name}.claim")
        self._lock = FileLock(str(self._file))

    @classmethod
    def take(cls, path: Path) -> Claim | None:
        """Claim `path`, or return None when another process has claimed it.

        Raises
        ------
        FileWriteError
            The folder is not writable.
        """
        from filelock import Timeout

        claim = cls(path)
        try:
            claim._lock.acquire(timeout=0)
        except Timeout:
            return None
        except OSError as error:
            raise FileWriteError(f"cannot write in {path.parent}: {error.strerror or error}") from error
        return claim

    def release(self) -> None:
        """Give the claim up."""
        with contextlib.suppress(OSError):
            self._file.unlink()
        self._lock.release()
