"""Jobs one after another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from ais_jupyter.core.jobs.job import Job


class JobQueue:
    """Runs jobs in the order in which they were added, one at a time, in one background thread.

    A job that fails or is cancelled does not stop the others.
    """

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, job: Job) -> Job:
        """Queue a job that has not been started (``Job(..., start=False)``)."""
        with self._lock:
            self.jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="job queue", daemon=True)
                self._thread.start()
        return job

    def forget_ended(self) -> None:
        """Let go of jobs that have ended, and of what they hold."""
        with self._lock:
            self.jobs = [job for job in self.jobs if job.state in ("waiting", "running")]

    def cancel_all(self) -> None:
        """Cancel what runs and what waits."""
        for job in list(self.jobs):
            if job.state in ("waiting", "running"):
                job.cancel()

    def _run(self) -> None:
        while True:
            with self._lock:
                job = next((j for j in self.jobs if j.state == "waiting"), None)
                if job is None:
                    self._thread = None
                    return
            job.run()

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self.jobs))
