"""Collects what changes in annotations, so that a burst of changes becomes one message."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.edits import Edit

Tell = Callable[[AnnotatedTomogram, int, list[dict[str, Any]], list[bytes]], None]

#: Seconds for which changes are collected before they are sent.
DELAY = 0.03


class ChangeRecorder:
    """Follows the edits of one document. All methods may be called from any thread.

    Parameters
    ----------
    document : Document
    tell : callable
        Gets the annotations, the revision before, the edits as plain fields and their bytes.
    """

    def __init__(self, document: Document, tell: Tell) -> None:
        self.revision = 0
        self._annotated = document.annotated
        self._source = document.edits
        self._tell = tell
        self._edits: list[dict[str, Any]] = []
        self._blobs: list[bytes] = []
        self._timer: threading.Timer | None = None
        self._held = False
        self._source.made.connect(self._add)

    def take(self) -> tuple[list[dict[str, Any]], list[bytes]]:
        """Return what was collected, which then counts as sent."""
        with self._annotated.lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            edits, blobs = self._edits, self._blobs
            if edits:
                self.revision += 1
            self._edits, self._blobs = [], []
            return edits, blobs

    def flush(self) -> None:
        """Send what was collected."""
        with self._annotated.lock:
            before = self.revision
            edits, blobs = self.take()
            if edits:
                self._tell(self._annotated, before, edits, blobs)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Collect without sending during the ``with`` block, after which `take` is called."""
        with self._annotated.lock:
            self._held = True
            try:
                yield
            finally:
                self._held = False

    def close(self) -> None:
        """Stop listening."""
        with self._annotated.lock:
            self.take()
            self._source.made.disconnect(self._add, missing_ok=True)

    def _add(self, edit: Edit) -> None:
        self._edits.append(edit.encode(self._blobs))  # now: a new feature as it is before what follows
        if self._timer is None and not self._held:
            self._timer = threading.Timer(DELAY, self.flush)
            self._timer.daemon = True
            self._timer.start()
