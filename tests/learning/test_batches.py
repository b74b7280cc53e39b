from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.augmentation import orient, orient_back, random_window, soften_filaments
from ais_jupyter.core.learning.batches import Batches, edge_seen
from ais_jupyter.core.learning.recipe import Recipe
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.learning.validation_split import split_boxes


def batches_of(training_set, batch_size=32, n_copies=10, slab=False, **options):
    return Batches(training_set, TrainingOptions(batch_size=batch_size, n_copies=n_copies, **options), slab)


def boxes(positive=6, negative=4, size=8, depth=1, jitter=0, slab_labels=False):
    n = positive + negative
    rng = np.random.default_rng(0)
    images = rng.normal(size=(n, size, size, depth + jitter)).astype(np.float32)
    images[..., 0] += np.arange(n)[:, None, None] * 100  # tells boxes apart
    labels = np.zeros((n, size, size), np.uint8)
    labels[:positive, 2:5, 2:4] = 1
    labels[:, 0, 0] = 2
    if slab_labels:
        slab = np.full(images.shape, 2, np.uint8)
        slab[..., images.shape[3] // 2] = labels
        labels = slab
    return TrainingSet(images, labels, 10.0, "global_mad", ["A"], jitter)


@given(st.integers(0, 15), st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
def test_orientations_can_be_undone(index, ny, nx, nz):
    array = np.random.default_rng(1).normal(size=(nz, ny, nx))
    back = orient_back(orient(array, index, 1, 2, 0), index, 1, 2, 0)
    np.testing.assert_array_equal(back, array)


def test_sixteen_orientations_are_different():
    array = np.arange(3 * 4 * 4).reshape(3, 4, 4)
    turned = {orient(array, i, 1, 2, 0).tobytes() for i in range(16)}
    assert len(turned) == 16


def test_every_batch_holds_a_positive_box():
    batches = batches_of(boxes(positive=1, negative=31), batch_size=8, n_copies=3, seed=0)
    assert batches.steps_per_epoch == 12
    assert all((labels == 1).any() for _, labels in batches.epoch())


def test_batch_is_halved_until_it_fits():
    assert batches_of(boxes(6, 4), batch_size=32).batch_size == 8


def test_excess_negative_sets_the_ratio():
    """Twice as many negatives as positives, each positive n_copies times (the rule of the first versions of Ais)."""
    batches = batches_of(boxes(4, 6), batch_size=4, n_copies=3, excess_negative=100, seed=0)
    positives = sum((labels == 1).any(axis=(1, 2, 3)).sum() for _, labels in batches.epoch())
    assert batches.steps_per_epoch * 4 == 36
    assert positives == 12


def test_same_seed_same_batches():
    first, second, other = (
        [images for images, _ in batches_of(boxes(), 4, 2, seed=seed, augment=True).epoch()] for seed in (5, 5, 6)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other))


def test_labels_turn_with_images():
    data = boxes(1, 0, size=8)
    data.images[0, ..., 0] = data.labels[0]
    for images, labels in batches_of(data, 1, n_copies=20, seed=0).epoch():
        np.testing.assert_array_equal(images, labels)


def test_empty_and_unlabelled_sets_are_refused():
    with pytest.raises(InputError, match="empty"):
        batches_of(boxes(0, 0))
    with pytest.raises(InputError, match="none of the 4 boxes holds a labelled pixel"):
        batches_of(boxes(0, 4))


def test_slab_jitter_keeps_the_annotated_slice_inside():
    data = boxes(2, 0, depth=8, jitter=16, slab_labels=True)
    places = set()
    for images, labels in batches_of(data, 1, n_copies=60, slab=True, seed=0).epoch():
        assert images.shape == labels.shape == (1, 8, 8, 8, 1)
        labelled = np.flatnonzero((labels[0, ..., 0] != 2).any(axis=(0, 1)))
        assert len(labelled) == 1
        places.add(int(labelled[0]))
    assert places == set(range(8))


def test_flat_labels_serve_slab_networks():
    data = boxes(2, 0, depth=8, jitter=16)
    images, labels = next(batches_of(data, 2, slab=True, seed=0).epoch())
    assert labels.shape == images.shape
    assert ((labels != 2).any(axis=(1, 2, 4)).sum(axis=1) == 1).all()


def test_slab_labels_serve_flat_networks():
    data = boxes(2, 2, depth=5, jitter=16, slab_labels=True)
    images, labels = batches_of(data, 4, seed=0).collect(np.arange(4), augment=False)
    assert images.shape == (4, 8, 8, 5)
    assert labels.shape == (4, 8, 8, 1)
    np.testing.assert_array_equal(labels[..., 0], data.labels[..., 21 // 2])


def test_raw_boxes_are_standardised():
    data = boxes()
    data.normalization = None
    images, _ = batches_of(data, 4).collect(np.arange(4), augment=False)
    np.testing.assert_allclose(images.mean(axis=(1, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(images.std(axis=(1, 2, 3)), 1, atol=1e-3)


def test_flavours_are_mixed_in_training_only():
    data = boxes(2, 0)
    data.flavours["x_denoised"] = (np.array([0, 1]), data.images + 1000)
    batches = batches_of(data, 2, n_copies=50, seed=0)
    means = [images.mean(axis=(1, 2, 3)) for images, _ in batches.epoch()]
    assert np.max(means) > 900
    assert batches.collect(np.arange(2), augment=False)[0].max() < 900


def boxes_with_margin(n=4, size=24, margin=8, depth=1):
    """Boxes whose grey value says where a pixel is; all but a rim is labelled."""
    data = boxes(n, 0, size, depth)
    data.images[...] = np.arange(size * size).reshape(size, size)[..., None]
    data.labels[...] = 2
    data.labels[:, margin : size - margin, margin : size - margin] = 0
    data.labels[:, size // 2, size // 2] = 1
    data.margin = margin
    return data


@pytest.mark.parametrize(
    ("move", "multiple", "edge"),
    [(False, 1, 8), (False, 5, 10), (True, 1, 16), (True, 4, 16), (True, 12, 24), (True, 32, 24)],
)
def test_a_margin_gives_room_to_move(move, multiple, edge):
    assert edge_seen(boxes_with_margin(), move, multiple) == edge


def test_without_a_margin_the_whole_box_is_seen():
    assert edge_seen(boxes(), move=True, multiple=1) == 8


@pytest.mark.parametrize("move", [True, False])
@pytest.mark.parametrize("depth", [1, 3])
def test_what_is_seen_of_a_box_moves_in_training_only(depth, move):
    data = boxes_with_margin(depth=depth)
    batches = Batches(data, TrainingOptions(batch_size=1, n_copies=200, seed=0), recipe=Recipe(move=move), edge=16)
    middles = []
    for images, labels in batches.epoch():
        assert images.shape == (1, 16, 16, depth)
        trusted = int((labels != 2).sum())
        assert 8 * 8 * 0.7 < trusted < 8 * 8 * 1.4 if move else trusted == 8 * 8
        middles.append(images[0, 8, 8, 0])
    spread = np.abs(np.array(middles) // 24 - 12).max()
    assert spread > 3 if move else spread <= 1
    middle, _ = batches.collect(np.arange(1), augment=False)
    assert middle.min() == 24 * 4 + 4


@pytest.mark.parametrize("slab", [True, False])
def test_images_and_labels_move_alike(slab):
    size, edge, rng = 40, 24, np.random.default_rng(0)
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    image = np.stack([rows, columns], axis=-1)
    angles, scales, middles = [], [], []
    for _ in range(200):
        label = np.stack([rows, columns], axis=-1) if slab else columns
        seen, labels = random_window(image, label + 10, edge, rng)
        assert (seen.shape, seen.dtype) == ((edge, edge, 2), np.float32)
        known = (labels[..., 0] if slab else labels) != 2
        nearest = labels[known] - 10
        np.testing.assert_allclose(nearest, (seen if slab else seen[..., 1])[known], atol=0.501)
        assert known.mean() > 0.7
        along = seen[12, 13] - seen[12, 12]  # how far one pixel goes in the box
        angles.append(np.degrees(np.arctan2(along[0], along[1])))
        scales.append(1 / np.hypot(*along))
        middles.append(seen[11:13, 11:13].mean(axis=(0, 1)) - 19.5)
    assert -45.1 < min(angles) < -40 < 40 < max(angles) < 45.1
    assert 0.85 < min(scales) < 0.9 < 1.1 < max(scales) < 1.17
    assert 6.5 < np.abs(middles).max() < 8.0 * 1.5


def test_a_box_seen_whole_is_ignored_beyond_its_corners():
    label = np.zeros((16, 16), np.uint8)
    image = np.random.default_rng(0).normal(size=(16, 16, 1)).astype(np.float32)
    seen, labels = random_window(image, label, 16, np.random.default_rng(3))
    assert np.isfinite(seen).all()
    assert image.min() <= seen.min() <= seen.max() <= image.max()
    assert 0 < (labels == 2).mean() < 0.5
    assert (label == 0).all()  # the set itself stays as it is


def test_grey_values_vary_but_not_when_they_are_judged():
    data = boxes(6, 0, size=32)
    data.images[...] = np.random.default_rng(0).normal(size=data.images.shape)
    batches = Batches(data, TrainingOptions(batch_size=6, n_copies=50, seed=0), recipe=Recipe(vary=True))
    looks = np.concatenate([images for images, _ in batches.epoch()])
    spread, mean = looks.std(axis=(1, 2, 3)), looks.mean(axis=(1, 2, 3))
    assert 0.75 < spread.min() < 0.85
    assert 1.2 < spread.max() < 1.4
    assert 0.1 < mean.std() < 0.2
    np.testing.assert_array_equal(batches.collect(np.arange(6), augment=False)[0], data.images)


def test_filament_labels_are_brightest_on_the_axis():
    label = np.zeros((32, 32), np.uint8)
    label[14:19, 4:28] = 1
    label[:2] = 2
    soft = soften_filaments(label, diameter=6)
    assert (soft[:2] == 2).all()
    assert soft[16, 16] == 1
    assert soft[19, 16] == pytest.approx(0.5, abs=1e-3)  # half a diameter away


def test_split_keeps_every_box_once():
    split = split_boxes(boxes(6, 4), 0.2, seed=0)
    assert len(split.held_out) == 2
    together = np.concatenate([boxes(6, 4).images[part] for part in (split.learned, split.held_out)])
    assert sorted(together[:, 0, 0, 0].tolist()) == sorted(boxes(6, 4).images[:, 0, 0, 0].tolist())
    assert not len(split_boxes(boxes(6, 4), 0.0).held_out)
