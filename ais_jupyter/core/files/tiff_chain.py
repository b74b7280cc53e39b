"""The chain of pages of a TIFF, checked before a reader follows it that would follow a circle for ever."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

from ais_jupyter.core.data.errors import FileFormatError

#: More pages than any tomogram has slices.
_MOST_PAGES = 1 << 20


def check_chain(path: Path) -> int:
    """Follow the pages of a TIFF and return how many there are.

    Raises
    ------
    FileFormatError
        The chain leads outside the file or back to itself.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            return _follow(file, size)
        except (struct.error, OverflowError) as error:
            raise FileFormatError(f"{path}: this TIFF ends in the middle of a page's description") from error
        except ValueError as error:
            raise FileFormatError(f"{path}: this TIFF is damaged: {error}") from None


def _follow(file: BinaryIO, size: int) -> int:
    start = file.read(16)
    order = "<" if start[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", start, 2)
    big = version == 43
    count_format, offset_format, entry = (order + "Q", order + "Q", 20) if big else (order + "H", order + "I", 12)
    (at,) = struct.unpack_from(offset_format, start, 8 if big else 4)
    seen: set[int] = set()
    while at:
        if at in seen:
            raise ValueError(f"page {len(seen)} leads back to an earlier one")
        if at >= size or len(seen) >= _MOST_PAGES:
            raise ValueError(f"page {len(seen)} lies outside the file")
        seen.add(at)
        file.seek(at)
        (entries,) = struct.unpack(count_format, file.read(struct.calcsize(count_format)))
        after = file.tell() + entries * entry
        if after > size:
            raise ValueError(f"page {len(seen) - 1} announces {entries} entries")
        file.seek(after)
        (at,) = struct.unpack(offset_format, file.read(struct.calcsize(offset_format)))
    return len(seen)
