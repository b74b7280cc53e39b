"""Arrays kept within a budget of bytes; those not asked for for longest go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np


class ArrayCache:
    """Arrays by key. All methods may be called from any thread."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.bytes = 0
        self._kept: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> np.ndarray | None:
        """Return what is kept, None when there is nothing."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, array: np.ndarray) -> None:
        """Keep `array`, which is not to be written into any more."""
        with self._lock:
            before = self._kept.pop(key, None)
            self.bytes += array.nbytes - (0 if before is None else before.nbytes)
            self._kept[key] = array
            while self.bytes > self.budget and len(self._kept) > 1:
                self.bytes -= self._kept.popitem(last=False)[1].nbytes

    def drop(self, unwanted: Callable[[Hashable], bool]) -> None:
        """Forget everything whose key is unwanted."""
        with self._lock:
            for key in [key for key in self._kept if unwanted(key)]:
                self.bytes -= self._kept.pop(key).nbytes

    def __len__(self) -> int:
        return len(self._kept)
