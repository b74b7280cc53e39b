"""What kind of file this is, told by its content alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.files.mrc_header import HEADER_SIZE, looks_like_mrc

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

EXPECTED = "a tomogram (MRC, TIFF)"


def identify(path: Path) -> str:
    """Return the key of `READERS` for this file.

    Raises
    ------
    FileFormatError
        The file cannot be opened or is of no supported kind.
    """
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder; expected {EXPECTED}")
    try:
        with open(path, "rb") as file:
            start = file.read(HEADER_SIZE)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error
    if not start:
        raise FileFormatError(f"{path} is empty; expected {EXPECTED}")
    if start[:4] in TIFF_MAGIC:
        return "tiff"
    if start[:2] == b"\x1f\x8b" or start[:3] == b"BZh":
        return "mrc"
    if looks_like_mrc(start, size):
        return "mrc"
    if path.suffix.lower() in (".mrc", ".rec", ".map", ".st"):
        return "mrc"  # its reader says what is wrong
    raise FileFormatError(f"{path} is of no known kind; expected {EXPECTED}")


def _mrc(path: Path) -> Any:
    from ais_jupyter.core.files.mrc import read_mrc

    return read_mrc(path)


def _tiff(path: Path) -> Any:
    from ais_jupyter.core.files.tiff import read_tiff

    return read_tiff(path)


READERS: dict[str, Callable[[Path], Any]] = {"mrc": _mrc, "tiff": _tiff}
