"""How networks learn: what a recipe changes, and that training stays what it is with each."""

from __future__ import annotations

import numpy as np
import pytest
from bright_discs import bright_discs

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.learning import architectures, recipe
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.recipe import RECIPES, Recipe
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


@pytest.mark.parametrize("part", [{}, {"vary": True}, {"move": True}, {"dice": 0.5}])
def test_the_same_seed_gives_the_same_network(only, part):
    only(**part)
    first, second = (weights(train()[0]) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second))


def test_dice_is_added_to_the_loss(only):
    only()
    _, alone = train("Tiny", epochs=1)
    only(dice=0.5)
    _, both = train("Tiny", epochs=1)
    first = [next(row["batch_loss"] for row in job.history if "batch_loss" in row) for job in (alone, both)]
    assert first[0] + 0.2 < first[1] < first[0] + 0.5


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
