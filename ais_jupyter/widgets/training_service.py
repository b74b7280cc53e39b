"""Answers requests about training: begin, train further, start over, stop, and how it is going."""

from __future__ import annotations

import threading

import numpy as np

from ais_jupyter.core.data.colors import cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.safekeeping.model_backups import discard_lost, lost_models
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.core.session.trainings import Curve
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire import training as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers

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
        widget.on_request(wire.TRAININGS, self.open, background=True)
        widget.on_request(wire.TRAIN, self.train)
        widget.on_request(wire.TRAINING_STOP, self.stop)
        widget.on_request(wire.TRAINING_RECOVER, self.recover, background=True)

    def close(self) -> None:
        """Stop listening; what is in training goes on."""
        if self._timer is not None:
            self._timer.cancel()
        self._trainings.changed.disconnect(self._soon, missing_ok=True)
        self._models.changed.disconnect(self._soon_all, missing_ok=True)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _question: wire.Nothing, _buffers: Buffers) -> Answer[wire.Trainings]:
        """Return every run with its curve, as float32 rows (at, batch loss, loss, validation loss), NaN where none.

        ``options`` are those asked for last.
        """
        runs, options = dict(self._trainings.runs), self._trainings.latest_options
        curves = [np.array(run.curve.rows, np.float32).reshape(-1, 4) for run in runs.values()]
        content: wire.Trainings = {
            "runs": [self._describe(uid) for uid in runs],
            "lost": _lost(),
            "options": {
                "epochs": options.epochs,
                "batch_size": options.batch_size,
                "n_copies": options.n_copies,
                "learning_rate": options.learning_rate,
                "validation_split": options.validation_split,
                "augment": options.augment,
            }
            if options
            else None,
        }
        return Answer(content, [curve.tobytes() for curve in curves])

    def train(self, question: wire.Train, _buffers: Buffers) -> wire.OneModel:
        """Train ``model`` further, from new weights to ``start_over``, or a new one of ``architecture``."""
        from ais_jupyter.core.workflows.training import TrainingOptions

        training_set = self._session.training_set.training_set
        if training_set is None:
            raise InputError("make a training set first, or load one")
        options = TrainingOptions.from_values(**question["options"])
        model = question["model"]
        opened = self._new(question["architecture"]) if model is None else self._models[model]
        if question.get("start_over"):
            self._trainings.start_over(opened, training_set, options)
        else:
            self._trainings.train(opened, training_set, options)
        return {"model": opened.uid}

    def stop(self, question: wire.OneModel, _buffers: Buffers) -> wire.Nothing:
        """Stop the training of ``model``."""
        self._trainings.stop(question["model"])
        return {}

    def recover(self, question: wire.RecoverModel, _buffers: Buffers) -> wire.StillLost:
        """Open a model (``recovery``) that a program left behind, or ``discard`` it."""
        from ais_jupyter.core.workflows.opening import open_models

        lost = next((one for one in lost_models() if str(one.path) == question["recovery"]), None)
        if lost is None:
            raise InputError("this model was recovered or discarded already")
        if question.get("discard"):
            discard_lost(lost)
        else:
            (model,), _ = open_models(lost.path)
            model.allow_custom(model.info.architecture)  # it was made by this person's own training
            self._trainings.recover(self._models.add(model), lost)
        return {"lost": _lost()}

    def _new(self, architecture: str) -> OpenModel:
        from ais_jupyter.core.workflows import SegmentationModel

        made = self._session.training_set.training_set
        title = next(iter(made.features), "Unnamed model") if made else "Unnamed model"
        color = self._session.training_set.colors.get(title) or cycle_color(len(self._models))
        return self._models.add(SegmentationModel(architecture, title, color))

    # events ----------------------------------------------------------------------------------------------------------

    def _describe(self, uid: str) -> wire.RunValues:
        """Return how a run stands."""
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
            "waits_for": self._trainings.waits_for(uid),
            "error": str(job.error) if job.state == "failed" else None,
            "backup_error": backup.error if backup else None,
            "epochs": run.options.epochs,
            "epochs_left": run.epochs_left,
            "out_of_memory": status.get("out_of_memory"),
            "batch_size": status.get("batch_size", run.options.batch_size),
            "device": status.get("device", ""),
            "arithmetic": status.get("arithmetic", ""),
            "memory": status.get("memory", 0),
            "note": status.get("note", ""),
            "steps_per_second": status.get("steps_per_second", 0.0),
            "time_left": status.get("time_left") if job.state == "running" else None,
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
            progress: wire.TrainingProgress = {**self._describe(uid), "from": sent, "rows": rows}
            self._widget.push(wire.TRAINING, progress)


def _lost() -> list[wire.LostModel]:
    return [{"id": str(one.path), "title": one.title, "time": one.time, "loss": one.loss} for one in lost_models()]
