"""Training a model into a file, the best epoch so far kept there while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ais_jupyter.core.data.errors import WouldOverwriteError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files.paths import same_file
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.training_events import EpochDone, Prepared, TrainingEvent
from ais_jupyter.core.learning.training_options import TrainingOptions

__all__ = ["TrainingOptions", "check_target", "train_into"]


def check_target(path: Path, origin: str | Path | None = None, overwrite: bool = False) -> None:
    """See that training may write its model to `path`, before it takes hours.

    Parameters
    ----------
    path : Path
    origin : path, optional
        The model that is trained further; its own file may be replaced.
    overwrite : bool

    Raises
    ------
    WouldOverwriteError
        Another model is there.
    """
    if path.exists() and not overwrite and not (origin and same_file(path, origin)):
        raise WouldOverwriteError(path)


def train_into(
    path: Path,
    model: SegmentationModel,
    training_set: TrainingSet,
    options: TrainingOptions,
    say: Callable[[str], None] = print,
) -> Job[SegmentationModel]:
    """Train in the background; whenever an epoch is the best so far, the model is written to `path`.

    Parameters
    ----------
    path : Path
        See `check_target`.
    model : SegmentationModel
    training_set : TrainingSet
    options : TrainingOptions
    say : callable
        Gets what a person should know before it starts, such as that nothing can be validated.
    """

    def follow(event: TrainingEvent) -> None:
        if isinstance(event, Prepared) and event.note:
            say(event.note)
        if isinstance(event, EpochDone) and event.is_best:
            SegmentationModel.of(event.snapshot()).save(path, overwrite=True)

    return Job(model.training(training_set, options, [follow]), title=f"training {model.title}")
