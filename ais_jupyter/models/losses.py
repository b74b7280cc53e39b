"""Losses that leave out the pixels labelled 2 (ignore).

Labels hold 0 (background), 1 (feature) or anything between (softened labels), and 2 where nobody knows. Every function
takes labels and predictions of equal shape (n, y, x, 1) or (n, y, x, z, 1) and returns one number for the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops
from keras.saving import register_keras_serializable

IGNORE = 2
DICE_EPSILON = 1e-6
LOG_EPSILON = 1e-7


def split_labels(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Return the labels with 0 where they are to be ignored, and weights that are 0 there and 1 elsewhere."""
    y_true = ops.cast(y_true, y_pred.dtype)
    weight = ops.cast(ops.not_equal(y_true, IGNORE), y_pred.dtype)
    return y_true * weight, weight


def weighted_mean(values: Any, weight: Any) -> Any:
    """Mean of `values` where `weight` is 1; 0 when it is so nowhere."""
    return ops.sum(values * weight) / ops.maximum(ops.sum(weight), 1.0)


@register_keras_serializable(package="ais_jupyter")
def masked_bce(y_true: Any, y_pred: Any) -> Any:
    """Binary cross-entropy, mean over the pixels that count."""
    y, weight = split_labels(y_true, y_pred)
    p = ops.clip(y_pred, LOG_EPSILON, 1.0 - LOG_EPSILON)
    return weighted_mean(-(y * ops.log(p) + (1.0 - y) * ops.log(1.0 - p)), weight)


@register_keras_serializable(package="ais_jupyter")
def masked_dice(y_true: Any, y_pred: Any) -> Any:
    """1 − (2Σyp + ε)/(Σy + Σp + ε) over the whole batch."""
    y, weight = split_labels(y_true, y_pred)
    p = y_pred * weight
    return 1.0 - (2.0 * ops.sum(y * p) + DICE_EPSILON) / (ops.sum(y) + ops.sum(p) + DICE_EPSILON)


@register_keras_serializable(package="ais_jupyter")
def masked_bce_dice(y_true: Any, y_pred: Any) -> Any:
    """Cross-entropy plus Dice."""
    return masked_bce(y_true, y_pred) + masked_dice(y_true, y_pred)


@register_keras_serializable(package="ais_jupyter")
def masked_combination(y_true: Any, y_pred: Any) -> Any:
    """0.3 cross-entropy plus 0.7 Dice."""
    return 0.3 * masked_bce(y_true, y_pred) + 0.7 * masked_dice(y_true, y_pred)


def bce_and_dice(weight: float) -> Callable[[Any, Any], Any]:
    """Return a loss: cross-entropy plus `weight` times Dice."""

    def masked_bce_and_dice(y_true: Any, y_pred: Any) -> Any:
        return masked_bce(y_true, y_pred) + weight * masked_dice(y_true, y_pred)

    return masked_bce_and_dice


@register_keras_serializable(package="ais_jupyter")
def masked_l1(y_true: Any, y_pred: Any) -> Any:
    """Absolute difference, mean over the pixels that count."""
    y, weight = split_labels(y_true, y_pred)
    return weighted_mean(ops.abs(y - y_pred), weight)
