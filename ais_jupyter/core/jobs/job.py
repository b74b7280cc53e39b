"""A Job runs long work in a thread of its own and tells how it goes."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar

from ais_jupyter.core.data.errors import CancelledError
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.jobs.display import shown_in_notebook

T = TypeVar("T")

_log = logging.getLogger(__name__)
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Job(Generic[T]):
    """Long work with progress, time left, cancel, error and result.

    Parameters
    ----------
    work : generator
        Yields `Progress`; the value of each ``yield`` is True once the job should stop. It may then return what it has
        (training keeps the network as it is) or raise `CancelledError`.
    title : str
        Shown to people.
    start : bool
        False leaves it waiting for `start()` (a queue does that).

    Attributes
    ----------
    state : "waiting", "running", "done", "failed" or "cancelled"
    progress : float
        0–1.
    message : str
        Latest words on what is happening.
    history : list of dict
        Every row of values that the work reported.
    error : Exception or None
        Why it failed.
    """

    def __init__(self, work: Work[T], title: str = "", start: bool = True) -> None:
        self.title = title
        self.state: State = "waiting"
        self.progress = 0.0
        self.message = ""
        self.history: list[dict[str, Any]] = []
        self.error: BaseException | None = None
        self.traceback = ""
        self.started: float | None = None
        self.ended: float | None = None
        self._work = work
        self._result: T | None = None
        self._cancel = threading.Event()
        self._finished = threading.Event()
        self._listeners: list[Callable[[Job[T]], None]] = []
        self._thread: threading.Thread | None = None
        self._runner: int | None = None
        if start:
            self.start()

    def start(self) -> Job[T]:
        """Begin in a background thread; does nothing when it has begun."""
        if self._thread is None and self.state == "waiting":
            self._thread = threading.Thread(target=self.run, name=f"job {self.title}", daemon=True)
            self._thread.start()
        return self

    def run(self) -> None:
        """Do the work in the calling thread."""
        self._runner = threading.get_ident()
        self.state, self.started = "running", time.monotonic()
        self._tell()
        try:
            report = next(self._work)
            while True:
                self._take(report)
                report = self._work.send(self._cancel.is_set())
        except StopIteration as stop:
            self._result = stop.value
            self.state = "cancelled" if self._cancel.is_set() else "done"
            self.progress = self.progress if self.state == "cancelled" else 1.0
        except CancelledError as error:
            self.error, self.state = error, "cancelled"
        except BaseException as error:  # a thread has nobody to raise to: it is kept, and raised by result()
            self.error, self.state, self.traceback = error, "failed", traceback.format_exc()
        finally:
            self.ended = time.monotonic()
            try:
                self._tell()  # before anybody who waits goes on: a notebook's cell may end then
            finally:
                self._finished.set()

    def cancel(self) -> None:
        """Ask the work to stop at its next step; returns at once."""
        self._cancel.set()
        if self._thread is None and self.state == "waiting":
            self.state = "cancelled"
            self._work.close()
            self._finished.set()
            self._tell()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; False when `timeout` seconds passed first."""
        if self.ended is not None and threading.get_ident() == self._runner:
            return True  # a listener asks: it is told of the end before those who wait
        return self._finished.wait(timeout)

    def result(self, timeout: float | None = None) -> T:
        """Wait for the end and return the result.

        Raises
        ------
        Exception
            What the work raised.
        CancelledError
            It was cancelled and left no result.
        TimeoutError
            `timeout` seconds passed first.
        """
        if not self.wait(timeout):
            raise TimeoutError(f"{self.title or 'the job'} is at {self.progress:.0%} after {timeout} s")
        if self.error is not None:
            raise self.error
        if self._result is None and self.state == "cancelled":
            raise CancelledError(f"{self.title or 'the job'} was cancelled")
        return self._result  # type: ignore[return-value]

    @property
    def outcome(self) -> T | None:
        """The result, None as long as there is none; never waits."""
        return self._result

    def follow(self) -> T:
        """Show a progress bar, in the notebook or the terminal, until the end; then return the result.

        Ctrl-C, or interrupting the kernel, cancels.
        """
        if shown_in_notebook(self):
            try:
                while not self.wait(0.1):
                    pass
            except KeyboardInterrupt:
                self.cancel()
                self.wait()
                raise
        else:
            self._follow_as_text()
        return self.result()

    def _follow_as_text(self) -> None:
        import sys

        from tqdm import tqdm

        pause = 0.1 if sys.stderr.isatty() else 10.0  # a log file needs no animation
        form = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
        with tqdm(total=1.0, desc=self.title or "working", bar_format=form, mininterval=pause) as bar:
            try:
                while not self.wait(0.1):
                    self._draw(bar)
            except KeyboardInterrupt:
                self.cancel()
                self.wait()
                raise
            finally:
                self._draw(bar)

    def _draw(self, bar: Any) -> None:
        bar.set_postfix_str(self.message, refresh=False)
        bar.update(self.progress - bar.n)

    @property
    def cancelling(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancel.is_set()

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.state == "running"

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        if self.started is None:
            return 0.0
        return (self.ended or time.monotonic()) - self.started

    @property
    def time_left(self) -> float | None:
        """Estimated seconds to the end, None while unknown."""
        if not self.running or self.progress <= 0.01:
            return None
        return self.elapsed * (1 - self.progress) / self.progress

    def listen(self, listener: Callable[[Job[T]], None]) -> Callable[[], None]:
        """Call `listener(job)` at every report, from the job's thread; returns a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _take(self, report: Progress) -> None:
        self.progress = min(1.0, max(0.0, report.fraction))
        self.message = report.message or self.message
        if report.values:
            self.history.append(report.values)
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            self._tell_one(listener)

    def _tell_one(self, listener: Callable[[Job[T]], None]) -> None:
        try:
            listener(self)
        except Exception:  # a failing listener must not end the work, nor the queue that it is in
            _log.exception("a listener of the job %r failed", self.title)

    def words(self) -> str:
        """Title, a bar of characters, state and time, on one line."""
        bar = "█" * round(20 * self.progress)
        left = self.time_left
        time_ = f"{left:.0f} s left" if left is not None else f"{self.elapsed:.0f} s"
        said = str(self.error) if self.state == "failed" else self.message
        return f"{self.title or 'working'}: {self.progress:4.0%} |{bar:<20}| {self.state}, {time_}; {said}".rstrip("; ")

    def _ipython_display_(self) -> None:
        if not shown_in_notebook(self):
            print(self.words())

    def __repr__(self) -> str:
        left = self.time_left
        tail = f", {left:.0f} s left" if left is not None else f", {self.error}" if self.error else ""
        return f"<Job {self.title!r}: {self.state}, {self.progress:.0%}{tail}>"
