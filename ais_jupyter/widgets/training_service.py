"""Answers requests about training: begin, stop, continue, how it goes; the browser's side is ``state/training.ts``."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

import numpy as np

from ais_jupyter.core.data.colors import cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.model_backups import discard_lost, lost_models
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.core.session.trainings import Curve
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.protocol import Answer, Buffers

#: Seconds between events; the batches of a small network come much quicker.
DELAY = 0.2


class TrainingService:
    """Training of the models of one widget."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session, self._models, self._trainings = session, session.models, session.trainings
        self._sent: dict[str, tuple[Curve, int]] = {}
        self._changed: set[str] = set()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._trainings.changed.connect(self._soon)
        self._models.changed.connect(self._soon_all)
        widget.on_request("trainings", self.open, background=True)
        widget.on_request("train", self.train)
        widget.on_request("training_stop", self.stop)
        widget.on_request("training_continue", self.resume)
        widget.on_request("training_recover", self.recover, background=True)

    def close(self) -> None:
        """Stop listening; what is in training goes on."""
        if self._timer is not None:
            self._timer.cancel()
        self._trainings.changed.disconnect(self._soon, missing_ok=True)
        self._models.changed.disconnect(self._soon_all, missing_ok=True)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _content: dict[str, Any], _buffers: Buffers) -> Answer:
        """Return every run with its curve, as float32 rows (at, batch loss, loss, validation loss), NaN where none.

        ``options`` are those asked for last.
        """
        runs, options = dict(self._trainings.runs), self._trainings.latest_options
        curves = [np.array(run.curve.rows, np.float32).reshape(-1, 4) for run in runs.values()]
        content = {
            "runs": [self._describe(uid) for uid in runs],
            "lost": [
                {"id": str(lost.path), "title": lost.title, "time": lost.time, "loss": lost.loss}
                for lost in lost_models()
            ],
            "options": asdict(options) if options else None,
        }
        return Answer(content, [curve.tobytes() for curve in curves])

    def train(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Train ``model``, or a new one of ``architecture``, with ``options``."""
        from ais_jupyter.core.learning.training import TrainingOptions

        training_set = self._session.training_set.training_set
        if training_set is None:
            raise InputError("make a training set first, or load one")
        options = TrainingOptions(**content["options"])
        opened = self._models[content["model"]] if content.get("model") else self._new(str(content["architecture"]))
        self._trainings.train(opened, training_set, options)
        return {"model": opened.uid}

    def stop(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Stop the training of ``model``."""
        self._trainings.stop(str(content["model"]))
        return {}

    def resume(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Continue the training of ``model`` on the set of now."""
        self._trainings.resume(str(content["model"]), self._session.training_set.training_set)
        return {}

    def recover(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Open a model (``recovery``) that a program left behind, or ``discard`` it."""
        from ais_jupyter.core.workflows.opening import open_models

        lost = next((one for one in lost_models() if str(one.path) == content["recovery"]), None)
        if lost is None:
            raise InputError("this model was recovered or discarded already")
        if not content.get("discard"):
            (model,), _ = open_models(lost.path)
            self._trainings.keep(self._models.add(model))
        discard_lost(lost)
        return {"lost": [{"id": str(o.path), "title": o.title, "time": o.time, "loss": o.loss} for o in lost_models()]}

    def _new(self, architecture: str) -> OpenModel:
        from ais_jupyter.core.workflows import SegmentationModel

        made = self._session.training_set.training_set
        title = next(iter(made.features), "Unnamed model") if made else "Unnamed model"
        color = self._session.training_set.colors.get(title) or cycle_color(len(self._models))
        return self._models.add(SegmentationModel(architecture, title, color))

    # events ----------------------------------------------------------------------------------------------------------

    def _describe(self, uid: str) -> dict[str, Any]:
        """Return how a run stands; kept in step with ``RunValues`` in the browser."""
        run = self._trainings.runs[uid]
        job, status = run.job, run.curve.status
        opened = next((one for one in self._models if one.uid == uid), None)
        backup = self._trainings.backups.get(uid)
        return {
            "model": uid,
            "title": opened.model.title if opened else "",
            "state": job.state,
            "stopping": run.active and job.cancelling,
            "progress": job.progress,
            "message": job.message,
            "waitsFor": self._trainings.waits_for(uid),
            "error": str(job.error) if job.state == "failed" else None,
            "backupError": backup.error if backup else None,
            "epochs": run.options.epochs,
            "epochsLeft": run.epochs_left,
            "outOfMemory": status.get("out_of_memory"),
            "batchSize": status.get("batch_size", run.options.batch_size),
            "device": status.get("device", ""),
            "arithmetic": status.get("arithmetic", ""),
            "memory": status.get("memory", 0),
            "stepsPerSecond": status.get("steps_per_second", 0.0),
            "timeLeft": status.get("time_left") if job.state == "running" else None,
        }

    def _soon_all(self) -> None:
        for uid in list(self._trainings.runs):
            self._soon(uid)

    def _soon(self, uid: str) -> None:
        with self._lock:
            self._changed.add(uid)
            if self._timer is None:
                self._timer = threading.Timer(DELAY, self._push)
                self._timer.daemon = True
                self._timer.start()

    def _push(self) -> None:
        with self._lock:
            changed, self._changed, self._timer = self._changed, set(), None
        for uid in changed & set(self._trainings.runs):
            curve = self._trainings.runs[uid].curve
            known, sent = self._sent.get(uid, (curve, 0))
            if known is not curve:
                sent = min(sent, len(curve.rows)) if curve.begin else 0
            rows = curve.rows[sent:]
            self._sent[uid] = (curve, sent + len(rows))
            self._widget.push("training", {**self._describe(uid), "from": sent, "rows": rows})
