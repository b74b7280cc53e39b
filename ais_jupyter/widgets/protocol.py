"""The messages between browser and kernel; kept in step with ``js/src/kernel/protocol.ts``.

Browser → kernel: a *request* ``{"id", "kind", …}``, with buffers. It is always answered: ``{"id", …}`` with buffers,
or ``{"id", "error": {"message", "type"}}``. ``{"kind": "cancel", "id"}`` withdraws a request nobody waits for any more.
Kernel → browser: replies, and *events* ``{"event", …}`` that nobody asked for.

A message to the kernel may hold at most 4 MiB (over 10 MiB the server closes the connection). What is larger travels
first in parts: requests ``{"kind": "upload", "upload", "part", "parts"}``, then the request that names the upload.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

Buffers = Sequence[bytes | memoryview]

MAX_MESSAGE = 4 * 1024 * 1024


@dataclass
class Answer:
    """What a handler returns when it has more than plain values to say."""

    content: dict[str, Any] = field(default_factory=dict)
    buffers: list[Any] = field(default_factory=list)


Handler = Callable[[dict[str, Any], Buffers], "Answer | dict[str, Any] | None"]


class Uploads:
    """Puts together what arrives in parts."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[int, bytes]] = {}

    def add(self, content: dict[str, Any], buffers: Buffers) -> dict[str, Any]:
        """Keep one part; the answer says how many there are."""
        parts = self._parts.setdefault(str(content["upload"]), {})
        parts[int(content["part"])] = bytes(buffers[0])
        return {"received": len(parts)}

    def take(self, content: dict[str, Any]) -> list[bytes]:
        """Return the buffers of a request whose data came before it; `lengths` says where to cut.

        Raises
        ------
        ValueError
            A part is missing; the browser then sends all of it again.
        """
        parts = self._parts.pop(str(content["upload"]), {})
        whole = b"".join(parts[i] for i in sorted(parts))
        lengths = [int(n) for n in content["lengths"]]
        if len(whole) != sum(lengths):
            raise ValueError(f"an upload of {sum(lengths)} bytes arrived with {len(whole)}")
        cuts = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
        return [whole[a:b] for a, b in pairwise(cuts)]
