from __future__ import annotations

import numpy as np
import plugins
import pytest

from ais_jupyter.core.data.training_set import TrainingSet


@pytest.fixture
def tiny_architectures(tmp_path_factory, monkeypatch):
    """A home folder whose plug-ins are the small architectures of `plugins`."""
    from ais_jupyter.core.learning import architectures

    home = tmp_path_factory.mktemp("home")
    plugins.install(home, plugins.TINY, plugins.TINY_MSE, plugins.TINY_NORM, plugins.THRESHOLD)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(home))
    architectures.reload()
    yield
    monkeypatch.undo()
    architectures.reload()


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


@pytest.fixture
def discs():
    return bright_discs()
