"""What kind of file this is, told by its content alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.names import MRC_SUFFIXES
from ais_jupyter.core.files.json_text import parse_json
from ais_jupyter.core.files.mrc_header import HEADER_SIZE, looks_like_mrc
from ais_jupyter.core.files.safe_tar import TEXT_LIMIT, SafeTar

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

#: Kind → what a person calls it.
DESCRIPTION = {
    "mrc": "an MRC volume",
    "tiff": "a TIFF stack",
    "scns": "annotations (.scns)",
    "scnt_tar": "a training set (.scnt)",
    "scnt_tiff": "a training set (.scnt)",
    "scnm_tar": "a trained model (.scnm)",
    "scnm_json": "a trained model (.scnm)",
    "group_tar": "a group of models (.scnmgroup)",
    "group_json": "a group of models (.scnmgroup)",
    "picks": "particles (.star)",
    "feature_library": "a feature library",
}

#: Kinds that are volumes.
VOLUMES = ("mrc", "tiff")

#: Kind → module of this package and the function in it that opens such a file.
_READERS = {
    "mrc": ("mrc", "read_mrc"),
    "tiff": ("tiff", "read_tiff"),
    "scns": ("scns", "read_scns"),
    "scnt_tar": ("scnt", "read_scnt_tar"),
    "scnt_tiff": ("scnt_tiff", "read_scnt_tiff"),
    "scnm_tar": ("scnm", "read_scnm"),
    "scnm_json": ("scnm", "read_scnm"),
    "group_tar": ("scnmgroup", "read_scnmgroup"),
    "group_json": ("scnmgroup", "read_scnmgroup"),
    "picks": ("star", "open_star"),
    "feature_library": ("feature_library", "read_feature_library"),
}


def reader(kind: str) -> Callable[..., Any]:
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
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:  # half of a pair of UTF-16 surrogates, as a broken file of JSON gives
        raise FileFormatError(f"{str(path)!a} cannot be the name of a file") from error
    if "\0" in str(path):
        raise FileFormatError(f"{str(path)!a} cannot be the name of a file: it holds a null character")
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder; expected {expected()}")
    if path.exists() and not path.is_file():  # opening a pipe would wait for somebody to write into it
        raise FileFormatError(f"{path} is a pipe or a device; expected a file: {expected()}")
    try:
        with open(path, "rb") as file:
            start = file.read(HEADER_SIZE)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error
    if not start:
        raise FileFormatError(f"{path} is empty; expected {expected()}")
    if start[:4] in TIFF_MAGIC:
        return "scnt_tiff" if _is_training_set(path) else "tiff"
    if start[:2] == b"\x1f\x8b" or start[:3] == b"BZh":
        return "mrc"
    if start[257:262] == b"ustar":
        return _archive_kind(path)
    if looks_like_mrc(start, size):  # before JSON and pickles: a volume 123 voxels wide begins with "{"
        return "mrc"
    if start[:1] == b"\x80" and 2 <= start[1] <= 5:
        return "scns"
    if start.lstrip()[:1] in (b"{", b"["):
        return _json_kind(path)
    if start[:8] == b"\x89HDF\r\n\x1a\n":
        raise FileFormatError(
            f"{path} is an HDF5 file, perhaps the weights of a model; open the .scnm beside it instead"
        )
    if path.suffix.lower() in MRC_SUFFIXES:
        return "mrc"  # only the name says so; its reader says what is wrong
    if _is_text(start) and (
        re.search(rb"^data_", start, re.MULTILINE) or re.match(rb"\s*(-?[\d.]+[\t ,;]+){2}-?[\d.]+\s*(\n|$)", start)
    ):
        return "picks"
    raise FileFormatError(f"{path} is of no known kind; expected {expected()}")


def _archive_kind(path: Path) -> str:
    with SafeTar(path) as archive:
        names = archive.names
    if any(name.startswith("y/") for name in names):
        return "scnt_tar"
    if any(name.endswith("_interactions.json") for name in names):
        return "group_tar"
    if any(name.endswith("_metadata.json") for name in names) or any(name.endswith("_weights.h5") for name in names):
        return "scnm_tar"
    if "metadata.json" in names or any(name.startswith("x_") for name in names):
        return "scnt_tar"
    shown = ", ".join(names[:5]) or "nothing"
    raise FileFormatError(f"{path}: an archive that is neither a training set nor a model; it holds {shown}")


def _json_kind(path: Path) -> str:
    if path.stat().st_size > TEXT_LIMIT:
        raise FileFormatError(f"{path}: a JSON file of {path.stat().st_size} bytes; expected {expected()}")
    value = parse_json(path.read_bytes(), object, str(path))
    if isinstance(value, dict) and {"title", "apix"} <= value.keys():
        return "scnm_json"
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "group_json"
    if (isinstance(value, dict) and "libraries" in value) or (
        isinstance(value, list) and all(isinstance(item, dict) and "brush_size" in item for item in value)
    ):
        return "feature_library"
    raise FileFormatError(f"{path}: a JSON file of an unknown kind; expected {expected()}")


def _is_text(start: bytes) -> bool:
    return b"\0" not in start and all(byte >= 32 or byte in b"\t\r\n\f" for byte in start)


def _is_training_set(path: Path) -> bool:
    """Whether a TIFF says ``apix=``, as training sets do, and holds square boxes; other programs may say so, too."""
    with open(path, "rb") as file:
        if b"apix=" not in file.read(8192):  # the tag lies within the first few kilobytes
            return False
    from ais_jupyter.core.files.scnt_tiff import holds_boxes

    return holds_boxes(path)
