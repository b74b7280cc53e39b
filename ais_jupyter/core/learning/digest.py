"""What identifies the content of an array: equal where its values are, and much shorter."""

from __future__ import annotations

import hashlib

import numpy as np


def digest(block: np.ndarray) -> bytes:
    """Return what identifies the values of a block."""
    contiguous = np.ascontiguousarray(block)
    return hashlib.blake2b(contiguous.data, digest_size=16, person=str(block.shape).encode()[:16]).digest()
