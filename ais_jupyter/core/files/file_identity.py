"""Notices that a file was replaced or changed while it is open."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Pieces that tell whether a file that was only touched, or replaced by a copy of itself, is still the same.
_PIECES, _PIECE_SIZE = 5, 4096


@dataclass
class FileIdentity:
    """What a file was when it was opened: number, size, time, and pieces of its content."""

    stamp: tuple[int, int, int, int]
    pieces: bytes

    @classmethod
    def of(cls, path: Path) -> FileIdentity:
        """Take the identity of the file at `path`.

        Raises
        ------
        OSError
            It cannot be read.
        """
        with open(path, "rb") as file:
            return cls(_stamp(file), _pieces(file))

    def is_of(self, file: Any) -> bool:
        """Whether an open binary file still is what it was; one that was only touched is."""
        stamp = _stamp(file)
        if stamp == self.stamp:
            return True
        if stamp[2] != self.stamp[2] or _pieces(file) != self.pieces:
            return False
        self.stamp = stamp
        return True


def _stamp(file: Any) -> tuple[int, int, int, int]:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _pieces(file: Any) -> bytes:
    size = os.fstat(file.fileno()).st_size
    digest = hashlib.sha256()
    for number in range(_PIECES):
        file.seek(max(0, size - _PIECE_SIZE) * number // (_PIECES - 1))
        digest.update(file.read(_PIECE_SIZE))
    file.seek(0)
    return digest.digest()
