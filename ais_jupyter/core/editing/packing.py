"""Masks as bytes: eight pixels in a byte, compressed where that helps. Small enough to send and to keep for undo."""

from __future__ import annotations

import zlib

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError

_PLAIN, _ZLIB = 0, 1


def pack_mask(mask: np.ndarray, compress: bool = True) -> bytes:
    """Bytes of a mask (y, x): one byte that says how, then the bits row by row, the first pixel in the highest bit.

    Rows are not padded; only the last byte may have unused low bits. The first byte is 0 for plain bits and 1 for bits
    compressed with zlib.
    """
    bits = np.packbits(np.asarray(mask) != 0).tobytes()
    if compress and len(bits) > 16:
        smaller = zlib.compress(bits, 1)
        if len(smaller) < len(bits):
            return bytes([_ZLIB]) + smaller
    return bytes([_PLAIN]) + bits


def unpack_mask(data: bytes | memoryview, shape: tuple[int, int]) -> np.ndarray:
    """Mask uint8 (y, x) of 0 and 1 from the bytes of `pack_mask`.

    Raises
    ------
    FileFormatError
        The bytes are not those of a mask of this shape.
    """
    count = int(shape[0]) * int(shape[1])
    expected = (count + 7) // 8
    data = bytes(data)
    if not data or data[0] not in (_PLAIN, _ZLIB):
        raise FileFormatError("a packed mask starts with the byte 0 or 1")
    bits = data[1:]
    if data[0] == _ZLIB:
        try:
            bits = zlib.decompressobj().decompress(bits, expected + 1)
        except zlib.error as error:
            raise FileFormatError(f"a packed mask is damaged: {error}") from None
    if len(bits) != expected:
        raise FileFormatError(f"a packed mask of {shape[0]}×{shape[1]} needs {expected} bytes, not {len(bits)}")
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=count).reshape(shape)
