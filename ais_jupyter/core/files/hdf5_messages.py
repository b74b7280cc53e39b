"""Pieces of HDF5 files as they are written by default: object headers, types, sizes, links and attributes.

The HDF5 library itself hangs and crashes on damaged files, and a model may come from anywhere. So models are read by
the few pages here, which know what Keras writes and refuse the rest; every step is checked against the length of the
file.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError

DATASPACE, LINK_INFO, DATATYPE, LINK, EXTERNAL, LAYOUT, FILTERS, ATTRIBUTE = 0x1, 0x2, 0x3, 0x6, 0x7, 0x8, 0xB, 0xC
CONTINUATION, SYMBOL_TABLE = 0x10, 0x11
NOWHERE = 0xFFFFFFFFFFFFFFFF
_SHARED = 2
_MOST_MESSAGES = 1 << 16

FIXED_TEXT, VARIABLE_TEXT = "fixed text", "variable text"


class Bytes:
    """The file, read with bounds."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def unpack(self, form: str, offset: int) -> tuple[int, ...]:
        """Unpack little-endian integers."""
        form = "<" + form
        if not 0 <= offset <= len(self.data) - struct.calcsize(form):
            raise FileFormatError("an address points outside the file")
        return struct.unpack_from(form, self.data, offset)

    def part(self, offset: int, size: int) -> bytes:
        """Return `size` bytes at `offset`."""
        if not (0 <= size <= len(self.data) and 0 <= offset <= len(self.data) - size):
            raise FileFormatError("an address points outside the file")
        return self.data[offset : offset + size]

    def expect(self, offset: int, signature: bytes) -> None:
        """Check the signature of a structure."""
        if self.part(offset, len(signature)) != signature:
            raise FileFormatError(f"the structure {signature.decode('latin1')} is missing where it should be")


@dataclass(frozen=True)
class Type:
    """Type of the elements: a NumPy number type, or one of the two kinds of text, and their size in bytes."""

    kind: str
    size: int


def messages(file: Bytes, address: int) -> list[tuple[int, bytes]]:
    """Return the messages (type, content) of the object whose header lies at `address`."""
    version, _, count, _, size = file.unpack("BBHII", address)
    if version != 1:
        raise FileFormatError("an object is stored in a newer form of HDF5 than Keras writes")
    blocks, seen = [(address + 16, size)], {address + 16}
    found: list[tuple[int, bytes]] = []
    while blocks:
        start, length = blocks.pop(0)
        at = start
        while at + 8 <= start + length and len(found) < min(count, _MOST_MESSAGES):
            kind, size, flags = file.unpack("HHB", at)
            content = file.part(at + 8, size)
            if flags & _SHARED and kind in (DATASPACE, DATATYPE, ATTRIBUTE):
                raise FileFormatError("a description is shared between objects, which Keras does not do")
            found.append((kind, content))
            if kind == CONTINUATION:
                place, length_there = Bytes(content).unpack("QQ", 0)
                if place in seen:
                    raise FileFormatError("an object header refers to itself")
                seen.add(place)
                blocks.append((place, length_there))
            at += 8 + size
    return found


def parse_shape(content: bytes) -> tuple[int, ...]:
    """Return the shape that a dataspace message describes."""
    piece = Bytes(content)
    version, rank, _ = piece.unpack("BBB", 0)
    if version not in (1, 2) or rank > 32:
        raise FileFormatError("a shape is damaged")
    if version == 2 and piece.unpack("B", 3)[0] == 2:
        return (0,)  # no elements at all
    return piece.unpack(f"{rank}Q", 8 if version == 1 else 4)


def parse_type(content: bytes) -> Type | None:
    """Return the type that a datatype message describes; None for those that models do not have."""
    piece = Bytes(content)
    head, bits, _, _, size = piece.unpack("BBBBI", 0)
    family = head & 0x0F
    order = ">" if bits & 1 else "<"
    if family == 1 and size in (2, 4, 8):
        return Type(f"{order}f{size}", size)
    if family == 0 and size in (1, 2, 4, 8):
        return Type(f"{order}{'i' if bits & 8 else 'u'}{size}", size)
    if family == 3 and 0 < size < 1 << 20:
        return Type(FIXED_TEXT, size)
    if family == 9 and bits & 0x0F == 1 and size == 16:
        return Type(VARIABLE_TEXT, size)
    return None


def parse_link(content: bytes) -> tuple[str, int]:
    """Return the name and the address of a hard link.

    Raises
    ------
    UnsafeFileError
        It is a link to another place or file.
    """
    piece = Bytes(content)
    _, flags = piece.unpack("BB", 0)
    at, kind = 2, 0
    if flags & 8:
        kind, at = piece.unpack("B", at)[0], at + 1
    at += (8 if flags & 4 else 0) + (1 if flags & 16 else 0)
    width = 1 << (flags & 3)
    (length,) = piece.unpack("BHIQ"[flags & 3], at)
    name = piece.part(at + width, length).decode("utf-8", "replace")
    if kind:
        raise UnsafeFileError(f"{name!r} is a link to another place; only data in the file itself is read")
    return name, piece.unpack("Q", at + width + length)[0]


def parse_attribute(content: bytes) -> tuple[str, Type | None, tuple[int, ...], bytes]:
    """Return name, type, shape and raw data of an attribute."""
    piece = Bytes(content)
    version, flags, name_size, type_size, shape_size = piece.unpack("BBHHH", 0)
    if version not in (1, 2, 3) or (version > 1 and flags & 3):
        raise FileFormatError("an attribute is damaged")
    at = 9 if version == 3 else 8
    parts = []
    for size in (name_size, type_size, shape_size):
        parts.append(piece.part(at, size))
        at += size if version > 1 else -(-size // 8) * 8
    name = parts[0].split(b"\0", 1)[0].decode("utf-8", "replace")
    kind, shape = parse_type(parts[1]), parse_shape(parts[2])
    size = math.prod(shape) * (kind.size if kind else 0)
    if size > len(content):
        raise UnsafeFileError(f"attribute {name!r} announces {size} bytes where it has {len(content)}; refused")
    return name, kind, shape, piece.part(at, size)


def parse_data(file: Bytes, content: bytes, shape: tuple[int, ...], kind: Type) -> np.ndarray:
    """Return the numbers that a layout message locates.

    Raises
    ------
    UnsafeFileError
        More is announced than is stored, or the data lie elsewhere.
    """
    piece = Bytes(content)
    version, layout = piece.unpack("BB", 0)
    if version == 4 and layout == 3:
        raise UnsafeFileError("the data lie in other files; only data in the file itself is read")
    if version != 3 or layout not in (0, 1):
        raise FileFormatError("the data are not stored in one piece, as Keras does")
    needed = math.prod(shape) * kind.size
    if layout == 0:
        (stored,) = piece.unpack("H", 2)
        source, address = piece, 4
    else:
        address, stored = piece.unpack("QQ", 2)
        source = file
    if needed > stored:
        raise UnsafeFileError(f"{needed} bytes are announced where {stored} are stored; refused")
    if needed == 0:
        return np.empty(shape, kind.kind)
    return np.frombuffer(source.part(address, needed), kind.kind).reshape(shape)
