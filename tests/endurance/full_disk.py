"""A disk that is full from the n-th write on, for everything that Python opens for writing."""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import os
import tarfile
from collections.abc import Iterator
from typing import Any


class _Writing(io.FileIO):
    """A file whose writes are counted, and fail where the disk is full."""

    disk: FullDisk

    def write(self, data: Any) -> int:
        self.disk.count()
        return super().write(data)


class FullDisk:
    """Counts writes; from number `full_from` on each of them fails.

    Attributes
    ----------
    writes : int
        How many there were.
    """

    def __init__(self, full_from: int | None) -> None:
        self.full_from, self.writes = full_from, 0

    def count(self) -> None:
        self.writes += 1
        if self.full_from is not None and self.writes > self.full_from:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @contextlib.contextmanager
    def used(self) -> Iterator[FullDisk]:
        """Use this disk for the block."""
        originals = builtins.open, io.open, os.write, tarfile.bltn_open

        def opened(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **kwargs: Any) -> Any:
            if not isinstance(mode, str) or not set(mode) & set("wxa+"):
                return originals[0](file, mode, buffering, *args, **kwargs)
            raw = _Writing(file, mode.replace("b", "").replace("t", ""), kwargs.get("closefd", True))
            raw.disk = self
            if buffering == 0:
                return raw
            size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
            buffered = io.BufferedRandom(raw, size) if "+" in mode else io.BufferedWriter(raw, size)
            if "b" in mode:
                return buffered
            return io.TextIOWrapper(buffered, *args, **{k: v for k, v in kwargs.items() if k != "closefd"})

        def written(descriptor: int, data: Any) -> int:
            if descriptor > 2:
                self.count()
            return originals[2](descriptor, data)

        builtins.open = io.open = tarfile.bltn_open = opened  # type: ignore[assignment]
        os.write = written
        try:
            yield self
        finally:
            builtins.open, io.open, os.write, tarfile.bltn_open = originals  # type: ignore[assignment]
