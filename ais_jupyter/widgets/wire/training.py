"""Training runs."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Count,
    Event,
    Fraction,
    Nothing,
    Number,
    Range,
    Request,
    Text,
    Uid,
)
from ais_jupyter.widgets.wire.models import OneModel

CurveRow = Annotated[
    tuple[Number, Number | None, Number | None, Number | None],
    "epochs so far; loss of the batch, of the epoch, of validation",
]


class TrainingOptions(TypedDict):
    """How a network is trained; the names are those of `TrainingOptions` in Python."""

    epochs: Annotated[int, Range(1, 1_000_000)]
    batch_size: Annotated[int, Range(1, 1_000_000)]
    n_copies: Annotated[Annotated[int, Range(1, 1_000_000)], "how often an epoch goes through the set"]
    learning_rate: Annotated[Annotated[float, Range(1e-12, 1e3)] | None, "null: the architecture's own"]
    validation_split: Annotated[Fraction, "part of the boxes that is held out"]
    augment: Annotated[bool, "random grey-value changes besides turns and flips"]


class RunValues(TypedDict):
    """How a training run stands."""

    model: Uid
    title: Text
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    stopping: Annotated[bool, "asked to stop, and not stopped yet"]
    progress: Fraction
    message: Text
    waits_for: Annotated[Text | None, "title of the model that is trained before this one"]
    error: Text | None
    backup_error: Annotated[Text | None, "why the weights could not be kept for recovery"]
    epochs: Count
    epochs_left: Count
    out_of_memory: Annotated[Count | None, "the batch size that did not fit into memory"]
    batch_size: Count
    device: Text
    arithmetic: Text
    memory: Annotated[Number, "bytes at the peak"]
    note: Annotated[Text, "what a person should know about the run; may be empty"]
    steps_per_second: Number
    time_left: Annotated[Number | None, "seconds"]


class LostModel(TypedDict):
    """A model that a program left behind when it ended."""

    id: Text
    title: Text
    time: Annotated[Number, "seconds since 1970"]
    loss: Number | None


class Trainings(TypedDict):
    """Every run, and what can be recovered."""

    runs: list[RunValues]
    lost: list[LostModel]
    options: Annotated[TrainingOptions | None, "of the latest training"]


class Train(TypedDict):
    """What to train: an open model further, or a new one of `architecture`."""

    model: Uid | None
    architecture: Text
    options: TrainingOptions
    start_over: NotRequired[Annotated[bool, "from new weights, and with an empty curve"]]


class RecoverModel(TypedDict):
    """Which model to bring back, or to delete."""

    recovery: Text
    discard: NotRequired[bool]


class StillLost(TypedDict):
    """What is left to recover."""

    lost: list[LostModel]


_First = TypedDict("_First", {"from": Annotated[Count, "number of the first row"]})


class TrainingProgress(RunValues, _First):
    """How a run stands, with the rows of its curve that are new."""

    rows: list[CurveRow]


TRAININGS = Request(
    "trainings", Nothing, Trainings, "All runs.", "a curve per run: float32 rows, NaN where there is no value"
)
TRAIN = Request("train", Train, OneModel, "Train a model.")
TRAINING_STOP = Request("training_stop", OneModel, Nothing, "Stop, and keep what was learnt.")
TRAINING_RECOVER = Request("training_recover", RecoverModel, StillLost, "Bring back a model, or delete it.")

TRAINING = Event("training", TrainingProgress, "A run went on.")
