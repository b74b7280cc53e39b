"""Answers requests for the places to annotate next."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import cast

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.job_view import job_status
from ais_jupyter.widgets.wire import uncertainty as wire
from ais_jupyter.widgets.wire.declare import Buffers

#: Seconds between two reports of progress.
PAUSE = 0.2


class UncertaintyService:
    """One search at a time; its result stays until the next, also over a reload of the page."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._job: Job | None = None
        self._tomogram = self._model = ""
        self._told = 0.0
        widget.on_request(wire.UNCERTAIN, lambda question, buffers: self.state())
        widget.on_request(wire.UNCERTAIN_FIND, self.find)
        widget.on_request(wire.UNCERTAIN_CANCEL, self.cancel)

    def close(self) -> None:
        """Search no more."""
        if self._job is not None:
            self._job.cancel()

    def state(self) -> wire.Places:
        """Return how far the latest search is, and what it found."""
        job = self._job
        if job is None:
            return {"status": None, "tomogram": "", "model": "", "places": []}
        ended = job.state in ("done", "cancelled")
        places = job.result() if ended and job.error is None and job.elapsed > 0 else []
        return {
            "status": job_status(job),
            "tomogram": self._tomogram,
            "model": self._model,
            "places": [cast(wire.Place, asdict(place)) for place in places],
        }

    def find(self, question: wire.FindPlaces, _buffers: Buffers) -> wire.Places:
        """Search ``tomogram`` for the places where ``model`` is least certain and ``feature`` is not annotated."""
        from ais_jupyter.core.workflows.uncertainty import least_certain

        annotated, opened = self._session[question["tomogram"]], self._session.models[question["model"]]
        if not opened.applied.compiled:
            raise InputError(f"{opened.model.title!r} has no weights yet: train it first")
        feature = annotated.feature_by_uid(uid) if (uid := question["feature"]) else None
        self.close()
        self._tomogram, self._model = annotated.uid, opened.uid
        work = least_certain(annotated, opened.as_applied(), feature, predictor=self._session.predictor)
        job = self._job = Job(work, title=f"Least certain of {opened.model.title}", start=False)
        job.listen(self._follow)
        job.start()
        return self.state()

    def cancel(self, _question: wire.Nothing, _buffers: Buffers) -> wire.Nothing:
        """Stop the search; what was found until then is kept."""
        self.close()
        return {}

    def _follow(self, job: Job) -> None:
        if job is not self._job:
            return
        if job.state not in ("waiting", "running") or time.monotonic() - self._told > PAUSE:
            self._told = time.monotonic()
            self._widget.push(wire.UNCERTAIN_CHANGED, self.state())
