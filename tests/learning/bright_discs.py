"""Boxes that a tiny network learns in seconds."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.training_set import TrainingSet


def bright_discs(n=24, size=32, seed=0):
    """Boxes with bright discs in noise, and their masks; a frame of every box is labelled "ignore"."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    labels = np.zeros((n, size, size), np.uint8)
    for label in labels[: n - 2]:
        cy, cx = rng.integers(8, size - 8, 2)
        label[(y - cy) ** 2 + (x - cx) ** 2 < 25] = 1
    images = (labels * 2.0 + rng.normal(0, 0.5, labels.shape)).astype(np.float32)
    labels[:, :2] = labels[:, -2:] = labels[:, :, :2] = labels[:, :, -2:] = 2
    return TrainingSet(images[..., None], labels, 10.0, "global_mad", ["Disc"])
