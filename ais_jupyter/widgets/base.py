"""What all widgets share: the bundle, requests that are always answered, cancelling, and events."""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import anywidget
import traitlets

from ais_jupyter.core.data.errors import AisError, RefusedError
from ais_jupyter.core.data.texts import valid_text
from ais_jupyter.widgets.uploads import Uploads
from ais_jupyter.widgets.wire.check import MessageError, check
from ais_jupyter.widgets.wire.declare import Answer, Buffers, Event, Request
from ais_jupyter.widgets.wire.outgoing import plain
from ais_jupyter.widgets.wire.transport import PING, UPLOAD, Envelope, Refusal

STATIC = Path(__file__).parent / "static"

Q = TypeVar("Q")
A = TypeVar("A")
Handler = Callable[[Q, Buffers], Answer[A] | A | None]

_log = logging.getLogger(__name__)


def _bundle(name: str) -> Path | str:
    """Return a built file as text, or as a path where ``ANYWIDGET_HMR=1`` asks for it to be watched.

    anywidget connects every widget to the file's signal for good, so that closed ones would stay in memory.
    """
    path = STATIC / name
    if not path.exists():
        raise ImportError(f"{path} has not been built; run `pip install .` (or `npm ci && npm run build` in js/)")
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")


class KernelWidget(anywidget.AnyWidget):
    """An anywidget whose page asks by request and reply; the messages are declared in `widgets.wire`.

    Handlers are registered with `on_request`. What they are given has been checked against the declaration. Those
    marked `background` run in a thread of their own, so that a slow one (reading slices) delays nobody and can be
    withdrawn while it waits for its turn, or when it looks at `withdrawal`; the others run in the order of arrival.
    """

    _esm = _bundle("widget.js")
    _css = _bundle("widget.css")

    #: Where tests collect what the kernel said against its declaration; None: it is not checked.
    violations: list[str] | None = None

    #: Whether it was made and not closed yet; `close` is also called for what could not be made.
    _open = False

    app = traitlets.Unicode(help="Which interface of the bundle to show").tag(sync=True)

    def __init__(self, app: str, **kwargs: Any) -> None:
        self._handlers: dict[str, tuple[Request[Any, Any], Handler[Any, Any], Executor | None]] = {}
        self._uploads = Uploads()
        self._waiting: dict[str, Future] = {}
        self._withdrawn: set[str] = set()
        self._waiting_lock = threading.Lock()
        self._answering = threading.local()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ais-widget")
        self._open = True
        super().__init__(app=app, **kwargs)
        self.on_request(UPLOAD, self._uploads.add)
        self.on_request(PING, lambda question, buffers: {})
        self.on_msg(self._receive)

    # requests --------------------------------------------------------------------------------------------------------

    def on_request(self, request: Request[Q, A], handler: Handler[Q, A], background: bool | Executor = False) -> None:
        """Let `handler(question, buffers)` answer this request; `background` may name the threads to use."""
        pool = (self._pool if background else None) if isinstance(background, bool) else background
        self._handlers[request.kind] = (request, handler, pool)

    def withdrawal(self) -> Callable[[], bool]:
        """Return a function that says whether the request being answered in this thread is no longer waited for."""
        request = getattr(self._answering, "request", None)
        return lambda: request in self._withdrawn

    def _receive(self, _widget: Any, content: Any, buffers: Buffers) -> None:
        request, kind = (content.get("id"), content.get("kind")) if isinstance(content, dict) else (None, None)
        if not isinstance(request, str) or not isinstance(kind, str):
            request = valid_text(request)[:200] if isinstance(request, str) else ""
            self._refuse(request, {"type": "MessageError", "message": "a message without an id and a kind"})
            return
        if kind == "cancel":
            self._cancel(request)
            return
        found = self._handlers.get(kind)
        if found is None:
            self._refuse(request, {"type": "protocol", "message": f"unknown request {ascii(kind)[:60]}"})
        elif found[2] is not None:
            with self._waiting_lock:
                try:
                    self._waiting[request] = found[2].submit(self._answer, request, content, buffers)
                except RuntimeError:  # the threads have ended: the widget was closed
                    self._refuse(request, {"type": "cancelled", "message": "this widget is closed"})
        else:
            self._answer(request, content, buffers)

    def _cancel(self, request: str) -> None:
        with self._waiting_lock:
            job = self._waiting.pop(request, None)
            stopped = job is not None and job.cancel()
            if job is not None and not stopped:
                self._withdrawn.add(request)
        if stopped:
            self._refuse(request, {"type": "cancelled", "message": "cancelled"})

    def _answer(self, request: str, content: dict[str, Any], buffers: Buffers) -> None:
        self._answering.request = request
        try:
            declared, handler, _ = self._handlers[content["kind"]]
            question, buffers = self._unwrap(declared, content, buffers)
            found = handler(question, buffers)
            answer = found if isinstance(found, Answer) else Answer(found or {}, [])
            fields = plain(answer.content)
            self._verify(fields, declared.answer, f"the answer to {declared.kind!r}")
            self._reply(request, fields, answer.buffers)
        except Exception as error:  # every request is answered, and the user sees why it failed
            self._refuse(request, refusal(error))
        finally:
            self._answering.request = None
            with self._waiting_lock:
                self._waiting.pop(request, None)
                self._withdrawn.discard(request)

    def _unwrap(self, declared: Request[Q, Any], content: dict[str, Any], buffers: Buffers) -> tuple[Q, Buffers]:
        """Check a message; return its question and its buffers, which may have come before it."""
        what = f"the request {declared.kind!r}"
        asked = declared is not UPLOAD
        outside = {"id", "kind", "upload", "lengths"} if asked else {"id", "kind"}
        envelope = check({name: value for name, value in content.items() if name in outside}, Envelope, what)
        if asked and "upload" in envelope:
            buffers = self._uploads.take(envelope["upload"], envelope.get("lengths", []))
        inside = {name: value for name, value in content.items() if name not in outside}
        return check(inside, declared.question, what), buffers

    def _refuse(self, request: str, error: Refusal) -> None:
        try:
            self._reply(request, {"error": plain(error)}, [])
        except Exception:  # the connection is gone: nobody is left to be told
            _log.exception("a request could not be answered")

    def _reply(self, request: str, content: Mapping[str, Any], buffers: list[Any]) -> None:
        self.send({"id": valid_text(request), **content}, buffers)

    # events ----------------------------------------------------------------------------------------------------------

    def push(self, event: Event[A], content: A, buffers: list[Any] | None = None) -> None:
        """Announce to every view that something happened; what cannot be said is logged and stops nobody."""
        try:
            fields = plain(content)
            self._verify(fields, event.content, f"the event {event.name!r}")
            self.send({"event": event.name, **fields}, buffers or [])
        except Exception:
            _log.exception("the event %r could not be sent", event.name)

    def _verify(self, fields: Any, declared: Any, what: str) -> None:
        if self.violations is None:
            return
        try:
            check(fields, declared, what)
        except MessageError as error:
            self.violations.append(str(error))

    # ipykernel 7.4 stores at each publish where the next incoming message is to go, which breaks messages from the
    # browser while a cell runs; other versions do not have the attribute.

    def open(self) -> None:
        """Connect to the browser."""
        super().open()
        self._forget_reply_subshell()

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a custom message to the browser."""
        super().send(content, buffers)
        self._forget_reply_subshell()

    def send_state(self, key: Any = None) -> None:
        """Send traits to the browser."""
        super().send_state(key)
        self._forget_reply_subshell()

    def _forget_reply_subshell(self) -> None:
        if self.comm is not None:
            self.comm.__dict__.pop("_reply_subshell_id", None)

    def close(self) -> None:
        """Leave the page and give back what the widget holds."""
        if not self._open:
            return
        self._open = False
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()


def refusal(error: BaseException) -> Refusal:
    """Return an error as the page is told of it."""
    said: Refusal = {"type": type(error).__name__, "message": explain(error)}
    if isinstance(error, RefusedError):
        said["offer"] = error.offer
    return said


def explain(error: BaseException) -> str:
    """Return the message for the user; what was not foreseen comes with its place in the code."""
    if isinstance(error, RefusedError):
        return error.problem
    if isinstance(error, (AisError, KeyError, OSError)):
        return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"
