"""Training of custom objects, which are no Keras models, by the contract that the Ais documentation gives.

Such an object has ``count_params()``, ``fit(train_x, train_y, epochs, batch_size, shuffle, callbacks)``,
``predict(images)``, ``save(path)`` and ``load(path)``. Its ``fit`` sets ``callback.params["epochs"]`` and calls
``callback.on_batch_end(i, {"loss": value})``.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import CancelledError
from ais_jupyter.core.learning.batches import Batches
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.training_events import BatchDone, Events
from ais_jupyter.core.learning.training_options import TrainingOptions

_REQUIRED = ("fit", "predict", "count_params", "save", "load")


def is_custom(model: Any) -> bool:
    """Whether `model` follows the documented contract instead of being a Keras model or one trained batch by batch."""
    return not hasattr(model, "train_on_batch") and all(hasattr(model, name) for name in _REQUIRED)


class _Reporter:
    """The callback handed to ``fit``: hands losses over, and stops training by raising."""

    def __init__(self, options: TrainingOptions, steps_per_epoch: int) -> None:
        # a dict from the start: the documented template writes into it without making it
        self.params: dict[str, Any] = {"epochs": options.epochs, "steps": steps_per_epoch}
        self.model: Any = None
        self.reports: queue.SimpleQueue[dict[str, float] | BaseException | None] = queue.SimpleQueue()
        self.stop = threading.Event()

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.reports.put({"batch": int(batch), "batch_loss": float((logs or {}).get("loss", float("nan")))})
        if self.stop.is_set():
            raise CancelledError("training was stopped")

    on_train_batch_end = on_batch_end

    def __getattr__(self, name: str) -> Any:
        """Any other hook of a Keras callback does nothing."""
        if name.startswith(("on_", "set_")):
            return lambda *args, **kwargs: None
        raise AttributeError(name)


def training_custom(
    model: Any, batches: Batches, options: TrainingOptions, snapshot: Callable[[float | None], ModelState]
) -> Events[float | None]:
    """Train a custom object on the boxes of one epoch, given as two arrays, and return its last loss."""
    pairs = list(batches.epoch())
    images, labels = (np.concatenate(part) for part in zip(*pairs))
    steps = max(1, len(images) // batches.batch_size)
    reporter = _Reporter(options, steps)
    reports = reporter.reports

    def fit() -> None:
        try:
            model.fit(
                images, labels, epochs=options.epochs, batch_size=batches.batch_size, shuffle=True, callbacks=[reporter]
            )  # fmt: skip
            reports.put(None)
        except BaseException as error:  # carried over to the generator's thread
            reports.put(error)

    threading.Thread(target=fit, name="custom fit", daemon=True).start()
    done, loss = 0, None
    while True:
        report = reports.get()
        if report is None or isinstance(report, CancelledError):
            return loss
        if isinstance(report, BaseException):
            raise report
        done, loss = done + 1, report["batch_loss"]
        at = min(float(options.epochs), done / steps)
        epoch = min(options.epochs, 1 + int(at))
        rest = {"loss": loss, "batch": report["batch"]}
        stop = yield BatchDone(
            epoch, done, at, options.epochs, loss, None, rest, partial(snapshot, loss)
        )  # fmt: skip
        if stop:
            reporter.stop.set()
