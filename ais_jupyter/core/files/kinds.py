"""What kind of file this is, told by its content alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.files.mrc_header import HEADER_SIZE, looks_like_mrc
from ais_jupyter.core.files.safe_tar import SafeTar

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

#: Kind → what a person calls it.
DESCRIPTION = {
    "mrc": "an MRC volume",
    "tiff": "a TIFF stack",
    "scnt_tar": "a training set (.scnt)",
    "scnt_tiff": "a training set (.scnt)",
}

#: Kind → module of this package and the function in it that opens such a file.
_READERS = {
    "mrc": ("mrc", "read_mrc"),
    "tiff": ("tiff", "read_tiff"),
    "scnt_tar": ("scnt", "read_scnt_tar"),
    "scnt_tiff": ("scnt_tiff", "read_scnt_tiff"),
}


def reader(kind: str) -> Callable[[Path], Any]:
    """Return the function that opens a file of this kind."""
    module, name = _READERS[kind]
    return getattr(import_module(f"ais_jupyter.core.files.{module}"), name)


def expected() -> str:
    """Everything that can be opened, in words."""
    return ", ".join(dict.fromkeys(DESCRIPTION.values()))


def identify(path: Path) -> str:
    """Return the kind of a file: a key of `DESCRIPTION`.

    Raises
    ------
    FileFormatError
        The file cannot be opened or is of no supported kind.
    """
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder; expected {expected()}")
    try:
        with open(path, "rb") as file:
            start = file.read(HEADER_SIZE)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error
    if not start:
        raise FileFormatError(f"{path} is empty; expected {expected()}")
    if start[:4] in TIFF_MAGIC:
        return "scnt_tiff" if _has_training_tag(path) else "tiff"
    if start[:2] == b"\x1f\x8b" or start[:3] == b"BZh":
        return "mrc"
    if start[257:262] == b"ustar":
        return _archive_kind(path)
    if looks_like_mrc(start, size) or path.suffix.lower() in (".mrc", ".rec", ".map", ".st"):
        return "mrc"  # where only the name says so, its reader says what is wrong
    raise FileFormatError(f"{path} is of no known kind; expected {expected()}")


def _archive_kind(path: Path) -> str:
    with SafeTar(path) as archive:
        names = archive.names
    if any(name.startswith("y/") for name in names):
        return "scnt_tar"
    shown = ", ".join(names[:5]) or "nothing"
    raise FileFormatError(f"{path}: an archive that is neither a training set nor a model; it holds {shown}")


def _has_training_tag(path: Path) -> bool:
    """Whether the first page says ``apix=``, as training sets do; the tag lies within the first few kilobytes."""
    with open(path, "rb") as file:
        return b"apix=" in file.read(8192)
