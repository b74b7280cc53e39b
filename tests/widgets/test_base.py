"""Every request of the browser is answered, in every case."""

from __future__ import annotations

import threading
import time

import pytest

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.protocol import Answer


class Recorder(KernelWidget):
    """A widget whose messages are kept instead of sent."""

    def __init__(self):
        self.sent = []
        super().__init__("annotator")

    def send(self, content, buffers=None):
        self.sent.append((content, buffers))

    def ask(self, wait=True, **content):
        self._receive(self, content, content.pop("buffers", []))
        deadline = time.monotonic() + 5
        while wait and not self.sent and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.sent.pop() if wait else None


@pytest.fixture
def widget():
    made = Recorder()
    yield made
    made.close()


def test_answer_carries_the_id(widget):
    widget.on_request("double", lambda content, buffers: {"result": 2 * content["n"]})
    assert widget.ask(id="a-1", kind="double", n=21) == ({"id": "a-1", "result": 42}, [])


def test_buffers_come_back(widget):
    widget.on_request("bytes", lambda content, buffers: Answer({}, [b"123"]))
    assert widget.ask(id="a-1", kind="bytes")[1] == [b"123"]


def test_error_is_the_answer(widget):
    def fail(content, buffers):
        raise InputError("this is wrong; do that")

    widget.on_request("fail", fail)
    assert widget.ask(id="a-1", kind="fail")[0]["error"] == {"type": "InputError", "message": "this is wrong; do that"}


def test_unforeseen_error_tells_where(widget):
    widget.on_request("fail", lambda content, buffers: 1 / 0)
    assert "test_base.py" in widget.ask(id="a-1", kind="fail")[0]["error"]["message"]


def test_unknown_request_is_answered(widget):
    assert "unknown request" in widget.ask(id="a-1", kind="nonsense")[0]["error"]["message"]


def test_background_request_that_waits_can_be_cancelled(widget):
    release = threading.Event()
    widget.on_request("slow", lambda content, buffers: release.wait(5) and {}, background=True)
    for name in ("a-1", "a-2", "a-3"):  # two run, the third waits
        widget.ask(wait=False, id=name, kind="slow")
    widget.ask(wait=False, id="a-3", kind="cancel")
    assert widget.sent == [({"id": "a-3", "error": {"type": "cancelled", "message": "cancelled"}}, [])]
    release.set()


def test_upload_in_parts_is_put_together(widget):
    widget.on_request("take", lambda content, buffers: {"got": [bytes(b).decode() for b in buffers]})
    widget.ask(id="1", kind="upload", upload="u", part=1, parts=2, buffers=[b"CD"])
    widget.ask(id="2", kind="upload", upload="u", part=0, parts=2, buffers=[b"AB"])
    assert widget.ask(id="3", kind="take", upload="u", lengths=[3, 1])[0] == {"id": "3", "got": ["ABC", "D"]}


def test_upload_with_a_part_missing_is_refused(widget):
    widget.on_request("take", lambda content, buffers: {})
    widget.ask(id="1", kind="upload", upload="u", part=0, parts=2, buffers=[b"AB"])
    assert "arrived with 2" in widget.ask(id="3", kind="take", upload="u", lengths=[3, 1])[0]["error"]["message"]
