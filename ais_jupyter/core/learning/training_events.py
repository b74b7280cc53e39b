"""What happens in a training, as one typed stream.

`training.training` yields these events; the command line, the window, notebooks and tests read the same ones. An event
that offers a `snapshot` does so until the next event is asked for: after that the weights have moved on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.learning.model_state import ModelState

T = TypeVar("T")
Snapshot = Callable[[], ModelState]


@dataclass(frozen=True)
class TrainingEvent:
    """Something that happened."""

    @property
    def progress(self) -> Progress:
        """The event as any long work reports it; its values are a row of `Job.history`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Step(TrainingEvent):
    """A step without figures of its own, such as building the network."""

    words: str
    fraction: float = 0.0

    @property
    def progress(self) -> Progress:
        """Its words."""
        return Progress(self.fraction, self.words)


@dataclass(frozen=True)
class Prepared(TrainingEvent):
    """The network is built, and about to be trained.

    Attributes
    ----------
    device, arithmetic : str
        What computes, and in which precision.
    batch_size, boxes, held_out : int
        Boxes in a batch, to learn from, and for validation.
    note : str
        What a person should know of the validation; "" when there is nothing.
    """

    device: str
    arithmetic: str
    batch_size: int
    boxes: int
    held_out: int = 0
    note: str = ""

    @property
    def progress(self) -> Progress:
        """What computes."""
        row: dict[str, Any] = {
            "device": self.device, "arithmetic": self.arithmetic, "batch_size": self.batch_size, "boxes": self.boxes,
            "held_out": self.held_out,
        }  # fmt: skip
        if self.note:
            row["note"] = self.note
        return Progress(0.0, self.note or "preparing", row)


@dataclass(frozen=True)
class BatchDone(TrainingEvent):
    """A batch was learned from.

    Attributes
    ----------
    epoch, step : int
        Counted from 1; steps over the whole run.
    at : float
        Epochs done, with a fraction.
    epochs : int
        In all.
    loss : float
        Of this batch alone.
    running_loss : float or None
        Mean over the epoch so far; None where only `loss` is known.
    rest : dict
        ``batch_size``, ``steps_per_second``, ``time_left`` in seconds, and now and then ``memory`` in bytes.
    snapshot : callable
        Returns the model as it is at this moment, ready to be applied.
    """

    epoch: int
    step: int
    at: float
    epochs: int
    loss: float
    running_loss: float | None
    rest: dict[str, Any] = field(repr=False)
    snapshot: Snapshot = field(repr=False, compare=False)

    @property
    def progress(self) -> Progress:
        """The row ``epoch, step, at, batch_loss, …``."""
        row = {"epoch": self.epoch, "step": self.step, "at": self.at, "batch_loss": self.loss, **self.rest}
        shown = self.loss if self.running_loss is None else self.running_loss
        fraction = min(0.999, self.at / self.epochs)
        return Progress(fraction, f"epoch {self.epoch} of {self.epochs}, loss {shown:.4f}", row)


@dataclass(frozen=True)
class EpochDone(TrainingEvent):
    """An epoch has ended.

    Attributes
    ----------
    epoch, epochs : int
    at : float
        Epochs done.
    scores : dict
        ``loss, precision, recall``, and with validation ``val_loss, val_precision, val_recall``.
    memory : int
        Bytes at the peak.
    is_best : bool
        Its loss (of validation when there is one) is the lowest so far.
    snapshot : callable
        As in `BatchDone`.
    """

    epoch: int
    epochs: int
    at: float
    scores: dict[str, float]
    memory: int
    is_best: bool
    snapshot: Snapshot = field(repr=False, compare=False)

    @property
    def row(self) -> dict[str, float]:
        """The row ``epoch, at, loss, precision, recall, memory, …``."""
        return {"epoch": self.epoch, "at": self.at, **self.scores, "memory": self.memory}

    @property
    def progress(self) -> Progress:
        """The row."""
        message = f"epoch {self.epoch} of {self.epochs}, loss {self.scores['loss']:.4f}"
        return Progress(min(0.999, self.epoch / self.epochs), message, self.row)


@dataclass(frozen=True)
class OutOfMemory(TrainingEvent):
    """Memory ran out: the epoch starts again from the weights it began with, in smaller batches."""

    before: int
    batch_size: int
    epochs_done: int
    epochs: int

    @property
    def progress(self) -> Progress:
        """The row ``batch_size, out_of_memory, epochs_done``."""
        row = {"batch_size": self.batch_size, "out_of_memory": self.before, "epochs_done": self.epochs_done}
        message = f"out of memory with batches of {self.before}: continuing with batches of {self.batch_size}"
        return Progress(self.epochs_done / self.epochs, message, row)


#: A training: yields events, is sent True when it should stop, and returns what it made.
Events = Generator[TrainingEvent, bool | None, T]


def as_work(events: Events[T], consumers: Iterable[Callable[[TrainingEvent], None]] = ()) -> Work[T]:
    """Turn events into long work that a `Job` runs, handing each event to the consumers first."""
    consumers = list(consumers)
    stop: bool | None = None
    while True:
        try:
            event = events.send(stop)
        except StopIteration as end:
            return end.value
        for consumer in consumers:
            consumer(event)
        stop = yield event.progress
