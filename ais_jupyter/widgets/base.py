"""What all widgets share: the bundle, requests that are always answered, cancelling, and events."""

from __future__ import annotations

import os
import threading
import traceback
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ais_jupyter.core.data.errors import AisError
from ais_jupyter.widgets.protocol import Answer, Buffers, Handler, Uploads

STATIC = Path(__file__).parent / "static"


def _bundle(name: str) -> Path | str:
    """Return a built file as text, or as a path where ``ANYWIDGET_HMR=1`` asks for it to be watched.

    anywidget connects every widget to the file's signal for good, so that closed ones would stay in memory.
    """
    path = STATIC / name
    if not path.exists():
        raise ImportError(f"{path} has not been built; run `pip install .` (or `npm ci && npm run build` in js/)")
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")


class KernelWidget(anywidget.AnyWidget):
    """An anywidget whose browser side asks by request and reply.

    Handlers are registered with `on_request`. Those marked `background` run in a thread of their own, so that a slow
    one (reading slices) delays nobody and can be withdrawn while it still waits its turn, or when it asks
    `is_withdrawn`; the others run in the order in which they arrive.
    """

    _esm = _bundle("widget.js")
    _css = _bundle("widget.css")

    app = traitlets.Unicode(help="Which interface of the bundle to show").tag(sync=True)

    def __init__(self, app: str, **kwargs: Any) -> None:
        self._handlers: dict[str, tuple[Handler, Executor | None]] = {}
        self._uploads = Uploads()
        self._waiting: dict[str, Future] = {}
        self._withdrawn: set[str] = set()
        self._waiting_lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="ais-widget")
        super().__init__(app=app, **kwargs)
        self.on_request("upload", self._uploads.add)
        self.on_request("ping", lambda content, buffers: {})
        self.on_msg(self._receive)

    # requests --------------------------------------------------------------------------------------------------------

    def on_request(self, kind: str, handler: Handler, background: bool | Executor = False) -> None:
        """Let `handler(content, buffers)` answer requests of this kind; `background` may name the threads to use."""
        if isinstance(background, bool):
            self._handlers[kind] = (handler, self._pool if background else None)
        else:
            self._handlers[kind] = (handler, background)

    def is_withdrawn(self, content: dict[str, Any]) -> bool:
        """Whether nobody waits any more for the answer to the request with this `content`."""
        return str(content.get("id")) in self._withdrawn

    def _receive(self, _widget: Any, content: dict[str, Any], buffers: Buffers) -> None:
        kind, request = content.get("kind"), str(content.get("id"))
        if kind == "cancel":
            self._cancel(request)
            return
        handler, pool = self._handlers.get(str(kind), (None, None))
        if handler is None:
            self._reply(request, {"error": {"type": "protocol", "message": f"unknown request {kind!r}"}})
        elif pool is not None:
            with self._waiting_lock:
                self._waiting[request] = pool.submit(self._answer, request, handler, content, buffers)
        else:
            self._answer(request, handler, content, buffers)

    def _cancel(self, request: str) -> None:
        with self._waiting_lock:
            job = self._waiting.pop(request, None)
            stopped = job is not None and job.cancel()
            if job is not None and not stopped:
                self._withdrawn.add(request)
        if stopped:
            self._reply(request, {"error": {"type": "cancelled", "message": "cancelled"}})

    def _answer(self, request: str, handler: Handler, content: dict[str, Any], buffers: Buffers) -> None:
        try:
            if "upload" in content and content["kind"] != "upload":
                buffers = self._uploads.take(content)
            found = handler(content, buffers)
            answer = found if isinstance(found, Answer) else Answer(found or {})
        except Exception as error:  # every request is answered, and the user sees why it failed
            answer = Answer({"error": {"type": type(error).__name__, "message": explain(error)}})
        finally:
            with self._waiting_lock:
                self._waiting.pop(request, None)
                self._withdrawn.discard(request)
        self._reply(request, answer.content, answer.buffers)

    def _reply(self, request: str, content: dict[str, Any], buffers: list[Any] | None = None) -> None:
        self.send({"id": request, **content}, buffers or [])

    # events ----------------------------------------------------------------------------------------------------------

    def push(self, event: str, content: dict[str, Any] | None = None, buffers: list[Any] | None = None) -> None:
        """Tell every view that something happened."""
        self.send({"event": event, **(content or {})}, buffers or [])

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
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()


def explain(error: BaseException) -> str:
    """Return the message for the user; what we did not foresee comes with its place in the code."""
    if isinstance(error, (AisError, KeyError, OSError)):
        return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    return f"{type(error).__name__}: {error}{where}"
