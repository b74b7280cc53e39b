"""File names: the one place where they are made from names and titles, and taken apart again.

A result is called ``<tomogram>__<title>.mrc``, as in desktop Ais. Titles come from people and from strangers' files, so
what no file system takes, or what would leave the folder, is written as ``%`` and two hexadecimal digits per byte, as
in web addresses; ordinary names stay as they are. A double underscore in a title and an underscore at its beginning are
written that way, too, so that the last double underscore always separates tomogram and title: ``grid__ts1__Ribosome``
is the ribosomes of ``grid__ts1``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

SEPARATOR = "__"

#: Extensions of volumes, longest first where one ends with another; and of what may be packed around MRC volumes.
MRC_SUFFIXES = (".mrc", ".rec", ".map", ".st", ".ali", ".preali", ".mrcs", ".ccp4")
TIFF_SUFFIXES = (".ome.tiff", ".ome.tif", ".tiff", ".tif", ".btf", ".tf8")
PACKED_SUFFIXES = (".gz", ".bz2")
VOLUME_SUFFIXES = (
    *TIFF_SUFFIXES, *(mrc + packed for mrc in MRC_SUFFIXES for packed in PACKED_SUFFIXES), *MRC_SUFFIXES,
)  # fmt: skip

#: Bytes of a name; file systems take 255, some encrypted ones 143.
LONGEST = 120
_HASH = 8

#: What Windows, macOS or a shell would take for something else.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f%/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)


def volume_stem(path: str | Path) -> str:
    """Name of a volume: that of its file without folder and without its whole extension, such as ``.mrc.gz``."""
    name = str(path).replace("\\", "/").rsplit("/", 1)[-1]
    lower = name.lower()
    for suffix in VOLUME_SUFFIXES:
        if lower.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return re.sub(r"(?<=.)\.[A-Za-z][A-Za-z0-9]{0,9}$", "", name)


def is_volume_name(path: str | Path) -> bool:
    """Whether a file is called like a volume that can be opened."""
    return str(path).lower().endswith(VOLUME_SUFFIXES)


def component(text: str, longest: int = LONGEST) -> str:
    """Return `text` as one part of a path: never empty, never a folder's name, the same on every file system.

    `plain` gives the text back, unless it was longer than `longest` bytes: such names end in a hash.
    """
    safe = _UNSAFE.sub(_escaped, text)
    safe = "".join(_escaped_text(c) if 0xD800 <= ord(c) < 0xE000 else c for c in safe)
    safe = re.sub(r"^[.\s]|[.\s]$", _escaped, safe)
    if _RESERVED.match(safe):
        safe = _escaped_text(safe[0]) + safe[1:]
    if unicodedata.normalize("NFC", safe) != safe:  # macOS would turn it into another
        safe = "".join(c if unicodedata.normalize("NFC", c) == c and not unicodedata.combining(c) else _escaped_text(c)
                       for c in safe)  # fmt: skip
    if not safe:
        return "%"
    if len(safe.encode()) > longest:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH]
        return f"{_cut(safe, longest - _HASH - 1)}~{digest}"
    return safe


def plain(name: str) -> str:
    """Return the text from which `component` made a name; what is no such name is returned as it is."""
    if name == "%":
        return ""
    try:
        raw = re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), name.encode("utf-8", "surrogatepass"))
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return name


def result_name(tomogram: str, title: str) -> str:
    """File name of what the model called `title` finds in a tomogram."""
    return f"{component(tomogram)}{SEPARATOR}{_title_component(title)}.mrc"


def coordinates_name(tomogram: str, title: str) -> str:
    """File name of the particles picked from what the model called `title` finds in a tomogram."""
    stem = result_name(tomogram, title)[: -len(".mrc")] if title else component(tomogram)
    return f"{stem}_coords.star"


def split_result(path: str | Path) -> tuple[str, str]:
    """Name of the tomogram and title in the name of a result; "" as title where there is none."""
    stem = volume_stem(path)
    if SEPARATOR not in stem:
        return plain(stem), ""
    tomogram, title = stem.rsplit(SEPARATOR, 1)
    return plain(tomogram), plain(title)


def unique_names(paths: Sequence[Path]) -> list[str]:
    """Names for tomograms, different from each other on every file system.

    Each is the file's own, ``volume_stem``. Those that would be alike all get what tells them apart: the folder
    (``TS_01_rec`` and ``TS_02_rec`` for ``TS_01/rec.mrc`` and ``TS_02/rec.mrc``), or the extension (``a_mrc`` and
    ``a_rec``), or a number, in the order given.
    """
    parts = [[*path.parent.parts, volume_stem(path)] for path in paths]
    names = [volume_stem(path) for path in paths]
    for depth in range(2, 2 + max((len(p) for p in parts), default=0)):
        alike = _alike(names)
        if not alike:
            return names
        longer = {i: "_".join(p.strip("/\\:") for p in parts[i][-depth:] if p.strip("/\\:")) for i in alike}
        if depth == 2 and len({str(paths[i].parent) for i in alike}) == 1:
            longer = {i: names[i] + paths[i].name[len(names[i]) :].replace(".", "_") for i in alike}
        names = [longer.get(i, name) for i, name in enumerate(names)]
    for count, i in enumerate(sorted(_alike(names)), 1):
        names[i] = f"{names[i]}_{count}"
    return names


def same_name(one: str, other: str) -> bool:
    """Whether two names would be one file where case and the form of accents do not count."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """Form of a name in which those are equal that some file system takes for one."""
    return unicodedata.normalize("NFKC", name).casefold()


def _alike(names: Sequence[str]) -> set[int]:
    """Places of names that are not unique."""
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(folded(component(name)), []).append(place)
    return {place for places in groups.values() if len(places) > 1 for place in places}


def _title_component(title: str) -> str:
    return re.sub(r"^_", "%5F", component(title).replace(SEPARATOR, "_%5F"))


def _escaped(match: re.Match[str]) -> str:
    return _escaped_text(match[0])


def _escaped_text(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _cut(text: str, size: int) -> str:
    """Shorten to `size` bytes, not in the middle of a letter or of an escaped byte."""
    shorter = text.encode()[:size].decode(errors="ignore")
    return re.sub(r"%[0-9A-F]?$", "", shorter)
