"""What of a list has changed since the page was told: messages are as small as the change, however long the list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Entry = TypeVar("Entry")
Described = TypeVar("Described")


class ListChanges(Generic[Entry, Described]):
    """Finds the entries of a list that differ from what was told last.

    Parameters
    ----------
    describe : callable
        Returns what the page shows of an entry. It is called for touched entries only.
    """

    def __init__(self, describe: Callable[[Entry], Described]) -> None:
        self._describe = describe
        self._told: dict[str, Described] = {}
        self._touched: set[str] = set()
        self._all_touched = True
        self._lock = threading.Lock()

    def touch(self, uid: str | None = None) -> None:
        """Note that an entry may have changed, or any of them."""
        with self._lock:
            if uid is None:
                self._all_touched = True
            else:
                self._touched.add(uid)

    def news(self, entries: Mapping[str, Entry]) -> tuple[list[Described], list[str] | None]:
        """Return the entries that differ, and all uids in order where other ones are in the list.

        Parameters
        ----------
        entries : dict of uid → entry
            As they are now, in order.
        """
        with self._lock:
            touched = set(entries) if self._all_touched else self._touched | (set(entries) - set(self._told))
            known = {uid: self._describe(entries[uid]) if uid in touched else self._told[uid] for uid in entries}
            self._touched, self._all_touched = set(), False
            changed = [known[uid] for uid in entries if uid in touched and known[uid] != self._told.get(uid)]
            order = list(entries) if list(self._told) != list(entries) else None
            self._told = known
        return changed, order
