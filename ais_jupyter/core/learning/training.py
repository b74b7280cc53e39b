"""The training loop: one step at a time, so that it can be watched, stopped and continued."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.training_set import IGNORE
from ais_jupyter.core.learning.batches import NATURAL_RATIO, Batches
from ais_jupyter.core.learning.metrics import RunningScores

Precision = Literal["auto", "float32", "bfloat16"]

_VALIDATION_BATCH = 32


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
    preview: Callable[[], None] | None = None,
    after_epoch: Callable[[dict[str, float]], None] | None = None,
) -> Work[dict[str, float]]:
    """Train a network batch by batch.

    Yields a row per batch (``epoch, step, batch_loss``) and one per epoch (``epoch, loss, precision, recall`` and with
    validation ``val_loss, val_precision, val_recall``); returns the last row of an epoch. When told to stop it ends
    after the current batch and keeps what was learned.

    Parameters
    ----------
    masks_ignore : bool
        The model's loss leaves out label 2 by itself; else those pixels get weight 0 here.
    preview : callable, optional
        Called in this thread every `options.preview_every` batches.
    after_epoch : callable, optional
        Called with the epoch's row.

    Raises
    ------
    AisError
        The loss is not finite any more.
    """
    steps = batches.steps_per_epoch
    if steps < 1:
        raise InputError(f"{len(batches.set)} boxes do not make one batch of {batches.batch_size}")
    total, done = steps * options.epochs, 0
    rate = _LearningRate(model, options, total)
    best: tuple[float, list[np.ndarray]] | None = None
    row: dict[str, float] = {}
    for epoch in range(1, options.epochs + 1):
        scores = RunningScores()
        for images, labels in batches.epoch():
            rate.set(done)
            loss = scores.add(_step(model.train_on_batch, model, images, labels, masks_ignore), len(images))
            if not math.isfinite(loss):
                raise AisError(f"training diverged in epoch {epoch} (the loss is {loss}); try a lower learning rate")
            done += 1
            if preview is not None and options.preview_every and done % options.preview_every == 0:
                preview()
            values = {"epoch": epoch, "step": done, "batch_loss": loss}
            message = f"epoch {epoch} of {options.epochs}, loss {scores.values()['loss']:.4f}"
            if (yield Progress(done / total, message, values)):
                return row or {"epoch": epoch, **scores.values()}
        row = {"epoch": epoch, **scores.values()}
        if validation is not None:
            row.update(_validate(model, validation, masks_ignore))
        if after_epoch is not None:
            after_epoch(row)
        judged = row.get("val_loss", row["loss"])
        if options.keep_best and (best is None or judged < best[0]):
            best = (judged, model.get_weights())
        stop = yield Progress(done / total, f"epoch {epoch} of {options.epochs}, loss {row['loss']:.4f}", dict(row))
        if stop:
            break
    if best is not None:
        model.set_weights(best[1])
    return row


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


def _validate(model: Trainable, validation: Batches, masks_ignore: bool) -> dict[str, float]:
    scores = RunningScores()
    for start in range(0, len(validation.set), _VALIDATION_BATCH):
        indices = np.arange(start, min(start + _VALIDATION_BATCH, len(validation.set)))
        images, labels = validation.collect(indices, augment=False)
        scores.add(_step(model.test_on_batch, model, images, labels, masks_ignore), len(images))
    return scores.values("val_")


class _LearningRate:
    """Sets the optimizer's learning rate for each step of the schedule."""

    FLOOR = 0.01

    def __init__(self, model: Any, options: TrainingOptions, total: int) -> None:
        self.optimizers = getattr(model, "optimizers", None) or [getattr(model, "optimizer", None)]
        self.optimizers = [o for o in self.optimizers if o is not None]
        self.base = [options.learning_rate or float(np.asarray(o.learning_rate)) for o in self.optimizers]
        self.falls = options.schedule == "cosine"
        self.total = total

    def set(self, step: int) -> None:
        fraction = 1.0
        if self.falls:
            fraction = self.FLOOR + (1 - self.FLOOR) * 0.5 * (1 + math.cos(math.pi * step / self.total))
        for optimizer, base in zip(self.optimizers, self.base):
            optimizer.learning_rate = base * fraction
