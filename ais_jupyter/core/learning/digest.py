"""The responses of what was looked at last, so that a refitted forest need not compute them again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import numpy as np

from ais_jupyter.core.data.filter_bank import FilterBank

Key = tuple[bytes, FilterBank, tuple[int, int, int, int]]

#: Bytes; a slice of 1024² takes 168 MB with 40 responses.
BUDGET = 200 * 1024 * 1024


class ResponseCache:
    """Responses of tiles by what they were computed from; whatever changes that, is another key.

    Parameters
    ----------
    budget : int
        Bytes to keep; those used last stay.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self._kept: OrderedDict[Key, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> np.ndarray | None:
        """Return what was kept, None where nothing was. Do not write into it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, responses: np.ndarray) -> None:
        """Keep the responses of a tile, and drop those that were not used for longest."""
        if responses.nbytes > self.budget:
            return
        with self._lock:
            self._kept[key] = responses
            while sum(one.nbytes for one in self._kept.values()) > self.budget:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()


def digest(block: np.ndarray) -> bytes:
    """Return what identifies the grey values of a block."""
    contiguous = np.ascontiguousarray(block)
    return hashlib.blake2b(contiguous.data, digest_size=16, person=str(block.shape).encode()[:16]).digest()
