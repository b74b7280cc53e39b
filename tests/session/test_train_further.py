"""Two clear actions: train further, with the settings that are given now, and start over."""

from __future__ import annotations

import numpy as np
import plugins
import pytest

from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.session.open_models import OpenModels
from ais_jupyter.core.session.program import Program
from ais_jupyter.core.session.trainings import Trainings


@pytest.fixture
def window(tmp_path, monkeypatch):
    from ais_jupyter.core.learning import architectures

    plugins.install(tmp_path, plugins.TINY)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    architectures.reload()
    models = OpenModels()
    trainings = Trainings(models, Program())
    opened = models.add(SegmentationModel("Tiny", "Disc"))
    yield trainings, opened
    trainings.close()
    monkeypatch.undo()
    architectures.reload()


@pytest.fixture
def boxes():
    rng = np.random.default_rng(0)
    labels = np.zeros((12, 32, 32), np.uint8)
    labels[:, 8:16, 8:16] = 1
    images = labels[..., None] * 2.0 + rng.normal(0, 0.5, (12, 32, 32, 1))
    return TrainingSet(images, labels, 10.0, "global_mad", ["Disc"])


def options(epochs, **more):
    return TrainingOptions(epochs=epochs, n_copies=2, batch_size=4, precision="float32", seed=0, **more)


def kernel(opened):
    return opened.model.network.layers[1].weights[0]


def epochs(run):
    return [row[0] for row in run.curve.rows if row[2] is not None]


def test_train_further_applies_what_is_given_now_and_continues_the_curve(window, boxes):
    trainings, opened = window
    trainings.train(opened, boxes, options(2)).result(120)
    before = kernel(opened).copy()
    trainings.train(opened, boxes, options(3, learning_rate=1e-9, schedule="constant")).result(120)
    run = trainings.runs[opened.uid]
    assert epochs(run) == [1, 2, 3, 4, 5]
    assert run.options.epochs == 3
    assert np.abs(kernel(opened) - before).max() < 1e-3  # the weights it had, and the new learning rate
    trainings.resume(opened.uid, options=options(1)).result(120)
    assert epochs(trainings.runs[opened.uid]) == [1, 2, 3, 4, 5, 6]
    assert np.abs(kernel(opened) - before).max() > 1e-3


def test_start_over_begins_with_new_weights_and_a_new_curve(window, boxes):
    trainings, opened = window
    trainings.train(opened, boxes, options(2)).result(120)
    before = kernel(opened).copy()
    trainings.start_over(opened, boxes, options(1, learning_rate=1e-9, schedule="constant")).result(120)
    assert epochs(trainings.runs[opened.uid]) == [1]
    assert np.abs(kernel(opened) - before).max() > 1e-2


def test_a_model_from_a_file_is_trained_further_unless_it_is_told_to_start_over(window, boxes):
    trainings, opened = window
    trainings.train(opened, boxes, options(2)).result(120)
    loaded = trainings.models.add(SegmentationModel.from_stored(opened.model.to_stored()))
    slow = options(1, learning_rate=1e-9, schedule="constant")
    trainings.train(loaded, boxes, slow).result(120)
    assert np.abs(kernel(loaded) - kernel(opened)).max() < 1e-3
    trainings.start_over(loaded, boxes, slow).result(120)
    assert np.abs(kernel(loaded) - kernel(opened)).max() > 1e-2


def test_held_out_boxes_stay_held_out_when_it_is_trained_further(window, boxes):
    trainings, opened = window
    seen = []
    for _ in range(2):
        trainings.train(opened, boxes, options(1, validation_split=0.25)).result(120)
        seen.append(opened.model.info.extra["validation_boxes"])
    assert len(seen[0]["held_out"]) == 3
    assert seen[0] == seen[1]
