"""Batch-normalisation statistics, measured again after training.

Keras lets the moving statistics follow with momentum 0.99. After the few hundred steps that people train here they are
still far from the network's own, and predictions suffer badly: a UNet M of 90 steps found nothing with its moving
statistics and reached Dice 0.997 with statistics measured again over a few batches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ais_jupyter.core.learning.batches import Batches


def has_batch_norm(model: Any) -> bool:
    """Whether a Keras model has batch-normalisation layers."""
    import keras

    return any(isinstance(layer, keras.layers.BatchNormalization) for layer in getattr(model, "layers", []))


def reestimate(model: Any, batches: Batches, most_batches: int = 16, seed: int = 0) -> None:
    """Set the moving statistics of a Keras model to their mean over training batches.

    Parameters
    ----------
    batches : Batches
        Boxes of the training set, without augmentation, in an order fixed by `seed`; up to `most_batches` batches.
    """
    import keras
    import numpy as np

    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    if not layers:
        return
    order = np.random.default_rng(seed).permutation(len(batches.set))
    groups = [order[i : i + batches.batch_size] for i in range(0, len(order), batches.batch_size)]
    if len(groups) > 1 and len(groups[-1]) < batches.batch_size:
        groups.pop()  # a small rest would count as much as a whole batch
    with _kept_momentum(layers), _without_dropout(model):
        for count, indices in enumerate(groups[:most_batches], start=1):
            for layer in layers:
                layer.momentum = 1 - 1 / count  # moving ← mean of the batches so far
            images, _ = batches.collect(indices, augment=False)
            model(keras.ops.convert_to_tensor(images), training=True)


@contextmanager
def _kept_momentum(layers: list[Any]) -> Iterator[None]:
    before = [layer.momentum for layer in layers]
    try:
        yield
    finally:
        for layer, momentum in zip(layers, before):
            layer.momentum = momentum


@contextmanager
def _without_dropout(model: Any) -> Iterator[None]:
    """Switch dropout off: it would widen the statistics of layers behind it."""
    layers = [layer for layer in model.layers if "Dropout" in type(layer).__name__ and hasattr(layer, "rate")]
    before = [layer.rate for layer in layers]
    try:
        for layer in layers:
            layer.rate = 0.0
        yield
    finally:
        for layer, rate in zip(layers, before):
            layer.rate = rate
