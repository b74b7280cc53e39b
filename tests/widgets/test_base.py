"""Every request of the page is answered, in every case."""

from __future__ import annotations

import threading
import time

import pytest
from typing_extensions import TypedDict

from ais_jupyter.core.data.errors import InputError, WouldOverwriteError
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire.declare import Answer, Event, Nothing, Request


class Numbered(TypedDict):
    n: int


class Text(TypedDict):
    text: str


DOUBLE = Request("double", Numbered, Numbered, "")
BYTES = Request("bytes", Nothing, Text, "")
ACT = Request("act", Nothing, Nothing, "")
SAY = Request("say", Text, Text, "")
HAPPENED = Event("happened", Text, "")


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
    widget.on_request(DOUBLE, lambda question, buffers: {"n": 2 * question["n"]})
    assert widget.ask(id="a-1", kind="double", n=21) == ({"id": "a-1", "n": 42}, [])


def test_buffers_come_back(widget):
    widget.on_request(BYTES, lambda question, buffers: Answer({"text": ""}, [b"123"]))
    assert widget.ask(id="a-1", kind="bytes")[1] == [b"123"]


def test_error_is_the_answer(widget):
    def fail(question, buffers):
        raise InputError("this is wrong; do that")

    widget.on_request(ACT, fail)
    assert widget.ask(id="a-1", kind="act")[0]["error"] == {"type": "InputError", "message": "this is wrong; do that"}


def test_what_can_be_insisted_on_is_offered_and_not_only_named(widget, tmp_path):
    def fail(question, buffers):
        raise WouldOverwriteError(tmp_path / "a.scns")

    widget.on_request(ACT, fail)
    error = widget.ask(id="a-1", kind="act")[0]["error"]
    assert error["offer"] == "overwrite"
    assert error["message"] == f"{tmp_path / 'a.scns'} already exists"  # without advice for callers of Python


def test_unforeseen_error_tells_where(widget):
    widget.on_request(ACT, lambda question, buffers: 1 / 0)
    assert "test_base.py" in widget.ask(id="a-1", kind="act")[0]["error"]["message"]


def test_unknown_request_is_answered(widget):
    assert "unknown request" in widget.ask(id="a-1", kind="nonsense")[0]["error"]["message"]


@pytest.mark.parametrize(
    "content", [None, 5, [], "text", {}, {"id": 3, "kind": "ping"}, {"id": "a", "kind": ["ping"]}, {"kind": "cancel"}]
)
def test_what_is_no_message_at_all_is_answered(widget, content):
    widget._receive(widget, content, [])
    assert "error" in widget.sent.pop()[0]
    assert widget.ask(id="a-1", kind="ping") == ({"id": "a-1"}, [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "lacks the field 'n'"),
        ({"n": 1, "more": 2}, "has no field 'more'"),
        ({"n": "1"}, "must be a number, not '1'"),
        ({"n": True}, "must be a number, not True"),
        ({"n": None}, "must be a number, not None"),
        ({"n": 1.5}, "must be a whole number, not 1.5"),
        ({"n": float("nan")}, "must be a whole number, not nan"),
        ({"n": 1, "upload": 5}, "'upload' of the request 'double' must be text"),
    ],
)
def test_a_malformed_question_is_refused_in_one_sentence(widget, content, says):
    widget.on_request(DOUBLE, lambda question, buffers: pytest.fail("it reached the handler"))
    error = widget.ask(id="a-1", kind="double", **content)[0]["error"]
    assert error["type"] == "MessageError"
    assert says in error["message"]
    assert "\n" not in error["message"]


def test_lone_surrogates_neither_come_in_nor_go_out(widget):
    widget.on_request(SAY, lambda question, buffers: {"text": "broken \ud800 title"})
    assert widget.ask(id="1", kind="say", text="fine")[0] == {"id": "1", "text": "broken \ufffd title"}
    assert "not text" in widget.ask(id="2", kind="say", text="a\udfffb")[0]["error"]["message"]
    assert widget.ask(id="\ud800", kind="say", text="fine")[0]["id"] == "\ufffd"


def test_an_error_that_quotes_broken_text_can_be_sent(widget):
    def fail(question, buffers):
        raise InputError("no feature '\udc00'")

    widget.on_request(ACT, fail)
    assert widget.ask(id="1", kind="act")[0]["error"]["message"] == "no feature '\ufffd'"


def test_an_answer_that_cannot_be_said_becomes_an_error(widget):
    widget.on_request(ACT, lambda question, buffers: {"it": object()})
    assert "cannot hold a object" in widget.ask(id="1", kind="act")[0]["error"]["message"]


def test_an_answer_that_cannot_be_sent_becomes_an_error(widget):
    sent = widget.send

    def send(content, buffers=None):
        if buffers:
            raise ValueError("the connection takes no buffers")
        sent(content, buffers)

    widget.send = send
    widget.on_request(BYTES, lambda question, buffers: Answer({"text": ""}, [b"123"]))
    assert "takes no buffers" in widget.ask(id="1", kind="bytes")[0]["error"]["message"]


def test_an_event_that_cannot_be_sent_stops_nobody(widget):
    widget.push(HAPPENED, {"text": object()})
    assert widget.sent == []
    widget.push(HAPPENED, {"text": "now"})
    assert widget.sent.pop() == ({"event": "happened", "text": "now"}, [])


def test_background_request_that_waits_can_be_cancelled(widget):
    release = threading.Event()
    widget.on_request(ACT, lambda question, buffers: release.wait(5) and {}, background=True)
    for name in ("a-1", "a-2", "a-3"):  # two run, the third waits
        widget.ask(wait=False, id=name, kind="act")
    widget.ask(wait=False, id="a-3", kind="cancel")
    assert widget.sent == [({"id": "a-3", "error": {"type": "cancelled", "message": "cancelled"}}, [])]
    release.set()


def test_a_running_request_learns_that_it_was_withdrawn(widget):
    started, seen = threading.Event(), []

    def act(question, buffers):
        withdrawn = widget.withdrawal()
        started.set()
        deadline = time.monotonic() + 5
        while not withdrawn() and time.monotonic() < deadline:
            time.sleep(0.005)
        seen.append(withdrawn())
        return {}

    widget.on_request(ACT, act, background=True)
    widget.ask(wait=False, id="a-1", kind="act")
    assert started.wait(5)
    widget.ask(id="a-1", kind="cancel")
    assert seen == [True]


def test_a_closed_widget_still_answers():
    made = Recorder()
    made.on_request(ACT, lambda question, buffers: {}, background=True)
    made.close()
    made._receive(made, {"id": "a", "kind": "act"}, [])
    assert made.sent.pop()[0]["error"]["type"] == "cancelled"


def test_upload_in_parts_is_put_together(widget):
    widget.on_request(BYTES, lambda question, buffers: {"text": " ".join(bytes(b).decode() for b in buffers)})
    widget.ask(id="1", kind="upload", upload="u", part=1, parts=2, buffers=[b"CD"])
    widget.ask(id="2", kind="upload", upload="u", part=0, parts=2, buffers=[b"AB"])
    assert widget.ask(id="3", kind="bytes", upload="u", lengths=[3, 1])[0] == {"id": "3", "text": "ABC D"}


def test_upload_with_a_part_missing_is_refused(widget):
    widget.on_request(BYTES, lambda question, buffers: {"text": ""})
    widget.ask(id="1", kind="upload", upload="u", part=0, parts=2, buffers=[b"AB"])
    assert "arrived with 2" in widget.ask(id="3", kind="bytes", upload="u", lengths=[3, 1])[0]["error"]["message"]


def test_uploads_that_nobody_takes_do_not_pile_up(widget):
    for number in range(100):
        widget.ask(id="1", kind="upload", upload=f"u{number}", part=0, parts=2, buffers=[bytes(1000)])
    assert widget._uploads._size() <= 20_000
    assert "without its bytes" in widget.ask(id="1", kind="upload", upload="u", part=0, parts=1)[0]["error"]["message"]
