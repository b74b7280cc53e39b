"""Counts behind precision and recall, leaving out ignored pixels."""

from __future__ import annotations

from typing import Any


def counting_metrics() -> list[Any]:
    """Keras metrics `true_positives`, `predicted`, `actual`: pixels per box at probability 0.5, averaged over boxes.

    Sums of them over batches give precision (true_positives / predicted) and recall (true_positives / actual).
    """
    from keras import ops

    def per_box(values: Any) -> Any:
        return ops.sum(ops.reshape(values, (ops.shape(values)[0], -1)), axis=1)

    def counted(y: Any) -> tuple[Any, Any]:
        y = ops.cast(y, "float32")
        return ops.cast(ops.logical_and(y > 0.5, y < 1.5), "float32"), ops.cast(y < 1.5, "float32")

    def true_positives(y: Any, p: Any) -> Any:
        return per_box(counted(y)[0] * ops.cast(p > 0.5, "float32"))

    def predicted(y: Any, p: Any) -> Any:
        return per_box(counted(y)[1] * ops.cast(p > 0.5, "float32"))

    def actual(y: Any, p: Any) -> Any:
        return per_box(counted(y)[0])

    return [true_positives, predicted, actual]


class RunningScores:
    """Loss, precision and recall over the batches of an epoch."""

    def __init__(self) -> None:
        self.boxes = 0
        self.loss_sum = self.hits = self.predicted = self.actual = 0.0

    def add(self, logs: dict[str, Any], boxes: int) -> float:
        """Take the logs of one batch and return its loss."""
        loss = float(logs["loss"])
        self.boxes += boxes
        self.loss_sum += loss * boxes
        self.hits += float(logs.get("true_positives", 0)) * boxes
        self.predicted += float(logs.get("predicted", 0)) * boxes
        self.actual += float(logs.get("actual", 0)) * boxes
        return loss

    def values(self, prefix: str = "") -> dict[str, float]:
        """Mean loss, precision (1 while nothing was predicted) and recall (1 while nothing is there)."""
        return {
            f"{prefix}loss": self.loss_sum / max(1, self.boxes),
            f"{prefix}precision": self.hits / self.predicted if self.predicted else 1.0,
            f"{prefix}recall": self.hits / self.actual if self.actual else 1.0,
        }
