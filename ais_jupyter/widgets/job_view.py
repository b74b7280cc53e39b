"""A job in the output of a cell: a progress bar with a button to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import traitlets

from ais_jupyter.core.jobs.job import Job
from ais_jupyter.widgets.base import KernelWidget, explain
from ais_jupyter.widgets.notebook import in_notebook
from ais_jupyter.widgets.wire.declare import Buffers, Nothing
from ais_jupyter.widgets.wire.jobs import JobStatus
from ais_jupyter.widgets.wire.outgoing import plain
from ais_jupyter.widgets.wire.transport import CANCEL_JOB

#: Seconds between two updates of the picture.
PAUSE = 0.2


def job_status(job: Job) -> JobStatus:
    """Return what a progress bar shows."""
    return {
        "title": job.title or "working",
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "elapsed": job.elapsed,
        "time_left": job.time_left,
        "error": explain(job.error) if job.error is not None and job.state == "failed" else None,
    }


class JobView(KernelWidget):
    """Shows a job and lets it be stopped."""

    status = traitlets.Dict().tag(sync=True)

    def __init__(self, job: Job) -> None:
        self._told = 0.0
        self._job: Job | None = None
        self._stop: Callable[[], None] = _nothing
        super().__init__("job", status=plain(job_status(job)))
        self.on_request(CANCEL_JOB, self._cancel_job)
        self._job = job
        self._stop = job.listen(self._follow)
        self._follow(job)  # it may have ended meanwhile

    def close(self) -> None:
        """Stop following the job."""
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        """Forget the job: the view stays in the notebook, but need not keep it and all that it holds."""
        stop, self._stop, self._job = self._stop, _nothing, None
        stop()

    def _cancel_job(self, _question: Nothing, _buffers: Buffers) -> Nothing:
        if self._job is not None:
            self._job.cancel()
        return {}

    def _follow(self, job: Job) -> None:
        ended = job.state not in ("waiting", "running")
        if ended or time.monotonic() - self._told >= PAUSE:
            self._told = time.monotonic()
            self.status = plain(job_status(job))
        if ended:
            self._let_go()


def _nothing() -> None:
    """Stop following nothing."""


def display_job(job: Job) -> bool:
    """Show a job below the cell that runs, as a bar where widgets work and as text elsewhere; False outside a notebook.

    The text is written again when the job has ended, so that a saved or converted notebook tells how.
    """
    if not in_notebook():
        return False
    from IPython.display import display

    view = JobView(job)

    def bundle() -> dict[str, Any]:
        shown: Any = view._repr_mimebundle_() or {}  # some versions add the metadata
        return {**(shown[0] if isinstance(shown, tuple) else shown), "text/plain": job.words()}

    handle = display(bundle(), raw=True, display_id=True)

    def finish(job: Job) -> None:
        if handle is not None and job.state not in ("waiting", "running"):
            handle.update(bundle(), raw=True)

    if job.state in ("waiting", "running"):
        job.listen(finish)
    return True
