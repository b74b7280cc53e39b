"""Collects what happens in a burst, so that it is announced once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)


class Later:
    """Calls `action` once, a moment after the first of several calls.

    Parameters
    ----------
    delay : float
        Seconds.
    action : callable
        Runs in a thread of its own. What it raises is logged: an announcement that fails must not end the next one.
    """

    def __init__(self, delay: float, action: Callable[[], object]) -> None:
        self._delay, self._action = delay, action
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    def __call__(self, *_: Any) -> None:
        """Ask for the action; arguments, such as those of a signal, are ignored."""
        with self._lock:
            if self._timer is None and not self._closed:
                self._timer = threading.Timer(self._delay, self._run)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Forget what was asked for, and do nothing any more."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()

    def _run(self) -> None:
        with self._lock:
            self._timer = None
        try:
            self._action()
        except Exception:
            _log.exception("an announcement to the page failed")
