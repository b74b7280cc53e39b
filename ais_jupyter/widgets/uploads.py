"""Puts together what is too large for one message and therefore arrives in parts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.widgets.wire.declare import Buffers
from ais_jupyter.widgets.wire.transport import Received, Upload

#: Uploads that are kept until a request takes them; of more, the oldest was given up by its page.
MOST_UPLOADS = 16
#: Bytes that all of them may hold.
MOST_BYTES = 1 << 30


class Uploads:
    """The parts that have arrived and were not taken yet."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, bytes]] = {}

    def add(self, question: Upload, buffers: Buffers) -> Received:
        """Keep one part; the answer says how many there are.

        Raises
        ------
        InputError
            There are no bytes, or more than this widget may hold.
        """
        if not buffers:
            raise InputError("an upload came without its bytes")
        name, part = question["upload"], bytes(buffers[0])
        if self._size() + len(part) > MOST_BYTES:
            self._parts.pop(name, None)
            raise InputError(f"a page may upload {MOST_BYTES >> 20} MiB at once at most")
        parts = self._parts.setdefault(name, {})
        parts[question["part"]] = part
        while len(self._parts) > MOST_UPLOADS:
            del self._parts[next(iter(self._parts))]
        return {"received": len(parts)}

    def take(self, name: str, lengths: Sequence[int]) -> list[bytes]:
        """Return the buffers of a request whose bytes came before it, cut into `lengths`.

        Raises
        ------
        InputError
            A part is missing; the page then sends all of it again.
        """
        parts = self._parts.pop(name, {})
        whole = b"".join(parts[i] for i in sorted(parts))
        if len(whole) != sum(lengths):
            raise InputError(f"an upload of {sum(lengths)} bytes arrived with {len(whole)}")
        cuts = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
        return [whole[a:b] for a, b in pairwise(cuts)]

    def _size(self) -> int:
        return sum(len(part) for parts in self._parts.values() for part in parts.values())
