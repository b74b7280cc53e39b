"""Background work as old scripts wait for it: a number that reaches 1.0 on success and on failure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ais_jupyter.core.jobs.job import Job


class BackgroundProcess:
    """A job, with ``progress`` as old scripts read it.

    Attributes
    ----------
    job : Job
        The job itself, with state and history.
    error : Exception or None
        Why it failed.
    """

    def __init__(self, job: Job, when_done: Callable[[], None] | None = None) -> None:
        self.job = job
        self._when_done = when_done
        self._told = False
        job.listen(self._watch)

    @property
    def progress(self) -> float:
        """0–1; 1.0 once it has ended, however it ended (scripts wait for that)."""
        if self._told:
            return 1.0
        return min(self.job.progress, 0.999)

    @property
    def error(self) -> BaseException | None:
        """Why it failed, None otherwise."""
        return self.job.error

    def start(self) -> None:
        """Begin."""
        self.job.start()

    def stop(self) -> None:
        """Stop at the next step."""
        self.job.cancel()

    def _watch(self, job: Job[Any]) -> None:
        if job.ended is None or self._told:
            return
        if job.error is not None:
            print(f"{job.title} failed: {job.error}", file=sys.stderr)
        elif self._when_done is not None:
            self._when_done()
        self._told = True
