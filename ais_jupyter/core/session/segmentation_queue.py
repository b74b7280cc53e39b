"""Models × tomograms: one tomogram after another, each with its own progress, cancel and retry."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from psygnal import Signal

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.jobs.queue import JobQueue
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.workflows.exporting import Outcome, rescaling_note
from ais_jupyter.core.workflows.outputs import plan_outputs
from ais_jupyter.core.workflows.segmenting import segment

ENDED = ("done", "skipped", "claimed", "failed", "cancelled")


class QueuedSegmentation:
    """One tomogram that is segmented by some models.

    Attributes
    ----------
    uid : str
    source : Tomogram, AnnotatedTomogram or path
    models : list of SegmentationModel
    settings : dict
        As `segment` takes them.
    job : Job
        Of the latest attempt.
    notes : list of str
        What is worth knowing before it runs, such as a voxel size that differs from the model's.
    """

    def __init__(self, source: Any, models: Sequence[SegmentationModel], settings: dict[str, Any]) -> None:
        self.uid = uuid.uuid4().hex[:12]
        self.source = source
        self.models = list(models)
        self.settings = settings
        self.notes = _notes(source, models)
        self.job: Job[list[Outcome]] = self._new_job()

    @property
    def name(self) -> str:
        """Name of the tomogram."""
        return str(getattr(self.source, "name", None) or Path(self.source).name)

    @property
    def outcome(self) -> Outcome | None:
        """What became of it, once it has ended by itself."""
        return self.job.outcome[0] if self.job.outcome else None

    @property
    def state(self) -> str:
        """How it stands: "waiting", "running", "done", "skipped", "claimed", "failed" or "cancelled"."""
        outcome = self.outcome
        return outcome.state if outcome else self.job.state

    @property
    def outputs(self) -> list[Path]:
        """Files that are finished."""
        outcome = self.outcome
        return [path for path in outcome.outputs if path.exists()] if outcome else []

    @property
    def error(self) -> BaseException | None:
        """Why it failed."""
        outcome = self.outcome
        return outcome.error if outcome else self.job.error

    def again(self, overwrite: bool) -> None:
        """Prepare another attempt."""
        self.settings = {**self.settings, "overwrite": overwrite}
        self.job = self._new_job()

    def _new_job(self) -> Job[list[Outcome]]:
        return segment(self.models, self.source, **self.settings, start=False)


class SegmentationQueue:
    """Segmentations in the order in which they run, one at a time, in the background.

    One tomogram that fails or is cancelled does not stop the others. `changed(entry)` is emitted from any thread when
    an entry comes, goes, moves on or ends.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        self._entries: list[QueuedSegmentation] = []
        self._jobs = JobQueue()
        self._lock = threading.RLock()

    def add(
        self,
        models: Sequence[SegmentationModel],
        sources: Sequence[Any],
        output_dir: str | Path,
        interactions: Sequence[Interaction] = (),
        **settings: Any,
    ) -> list[QueuedSegmentation]:
        """Queue every source; see `segment` for the settings.

        Raises
        ------
        InputError
            No model or source is given, a model has no weights, or two have the same title; nothing is queued then.
        """
        if not models or not sources:
            raise InputError("choose at least one model and one tomogram")
        names = {model.title for model in models}
        acting = [i for i in interactions if {i.parent, i.partner} <= names]
        settings = {"output_dir": output_dir, "interactions": acting, **settings}
        planned = plan_outputs(sources, [model.title for model in models], Path(output_dir).expanduser())
        added = [QueuedSegmentation(one.source, models, {**settings, "names": [one.name]}) for one in planned]
        with self._lock:
            self._entries += added
        for entry in added:
            self._start(entry)
        return added

    def cancel(self, uid: str) -> None:
        """Stop one that waits or runs; nothing half-written is left."""
        entry = self[uid]
        entry.job.cancel()
        self.changed.emit(entry)

    def cancel_all(self) -> None:
        """Stop what waits and what runs."""
        for entry in reversed(list(self)):  # the running one last, so that no other starts in its place
            if entry.state not in ENDED:
                self.cancel(entry.uid)

    def retry(self, uid: str, overwrite: bool = False) -> None:
        """Queue one that has ended again; `overwrite` makes outputs that are there again."""
        entry = self[uid]
        if entry.state not in ENDED:
            raise InputError(f"{entry.name!r} is still {entry.state}")
        entry.again(overwrite)
        self._start(entry)

    def remove_ended(self) -> None:
        """Take everything that has ended off the list."""
        with self._lock:
            ended = [entry for entry in self._entries if entry.state in ENDED]
            self._entries = [entry for entry in self._entries if entry not in ended]
        for entry in ended:
            self.changed.emit(entry)

    def _start(self, entry: QueuedSegmentation) -> None:
        entry.job.listen(lambda job: self.changed.emit(entry))
        self._jobs.add(entry.job)
        self.changed.emit(entry)

    def __getitem__(self, uid: str) -> QueuedSegmentation:
        for entry in self._entries:
            if entry.uid == uid:
                return entry
        raise InputError("this segmentation is no longer in the list")

    def __iter__(self) -> Iterator[QueuedSegmentation]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def _notes(source: Any, models: Sequence[SegmentationModel]) -> list[str]:
    tomogram = getattr(source, "tomogram", source)
    if not hasattr(tomogram, "pixel_size"):
        return []  # a path: it is opened when its turn comes
    return [note for model in models if (note := rescaling_note(tomogram, model))]
