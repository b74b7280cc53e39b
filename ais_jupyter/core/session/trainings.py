"""Training of open models: one after another, shown while it runs, kept on disk as it improves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.progress import Work
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.safekeeping.model_backups import LostModel, ModelBackup
from ais_jupyter.core.session.open_models import OpenModel, OpenModels
from ais_jupyter.core.session.program import Program

if TYPE_CHECKING:
    from ais_jupyter.core.learning.model import SegmentationModel
    from ais_jupyter.core.learning.model_state import ModelState
    from ais_jupyter.core.learning.training_events import TrainingEvent
    from ais_jupyter.core.learning.training_options import TrainingOptions

#: Share of the time that writing weights for recovery may take.
_BACKUP_SHARE = 0.02


@dataclass
class Curve:
    """How the loss went, over every continuation; ``at`` counts epochs.

    Attributes
    ----------
    rows : list of (at, batch_loss or None, loss or None, val_loss or None)
        One per batch and one per epoch.
    status : dict
        The latest of everything else that training reported: device, arithmetic, batch_size, steps_per_second, ….
    """

    rows: list[tuple[float, float | None, float | None, float | None]] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)
    begin: float = 0.0

    def take(self, values: dict[str, Any]) -> None:
        """Add what training reported."""
        if "out_of_memory" in values:  # the epoch starts again, and its rows so far stay
            self.begin += max(0.0, self.end - self.begin - values["epochs_done"])
        if "at" in values:
            at = self.begin + values["at"]
            self.rows.append((at, values.get("batch_loss"), values.get("loss"), values.get("val_loss")))
        self.status.update({name: value for name, value in values.items() if name not in ("step", "batch_loss")})

    @property
    def end(self) -> float:
        """Epochs so far."""
        return self.rows[-1][0] if self.rows else self.begin


@dataclass
class TrainingRun:
    """A model in training, or trained.

    Attributes
    ----------
    options : TrainingOptions
        As asked for.
    set : TrainingSet
    job : Job
    curve : Curve
        Continues when the model is trained further.
    """

    options: TrainingOptions
    set: TrainingSet
    job: Job
    curve: Curve

    @property
    def active(self) -> bool:
        """Whether it runs or waits for its turn."""
        return self.job.state in ("waiting", "running")

    @property
    def epochs_left(self) -> int:
        """Whole epochs that a run that was stopped did not get to; 0 when it came to its end."""
        done = int(self.curve.end - self.curve.begin + 1e-9)
        return 0 if self.job.state == "done" else max(0, self.options.epochs - done)


class Trainings:
    """What is trained in one window.

    Attributes
    ----------
    runs : dict of uid to TrainingRun
    latest_options : TrainingOptions or None
        As asked for last.

    Events, from the training's thread: `changed(uid)` at every report.
    """

    changed = Signal(str)

    def __init__(self, models: OpenModels, program: Program) -> None:
        self.models = models
        self._program = program
        self.runs: dict[str, TrainingRun] = {}
        self.latest_options: TrainingOptions | None = None
        self.backups: dict[str, ModelBackup] = {}
        models.changed.connect(self._tidy)

    def close(self) -> None:
        """Stop listening; trainings that run continue."""
        self.models.changed.disconnect(self._tidy, missing_ok=True)

    def train(self, opened: OpenModel, training_set: TrainingSet, options: TrainingOptions) -> Job:
        """Train a model when those before it are done: a new one, or one that has weights further.

        The curve of a model that was trained here is continued.

        Raises
        ------
        InputError
            It is in training already, here or in another widget.
        """
        run, curve = self.runs.get(opened.uid), Curve()
        if run is not None and opened.model.compiled:
            curve = Curve(list(run.curve.rows), dict(run.curve.status), begin=run.curve.end)
        job = self._start(opened, training_set, options, curve)
        self.latest_options = options
        return job

    def start_over(self, opened: OpenModel, training_set: TrainingSet, options: TrainingOptions) -> Job:
        """Train a model from new weights, with a new curve; those it has stay until the training ends.

        Raises
        ------
        InputError
            It is in training already, here or in another widget.
        """
        job = self._start(opened, training_set, options, Curve(), start_over=True)
        self.latest_options = options
        return job

    def resume(
        self,
        uid: str,
        training_set: TrainingSet | None = None,
        epochs: int | None = None,
        options: TrainingOptions | None = None,
    ) -> Job:
        """Train further, from the weights and the optimizer's memory; the curve continues.

        Parameters
        ----------
        training_set : TrainingSet, optional
            Another set than before, such as one with corrected annotations.
        epochs : int, optional
            By default those that are left, or as many again.
        options : TrainingOptions, optional
            Other settings than before, such as those that a person has in front of them; their `epochs` count too.

        Raises
        ------
        InputError
            There is no run to continue, or it has not ended.
        """
        run, opened = self.runs.get(uid), self.models[uid]
        if run is None:
            raise InputError(f"{opened.model.title!r} was not trained here yet: train it first")
        if options is not None:
            return self.train(opened, training_set or run.set, options)
        left = epochs or run.epochs_left or run.options.epochs
        batch_size = min(run.options.batch_size, int(run.curve.status.get("batch_size", run.options.batch_size)))
        again = replace(run.options, epochs=left, batch_size=batch_size)
        curve = Curve(list(run.curve.rows), dict(run.curve.status), begin=run.curve.end)
        return self._start(opened, training_set or run.set, again, curve)

    def stop(self, uid: str) -> None:
        """End a training after the batch it is at; what was learned is kept."""
        run = self.runs.get(uid)
        if run is not None:
            run.job.cancel()
            self.changed.emit(uid)

    def keep(self, opened: OpenModel) -> None:
        """Keep a model that is in no file for recovery."""
        self.backups.setdefault(opened.uid, ModelBackup(opened.uid)).write(opened.model)

    def recover(self, opened: OpenModel, lost: LostModel) -> None:
        """Take over the copy that a program left behind of a model that was just opened from it."""
        self.backups.setdefault(opened.uid, ModelBackup(opened.uid)).adopt(lost)

    def waits_for(self, uid: str) -> str | None:
        """Title of the job that a waiting training waits for."""
        run = self.runs.get(uid)
        if run is None or run.job.state != "waiting":
            return None
        return next((job.title for job in self._program.training_queue if job.state == "running"), None)

    def _start(
        self,
        opened: OpenModel,
        training_set: TrainingSet,
        options: TrainingOptions,
        curve: Curve,
        start_over: bool = False,
    ) -> Job:
        title = opened.model.title
        job: Job = Job(self._work(opened, training_set, options, start_over), title=f"training {title}", start=False)
        if not self._program.begin_training(opened.model, job):
            raise InputError(f"{title!r} is already being trained; stop that first, or train another model")
        run = self.runs[opened.uid] = TrainingRun(options, training_set, job, curve)
        seen = 0

        def follow(_: Job) -> None:
            nonlocal seen
            for values in job.history[seen:]:
                curve.take(values)
                seen += 1
            self.changed.emit(opened.uid)
            if not run.active:
                self.models.changed.emit()

        opened.job = job
        job.listen(follow)
        self._program.training_queue.add(job)
        self.models.changed.emit()
        return job

    def _work(
        self, opened: OpenModel, training_set: TrainingSet, options: TrainingOptions, start_over: bool
    ) -> Work[SegmentationModel]:  # fmt: skip
        from ais_jupyter.core.learning.live_copies import LiveCopies
        from ais_jupyter.core.learning.model import SegmentationModel

        def show(state: ModelState) -> None:
            self.models.set_live(opened, SegmentationModel.of(state))

        backup = self.backups.setdefault(opened.uid, ModelBackup(opened.uid))
        consumers = (LiveCopies(show, lambda: opened.predictions), _BestKept(backup))
        try:
            yield from opened.model.training(training_set, options, consumers, start_over)
            if any(one is opened for one in self.models):
                self.keep(opened)
            return opened.model
        finally:
            self.models.set_live(opened, None)

    def _tidy(self) -> None:
        """Drop copies of models that were closed, or saved since."""
        for uid, backup in list(self.backups.items()):
            opened = next((one for one in self.models if one.uid == uid), None)
            if opened is not None and not (opened.path and _saved_after(opened.path, backup.time)):
                continue
            if opened is None or not opened.training:
                backup.drop()
                del self.backups[uid]
            if opened is None:
                self.runs.pop(uid, None)


class _BestKept:
    """Writes the weights of the best epoch so far, unless that takes too much of the time."""

    def __init__(self, backup: ModelBackup) -> None:
        self._backup = backup
        self._begin, self._spent, self._latest = time.monotonic(), 0.0, 0.0

    def __call__(self, event: TrainingEvent) -> None:
        from ais_jupyter.core.learning.model import SegmentationModel
        from ais_jupyter.core.learning.training_events import EpochDone

        if not isinstance(event, EpochDone) or not event.is_best:
            return
        allowed = _BACKUP_SHARE * (time.monotonic() - self._begin)
        if self._latest and self._spent + self._latest > allowed:
            return
        begin = time.monotonic()
        self._backup.write(SegmentationModel.of(event.snapshot()))
        self._latest = time.monotonic() - begin
        self._spent += self._latest


def _saved_after(path: Any, moment: float) -> bool:
    try:
        return path.stat().st_mtime >= moment
    except OSError:
        return False
