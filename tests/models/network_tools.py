"""What the tests of networks share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ais_jupyter.core.learning.architectures import find


def randomize(model: Any, seed: int = 0) -> None:
    """Weights as after some training: also biases and statistics of batch normalisation are no longer 0 and 1."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        weights = layer.get_weights()
        if type(layer).__name__ == "BatchNormalization":
            ranges = {"gamma": (0.5, 1.5), "moving_variance": (0.5, 1.5)}
            weights = [rng.uniform(*ranges.get(w.name, (-0.3, 0.3)), w.shape) for w in layer.weights]
        else:
            weights = [w + (rng.normal(0, 0.1, w.shape) if w.ndim == 1 else 0) for w in weights]
        layer.set_weights(weights)


def random_model(title: str, depth: int = 1, box: int = 64, seed: int = 0) -> Any:
    """The Keras model of an architecture (of Pix2pix its generator) with such weights."""
    import keras

    keras.utils.set_random_seed(seed)
    model = find(title).create((box, box, depth))
    model = getattr(model, "generator", model)
    randomize(model, seed)
    return model


def random_images(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)
