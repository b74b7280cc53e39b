"""The training loop: one step at a time, so that it can be watched, stopped and continued."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.training_set import IGNORE
from ais_jupyter.core.learning.batches import NATURAL_RATIO, Batches
from ais_jupyter.core.learning.device import peak_memory
from ais_jupyter.core.learning.metrics import RunningScores
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory

Precision = Literal["auto", "float32", "bfloat16"]

#: Called with None after each batch and with the epoch's row after each epoch, and with the batches done so far.
Watch = Callable[[dict[str, float] | None, int], None]


@dataclass(frozen=True)
class TrainingOptions:
    """How a network is trained.

    Attributes
    ----------
    epochs, batch_size, n_copies : int
        An epoch goes through the set `n_copies` times.
    excess_negative : int
        Percent by which negatives outnumber positives; −100 takes the boxes as they are.
    learning_rate : float or None
        None is the architecture's own.
    schedule : "cosine" or "constant"
        "cosine" lets the learning rate fall smoothly to a hundredth over the run: short trainings end quieter.
    validation_split : float
        Fraction of the boxes kept aside, 0–0.9.
    augment : bool
        Random grey-value changes besides turns and flips.
    filament_diameter : float or None
        Pixels; soften labels along filaments.
    keep_best : bool
        End with the epoch of the lowest loss (of validation when there is one) instead of the last.
    seed : int or None
        Makes a run repeatable.
    precision : "auto", "float32" or "bfloat16"
        Of the arithmetic; weights stay float32. "auto" is bfloat16 where the processor computes in it.
    preview_every : int
        Call `preview` every so many batches; 0 never.
    """

    epochs: int = 50
    batch_size: int = 32
    n_copies: int = 10
    excess_negative: int = NATURAL_RATIO
    learning_rate: float | None = None
    schedule: Literal["cosine", "constant"] = "cosine"
    validation_split: float = 0.0
    augment: bool = False
    filament_diameter: float | None = None
    keep_best: bool = False
    seed: int | None = None
    precision: Precision = "auto"
    preview_every: int = 0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1 or self.n_copies < 1:
            raise InputError("epochs, batch_size and n_copies must be at least 1")
        if not 0 <= self.validation_split < 0.95:
            raise InputError(f"validation_split is a fraction 0–0.95, not {self.validation_split}")


class Trainable(Protocol):
    """What the loop needs: a compiled Keras model, or an object that takes batches like one."""

    def train_on_batch(self, x: np.ndarray, y: np.ndarray, **options: Any) -> Any:
        """Learn from one batch and return its logs."""

    def test_on_batch(self, x: np.ndarray, y: np.ndarray, **options: Any) -> Any:
        """Return the logs of one batch without learning."""

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights."""

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """Take weights in the order of `get_weights`."""


def training(
    model: Trainable,
    batches: Batches,
    validation: Batches | None,
    options: TrainingOptions,
    masks_ignore: bool = True,
    watch: Watch | None = None,
) -> Work[dict[str, float]]:
    """Train a network batch by batch.

    Yields a row per batch (``epoch, step, at, batch_loss, batch_size, steps_per_second, time_left``; ``at`` counts
    epochs) and one per epoch (``epoch, at, loss, precision, recall, memory`` in bytes at the peak, and with validation
    ``val_loss, val_precision, val_recall``); returns the last row of an epoch. When told to stop it ends after the
    current batch and keeps what was learned.

    When memory runs out, the epoch begins again from the weights it began with, in batches of half the size.

    Parameters
    ----------
    masks_ignore : bool
        The model's loss leaves out label 2 by itself; else those pixels get weight 0 here.
    watch : callable, optional
        See `Watch`.

    Raises
    ------
    AisError
        The loss is not finite any more, or memory does not even suffice for one box.
    """
    if batches.steps_per_epoch < 1:
        raise InputError(f"{len(batches.set)} boxes do not make one batch of {batches.batch_size}")
    state = _State(model, options)
    best: tuple[float, list[np.ndarray]] | None = None
    row: dict[str, float] = {}
    epoch = 1
    while epoch <= options.epochs:
        safe = state.copy()
        try:
            values = yield from _epoch(model, batches, options, epoch, masks_ignore, state, watch)
            if values.pop("stopped", False):
                return row or values
            if validation is not None:
                values.update(_validate(model, validation, batches.batch_size, masks_ignore))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            yield _smaller_batches(batches, epoch - 1, options, error)
            state.restore(safe)
            continue
        row = values
        if watch is not None:
            watch(row, state.done)
        judged = row.get("val_loss", row["loss"])
        if options.keep_best and (best is None or judged < best[0]):
            best = (judged, model.get_weights())
        message = f"epoch {epoch} of {options.epochs}, loss {row['loss']:.4f}"
        if (yield Progress(epoch / options.epochs, message, dict(row))):
            break
        epoch += 1
    if best is not None:
        model.set_weights(best[1])
    return row


def _epoch(
    model: Trainable,
    batches: Batches,
    options: TrainingOptions,
    epoch: int,
    masks_ignore: bool,
    state: _State,
    watch: Watch | None,
) -> Work[dict[str, float]]:
    """Go through one epoch and return its row, with ``stopped`` when told to stop."""
    scores, steps = RunningScores(), batches.steps_per_epoch
    for step, (images, labels) in enumerate(batches.epoch()):
        state.set_rate((epoch - 1 + step / steps) / options.epochs)
        loss = scores.add(_step(model.train_on_batch, model, images, labels, masks_ignore), len(images))
        if not math.isfinite(loss):
            raise AisError(f"training diverged in epoch {epoch} (the loss is {loss}); try a lower learning rate")
        state.count()
        if watch is not None:
            watch(None, state.done)
        at = epoch - 1 + (step + 1) / steps
        values = {
            "epoch": epoch, "step": state.done, "at": at, "batch_loss": loss, "batch_size": batches.batch_size,
            "steps_per_second": state.pace(), "time_left": state.time_for((options.epochs - at) * steps),
        }  # fmt: skip
        if step == 0:
            values["memory"] = peak_memory()
        message = f"epoch {epoch} of {options.epochs}, loss {scores.values()['loss']:.4f}"
        if (yield Progress(at / options.epochs, message, values)):
            return {"epoch": epoch, "at": at, **scores.values(), "stopped": True}
    return {"epoch": epoch, "at": float(epoch), **scores.values(), "memory": peak_memory()}


def _smaller_batches(batches: Batches, epochs_done: int, options: TrainingOptions, error: Exception) -> Progress:
    if batches.batch_size <= 1:
        raise AisError(
            "there is not enough memory to train on a single box; choose a smaller box size or a smaller architecture"
        ) from error
    before = batches.batch_size
    batches.halve()
    message = f"out of memory with batches of {before}: goes on with {batches.batch_size}"
    values = {"batch_size": batches.batch_size, "out_of_memory": before, "epochs_done": epochs_done}
    return Progress(epochs_done / options.epochs, message, values)


def _step(
    method: Callable[..., Any], model: Any, images: np.ndarray, labels: np.ndarray, masks_ignore: bool
) -> dict[str, Any]:
    """Run one step of `method` and return the logs of this batch alone."""
    if hasattr(model, "reset_metrics"):
        model.reset_metrics()
    if masks_ignore:
        return method(images, labels, return_dict=True)
    trusted = labels[..., 0] != IGNORE
    # rescaled so that the mean over all pixels is the mean over the trusted ones
    weight = trusted.astype(np.float32) * (trusted.size / max(1, int(trusted.sum())))
    return method(images, np.where(labels == IGNORE, 0, labels), sample_weight=weight, return_dict=True)


def _validate(model: Trainable, validation: Batches, batch_size: int, masks_ignore: bool) -> dict[str, float]:
    scores = RunningScores()
    for start in range(0, len(validation.set), batch_size):
        indices = np.arange(start, min(start + batch_size, len(validation.set)))
        images, labels = validation.collect(indices, augment=False)
        scores.add(_step(model.test_on_batch, model, images, labels, masks_ignore), len(images))
    return scores.values("val_")


class _State:
    """What changes from batch to batch besides the weights: the learning rate, the count, the pace."""

    FLOOR = 0.01

    def __init__(self, model: Any, options: TrainingOptions) -> None:
        self.model = model
        self.optimizers = getattr(model, "optimizers", None) or [getattr(model, "optimizer", None)]
        self.optimizers = [o for o in self.optimizers if o is not None]
        self.base = [options.learning_rate or float(np.asarray(o.learning_rate)) for o in self.optimizers]
        self.falls = options.schedule == "cosine"
        self.done = 0
        self._times: deque[float] = deque(maxlen=20)

    def set_rate(self, fraction: float) -> None:
        """Set the learning rate for this part of the run, 0–1."""
        factor = 1.0
        if self.falls:
            factor = self.FLOOR + (1 - self.FLOOR) * 0.5 * (1 + math.cos(math.pi * fraction))
        for optimizer, base in zip(self.optimizers, self.base):
            optimizer.learning_rate = base * factor

    def count(self) -> None:
        """Note that a batch is done."""
        self.done += 1
        self._times.append(time.monotonic())

    def pace(self) -> float:
        """Batches per second lately; 0 while unknown."""
        if len(self._times) < 2 or self._times[-1] <= self._times[0]:
            return 0.0
        return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def time_for(self, batches: float) -> float | None:
        """Seconds that so many batches will take; None while unknown."""
        pace = self.pace()
        return batches / pace if pace else None

    def copy(self) -> tuple[list[np.ndarray], list[list[np.ndarray]]]:
        """Return copies of the weights and of the optimizers' memory."""
        return self.model.get_weights(), [[np.array(v) for v in o.variables] for o in self.optimizers]

    def restore(self, copied: tuple[list[np.ndarray], list[list[np.ndarray]]]) -> None:
        """Go back to such copies: a step that failed may have changed, or given away, some of them."""
        weights, memories = copied
        self.model.set_weights(weights)
        for optimizer, memory in zip(self.optimizers, memories):
            for variable, values in zip(optimizer.variables, memory):
                variable.assign(values)
