"""How networks learn: what a recipe changes, and that training stays what it is with each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from bright_discs import bright_discs

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.learning import architectures, recipe
from ais_jupyter.core.learning.averaging import WeightAverage
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.recipe import RECIPES, Recipe
from ais_jupyter.core.learning.training import training
from ais_jupyter.core.learning.training_events import BatchDone
from ais_jupyter.core.learning.training_options import TrainingOptions

pytestmark = pytest.mark.usefixtures("tiny_architectures")
OPTIONS = {"epochs": 2, "n_copies": 4, "batch_size": 8, "precision": "float32", "seed": 1, "recipe": "brief"}


def train(architecture="Tiny norm", boxes=None, **options):
    model = SegmentationModel(architecture, "Disc")
    job = model.train(boxes or bright_discs(), **{**OPTIONS, **options})
    job.result(120)
    return model, job


def weights(model):
    return [weight for layer in model.network.layers for weight in layer.weights]


@pytest.fixture
def only(monkeypatch):
    """Train with one part of a recipe alone."""

    def use(**parts):
        monkeypatch.setitem(recipe.RECIPES, "brief", Recipe(**parts))

    return use


def test_the_recipe_is_the_architectures_own_unless_one_is_asked_for():
    assert architectures.find("UNet 2.5D").recipe == "brief"
    assert architectures.find("VGGNet M").recipe == "plain"
    plain, own, brief = (weights(train(recipe=name)[0]) for name in ("plain", None, "brief"))
    assert all((a == b).all() for a, b in zip(plain, own))
    assert any((a != b).any() for a, b in zip(plain, brief))


def test_a_recipe_that_there_is_not_is_refused():
    with pytest.raises(InputError, match=r"there is no recipe 'quick'; recipes are plain, brief"):
        TrainingOptions(recipe="quick")


@pytest.mark.parametrize("part", [{}, {"vary": True}, {"shift": True}, {"dice": 0.5}, {"averaging": 0.9}])
def test_the_same_seed_gives_the_same_network(only, part):
    only(**part)
    first, second = (weights(train()[0]) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second))


def test_the_learning_rate_rises_and_falls(monkeypatch, only):
    import keras

    only(warm_up=0.25)
    rates, original = [], keras.Model.train_on_batch

    def train_on_batch(self, *args, **options):
        rates.append(float(np.asarray(self.optimizer.learning_rate)))
        return original(self, *args, **options)

    monkeypatch.setattr(keras.Model, "train_on_batch", train_on_batch)
    train("Tiny")
    assert len(rates) == 24
    assert np.argmax(rates) == 6
    assert max(rates) == pytest.approx(0.02)
    assert all(a < b for a, b in pairwise(rates[:7]))
    assert all(a > b for a, b in pairwise(rates[6:]))
    assert rates[0] == pytest.approx(0.0002)


def test_dice_is_added_to_the_loss(only):
    only()
    _, alone = train("Tiny", epochs=1)
    only(dice=0.5)
    _, both = train("Tiny", epochs=1)
    first = [next(row["batch_loss"] for row in job.history if "batch_loss" in row) for job in (alone, both)]
    assert first[0] + 0.2 < first[1] < first[0] + 0.5


def test_the_average_is_of_the_steps_and_the_model_keeps_its_own_weights():
    import keras

    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(inputs))
    average, expected = WeightAverage(model, 0.5), None
    for step, value in enumerate([1.0, 3.0, -2.0, 8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 4.0]):
        model.set_weights([np.full((1, 1), value, np.float32)])
        average.add()
        decay = min(0.5, (1 + step) / (10 + step))
        expected = value if expected is None else decay * expected + (1 - decay) * value
    with average.in_place():
        assert model.get_weights()[0][0, 0] == pytest.approx(expected, rel=1e-6)
    assert model.get_weights()[0][0, 0] == 4.0
    before = average.copy()
    average.add()
    average.restore(before)
    with average.in_place():
        assert model.get_weights()[0][0, 0] == pytest.approx(expected, rel=1e-6)


def test_what_is_shown_and_kept_is_the_average(only, monkeypatch):
    import keras

    only(averaging=0.9)
    after_steps, original = [], keras.Model.train_on_batch

    def train_on_batch(self, *args, **options):
        logs = original(self, *args, **options)
        after_steps.append(self.get_weights()[0])
        return logs

    monkeypatch.setattr(keras.Model, "train_on_batch", train_on_batch)
    stream = training(SegmentationModel("Tiny", "Disc").state, bright_discs(), TrainingOptions(**OPTIONS))
    shown, stop = None, None
    while True:
        try:
            event = stream.send(stop)
        except StopIteration as end:
            kept = end.value.network
            break
        stop = isinstance(event, BatchDone) and event.step == 12
        if stop:
            shown = event.snapshot().network
    assert len(after_steps) == 12
    expected = after_steps[0]
    for step, kernel in enumerate(after_steps[1:], start=1):
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * kernel
    for network in (shown, kept):
        np.testing.assert_allclose(network.layers[1].weights[0], expected, atol=1e-6)
    assert np.abs(after_steps[-1] - expected).max() > 0.01


def test_boxes_with_a_margin_are_learned_and_judged_in_parts():
    from ais_jupyter.core.data.training_set import TrainingSet

    large = bright_discs(size=48)
    large.labels[:, :8] = large.labels[:, -8:] = large.labels[:, :, :8] = large.labels[:, :, -8:] = 2
    boxes = TrainingSet(large.images, large.labels, 10.0, "global_mad", ["Disc"], margin=8)
    model, job = train("UNet 2.5D", boxes, epochs=1, n_copies=2, validation_split=0.25)
    assert model.info.box_size == 40
    assert model.network.input_shape[:2] == (40, 40)
    assert any("val_loss" in row for row in job.history)
    assert model.segment_slice(large.images[0, ..., 0]).shape == (48, 48)
    model.train(boxes, **{**OPTIONS, "epochs": 1}).result(120)  # further
    plain, _ = train("Tiny", boxes, epochs=1, n_copies=1, recipe="plain")
    assert plain.info.box_size == 32


@pytest.mark.parametrize("architecture", ["Tiny", "Tiny norm", "UNet 2.5D"])
def test_memory_that_runs_out_halves_the_batch(monkeypatch, architecture):
    import keras

    from ais_jupyter.core.learning.out_of_memory import is_out_of_memory

    original, failed = keras.Model.train_on_batch, []

    def train_on_batch(self, x, y, **options):
        if len(x) > 4:
            self.set_weights([np.full_like(w, np.nan) for w in self.get_weights()])
            failed.append(MemoryError())
            raise failed[-1]
        return original(self, x, y, **options)

    monkeypatch.setattr(keras.Model, "train_on_batch", train_on_batch)
    model, job = train(architecture, epochs=1, n_copies=1)
    assert is_out_of_memory(failed[0])
    assert [row["out_of_memory"] for row in job.history if "out_of_memory" in row] == [8]
    assert all(np.isfinite(weight).all() for weight in weights(model))


def test_recipes_have_a_name_for_ais():
    assert RECIPES["plain"] == Recipe()
