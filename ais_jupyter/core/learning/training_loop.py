"""The training loop: one step at a time, so that it can be watched, stopped and continued."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.training_set import IGNORE
from ais_jupyter.core.learning.batches import Batches
from ais_jupyter.core.learning.best import Best
from ais_jupyter.core.learning.hardware import peak_memory
from ais_jupyter.core.learning.metrics import RunningScores
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, Events, OutOfMemory, Snapshot
from ais_jupyter.core.learning.training_options import TrainingOptions


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


class TrainingLoop:
    """Trains a network batch by batch.

    When memory runs out, the epoch starts again from the weights it began with, in batches of half the size.

    Parameters
    ----------
    model : Trainable
    batches, validation : Batches
        To learn from, and to judge by.
    options : TrainingOptions
    snapshot : callable
        Returns the model as it is at that moment, given the loss.
    masks_ignore : bool
        The model's loss leaves out label 2 by itself; else those pixels get weight 0 here.
    """

    def __init__(
        self,
        model: Trainable,
        batches: Batches,
        validation: Batches | None,
        options: TrainingOptions,
        snapshot: Callable[[float | None], Any],
        masks_ignore: bool = True,
    ) -> None:
        self.model, self.batches, self.validation, self.options = model, batches, validation, options
        self._snapshot, self._masks_ignore = snapshot, masks_ignore
        self._state = _State(model, options)
        self._latest: float | None = None

    def run(self) -> Events[float | None]:
        """Train, and return the loss of the last whole epoch, None without one.

        Sent True, it ends after the current batch and keeps what was learned.

        Raises
        ------
        AisError
            The loss is no longer finite, or there is not even enough memory for one box.
        """
        if self.batches.steps_per_epoch < 1:
            raise InputError(f"{len(self.batches.set)} boxes do not make one batch of {self.batches.batch_size}")
        best, kept = Best(), None
        epochs, epoch = self.options.epochs, 1
        while epoch <= epochs:
            safe = self._state.copy()
            try:
                scores = yield from self._epoch(epoch)
                if scores is None:
                    return self._latest
                if self.validation is not None:
                    scores.update(self._validated(self.validation))
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                yield self._smaller_batches(epoch - 1, error)
                self._state.restore(safe)
                continue
            self._latest = loss = scores["loss"]
            is_best = best.judge(epoch, scores)
            if is_best and self.options.keep_best:
                kept = self.model.get_weights()
            stop = yield EpochDone(
                epoch, epochs, float(epoch), scores, peak_memory(), is_best, self._snapshot_at(loss)
            )  # fmt: skip
            if stop:
                break
            epoch += 1
        if kept is not None:
            self.model.set_weights(kept)
        return self._latest

    def _snapshot_at(self, loss: float | None) -> Snapshot:
        return lambda: self._snapshot(loss)

    def _epoch(self, epoch: int) -> Events[dict[str, float] | None]:
        """Go through one epoch and return its scores; None when it was stopped."""
        scores, steps, epochs = RunningScores(), self.batches.steps_per_epoch, self.options.epochs
        for step, (images, labels) in enumerate(self.batches.epoch()):
            self._state.set_rate((epoch - 1 + step / steps) / epochs)
            loss = scores.add(self._step(self.model.train_on_batch, images, labels), len(images))
            if not math.isfinite(loss):
                raise AisError(f"training diverged in epoch {epoch} (the loss is {loss}); try a lower learning rate")
            self._state.count()
            at = epoch - 1 + (step + 1) / steps
            rest: dict[str, Any] = {
                "batch_size": self.batches.batch_size, "steps_per_second": self._state.pace(),
                "time_left": self._state.time_for((epochs - at) * steps),
            }  # fmt: skip
            if step == 0:
                rest["memory"] = peak_memory()
            running = scores.values()["loss"]
            stop = yield BatchDone(
                epoch, self._state.done, at, epochs, loss, running, rest, self._snapshot_at(self._latest)
            )  # fmt: skip
            if stop:
                if self._latest is None:
                    self._latest = running
                return None
        return scores.values()

    def _smaller_batches(self, epochs_done: int, error: Exception) -> OutOfMemory:
        before = self.batches.batch_size
        if before <= 1:
            raise AisError(
                "there is not enough memory to train on a single box; choose a smaller box size or a smaller "
                "architecture"
            ) from error
        self.batches.halve()
        return OutOfMemory(before, self.batches.batch_size, epochs_done, self.options.epochs)

    def _step(self, method: Callable[..., Any], images: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
        """Run one step of `method` and return the logs of this batch alone."""
        if hasattr(self.model, "reset_metrics"):
            self.model.reset_metrics()
        if self._masks_ignore:
            return method(images, labels, return_dict=True)
        trusted = labels[..., 0] != IGNORE
        # rescaled so that the mean over all pixels is the mean over the trusted ones
        weight = trusted.astype(np.float32) * (trusted.size / max(1, int(trusted.sum())))
        return method(images, np.where(labels == IGNORE, 0, labels), sample_weight=weight, return_dict=True)

    def _validated(self, validation: Batches) -> dict[str, float]:
        scores, size = RunningScores(), self.batches.batch_size
        for start in range(0, len(validation.set), size):
            indices = np.arange(start, min(start + size, len(validation.set)))
            images, labels = validation.collect(indices, augment=False)
            scores.add(self._step(self.model.test_on_batch, images, labels), len(images))
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
