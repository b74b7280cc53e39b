"""The overview picture: a readable PNG, y upwards, also without training or scale."""

from __future__ import annotations

import matplotlib.image
import numpy as np
import pytest

from ais_jupyter.core.analysis.evaluation import evaluate
from ais_jupyter.sample.overview import draw_overview


@pytest.fixture
def run():
    """A slice that is bright below y = 20, and a network that finds the truth."""
    image = np.where(np.arange(64)[:, None] < 20, 220.0, 30.0) * np.ones((64, 64))
    truth = np.zeros((6, 64, 64), bool)
    truth[:, 40:56, 10:30] = True
    probability = np.where(truth, 0.9, 0.05).astype(np.float32)
    return {
        "image": image,
        "truth": truth[3],
        "probability": probability[3],
        "scores": evaluate(probability, truth, ignore=[2]),
    }


def test_y_points_up_and_the_segmentation_is_tinted(tmp_path, run):
    history = [{"epoch": 1, "step": i, "batch_loss": 0.5 / (i + 1)} for i in range(8)] + [{"epoch": 1, "loss": 0.2}]
    path = draw_overview(
        tmp_path / "overview.png", pixel_size=10.0, history=history, annotated_slices=[2], title="Title", **run
    )
    picture = matplotlib.image.imread(path)[..., :3]
    height, width = picture.shape[:2]
    assert height > 900
    assert width > 1400
    first = picture[int(0.15 * height) : int(0.61 * height), int(0.05 * width) : int(0.33 * width)].mean(axis=2)
    assert first[-len(first) // 8].mean() > 0.8  # low y lies below
    assert first[len(first) // 8].mean() < 0.2
    third = picture[int(0.15 * height) : int(0.61 * height), int(0.68 * width) : int(0.97 * width)]
    reddish = (third[..., 0] > third[..., 1] + 0.2) & (third[..., 0] > third[..., 2])
    rows = np.flatnonzero(reddish.any(axis=1)) / len(third)
    assert rows.min() > 0.05
    assert rows.max() < 0.45  # the truth lies at high y: in the upper half


def test_without_training_scale_or_anything_found(tmp_path, run):
    run["probability"] = np.zeros((64, 64), np.float32)
    run["truth"] = np.zeros((64, 64), bool)
    empty = np.zeros((2, 64, 64), bool)
    run["scores"] = evaluate(empty, empty)
    path = draw_overview(tmp_path / "overview.png", pixel_size=0.0, **run)
    assert path.read_bytes().startswith(b"\x89PNG")
