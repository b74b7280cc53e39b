"""A window with models, asked as the browser asks it."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))

from test_segmenting import brightness_model

from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.widgets import Workspace
from ais_jupyter.widgets.wire import REQUESTS
from ais_jupyter.widgets.wire.check import fields_of

SHAPE = (6, 40, 48)


class ModelWindow:
    """Sends requests and collects answers and events."""

    def __init__(self, models=(), path=None, **settings):
        data = np.random.default_rng(0).normal(100, 10, SHAPE).astype(np.float32)
        self.workspace = Workspace(Tomogram(data, 10.0, name="cell", path=path), models=models, **settings)
        self.sent: list[tuple[dict, list]] = []
        self._arrived = threading.Condition()
        self._count = 0
        self.workspace.send = self._send

    def _send(self, content, buffers=None):
        with self._arrived:
            self.sent.append((content, list(buffers or [])))
            self._arrived.notify_all()

    @property
    def annotated(self):
        return self.workspace.annotated[0]

    def post(self, kind, **content):
        """Send a request without waiting; returns its id."""
        self._count += 1
        request = f"q{self._count}"
        if "tomogram" in fields_of(REQUESTS[kind].question) and self.workspace.annotated:
            content.setdefault("tomogram", self.annotated.uid)
        self.workspace._receive(self.workspace, {**content, "id": request, "kind": kind}, [])
        return request

    def wait(self, match, timeout=20.0):
        """Wait for a message; returns its content and buffers."""
        deadline = time.monotonic() + timeout
        with self._arrived:
            while True:
                for content, buffers in self.sent:
                    if match(content):
                        return content, buffers
                assert self._arrived.wait(deadline - time.monotonic()), "no such message"

    def ask(self, kind, timeout=20.0, **content):
        """Send a request and return its answer."""
        request = self.post(kind, **content)
        return self.wait(lambda message: message.get("id") == request, timeout)

    def event(self, name, match=lambda content: True):
        """Wait for an event; returns its content."""
        return self.wait(lambda message: message.get("event") == name and match(message))[0]

    def close(self):
        self.workspace.close()


__all__ = ["SHAPE", "ModelWindow", "brightness_model"]
