"""The instant forest as a model like any other: learns, is applied, saved, opened, exported."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from bright_discs import bright_discs

import ais_jupyter as ais
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.learning.engine_forest import probabilities
from ais_jupyter.core.learning.forest_growth import grow
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.pixel_samples import Samples, choose
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.training import training
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, Prepared
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.models.forest_plan import ForestPlan


@pytest.fixture
def trained(discs):
    return SegmentationModel("Instant forest", "Disc").train(discs, seed=1).result()


def scene(n=3, size=120, seed=5):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    truth = np.zeros((n, size, size), bool)
    for plane in truth:
        for cy, cx in rng.integers(12, size - 12, (6, 2)):
            plane |= (y - cy) ** 2 + (x - cx) ** 2 < 25
    volume = (truth * 2.0 + rng.normal(0, 0.5, truth.shape)).astype(np.float32)
    return ais.Tomogram(volume, 10.0, name="scene"), truth


def dice(found, truth):
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


def test_finds_what_it_was_shown(trained):
    tomogram, truth = scene()
    segmenter = Segmenter(trained.engine(), trained.info, tomogram)
    found = np.stack([segmenter.slice(z) for z in range(3)]) > 0.5
    assert dice(found, truth) > 0.9
    assert trained.info.n_parameters == trained.network.n_parameters > 1000
    assert (trained.info.depth, trained.info.box_size, trained.info.voxel_size) == (1, 32, 10.0)


def test_the_same_seed_gives_the_same_forest(discs):
    one, two = (SegmentationModel("Instant forest").train(discs, seed=3).result().network for _ in range(2))
    for name in ("responses", "thresholds", "leaves"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_ignored_pixels_teach_nothing(discs):
    wrong = bright_discs()
    frame = wrong.labels == 2
    wrong.images[..., 0][frame] = 50.0  # nothing like this is labelled
    wrong.labels[frame] = 2
    rng = np.random.default_rng(0)
    chosen = choose(wrong.labels, 5000, rng)
    assert (wrong.labels.ravel()[chosen.places] != 2).all()
    assert chosen.weights.sum() == pytest.approx((wrong.labels != 2).sum(), rel=1e-4)


def test_rare_features_are_not_drowned():
    labels = np.zeros((100, 100), np.uint8)
    labels[0, :40] = 1
    chosen = choose(labels, 1000, np.random.default_rng(0))
    taken = labels.ravel()[chosen.places] == 1
    assert (taken.sum(), len(taken)) == (40, 1000)
    assert chosen.weights[~taken].sum() == pytest.approx(9960, rel=1e-4)
    assert len(np.unique(chosen.places)) == 1000


def test_events_validation_and_stopping(discs):
    state = SegmentationModel("Instant forest", "Disc").state
    events = list(training(state, discs, TrainingOptions(validation_split=0.25, seed=0)))
    prepared = next(event for event in events if isinstance(event, Prepared))
    assert prepared.held_out > 0
    assert prepared.boxes + prepared.held_out == len(discs)
    end = events[-1]
    assert isinstance(end, EpochDone)
    assert 0 < end.scores["val_loss"] < 0.3
    assert end.snapshot().network.n_parameters == ForestPlan().trees * (6 + 64)
    losses = [event.loss for event in events if isinstance(event, BatchDone)]
    assert losses == sorted(losses, reverse=True)
    begun = training(state, discs, TrainingOptions())
    event = next(begun)
    while not isinstance(event, BatchDone):
        event = begun.send(None)
    with pytest.raises(StopIteration) as stopped:
        begun.send(True)
    assert len(stopped.value.value.network.responses) == 5
    assert not state.has_weights


def test_boxes_without_the_feature_are_refused(discs):
    discs.labels[discs.labels == 1] = 0
    with pytest.raises(InputError, match="do not hold both"):
        SegmentationModel("Instant forest").train(discs).result()


def test_raw_boxes_are_standardised_one_by_one(discs):
    raw = ais.TrainingSet(discs.images * 40 + 1000, discs.labels, 10.0, None, ["Disc"])
    model = SegmentationModel("Instant forest").train(raw, seed=0).result()
    assert model.info.normalization is None
    tomogram, truth = scene()
    found = Segmenter(model.engine(), model.info, tomogram).slice(1) > 0.5
    assert dice(found, truth[1]) > 0.7


def test_deep_boxes_are_looked_at_where_they_are_labelled():
    rng = np.random.default_rng(0)
    flat = bright_discs()
    images = rng.normal(0, 0.5, (len(flat), 32, 32, 21)).astype(np.float32)
    images[..., 10] = flat.images[..., 0]
    deep = ais.TrainingSet(images, flat.labels, 10.0, "global_mad", ["Disc"], z_jitter=16)
    slab = ais.TrainingSet(images, np.repeat(flat.labels[..., None], 21, 3), 10.0, "global_mad", ["Disc"], z_jitter=16)
    for boxes in (deep, slab):
        model = SegmentationModel("Instant forest").train(boxes, seed=0).result()
        assert model.network.bank.depth == model.info.depth == 5
        block = np.stack([images[0, ..., z] for z in range(8, 13)])
        found = model.segment_slice(block, normalization="global_mad", statistic=Statistic(0.0, 1.0))
        assert dice(found > 0.5, flat.labels[0] == 1) > 0.8


def test_tiles_of_the_box_size_change_nothing(trained):
    tomogram, _ = scene()
    whole = Segmenter(trained.engine(), trained.info, tomogram).slice(1)
    tiled = Segmenter(trained.engine(), trained.info, tomogram, InferenceOptions(tiled=True)).slice(1)
    np.testing.assert_array_equal(whole, tiled)


def test_a_stream_of_slices_is_what_single_slices_are(trained):
    tomogram, _ = scene(6)
    alone = Segmenter(trained.engine(), trained.info, tomogram)
    together = Segmenter(trained.engine(streams=2), trained.info, tomogram)
    for z, found in together.stream((0, 6), batch_size=2):
        np.testing.assert_array_equal(found, alone.slice(z))


def test_saved_and_opened_to_the_bit(trained, tmp_path):
    opened = ais.open(trained.save(tmp_path / "Disc.scnm"))
    assert opened.info.architecture == "Instant forest"
    for name in ("responses", "thresholds", "leaves"):
        np.testing.assert_array_equal(getattr(opened.network, name), getattr(trained.network, name))
    opened.title = "Other"
    again = ais.open(ais.ModelGroup([trained, opened]).save(tmp_path / "two.scnmgroup"))
    assert [model.network.n_parameters for model in again] == [trained.network.n_parameters] * 2


def test_build_gives_a_forest_that_knows_nothing(tmp_path):
    model = SegmentationModel("Instant forest").build(32, 3, 10.0)
    assert (model.segment_slice(np.zeros((3, 20, 30), np.float32)) == 0.5).all()
    assert ais.open(model.save(tmp_path / "a.scnm")).info.depth == 3


def test_neither_keras_nor_tensorflow_is_loaded():
    code = (
        "import sys; sys.path.insert(0, 'tests/learning'); from bright_discs import bright_discs\n"
        "import ais_jupyter as ais; ais.SegmentationModel('Instant forest').train(bright_discs(), seed=0).result()\n"
        "assert not {'keras', 'tensorflow', 'openvino'} & set(sys.modules), 'slow to start'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_probabilities_mean_what_they_say():
    rng = np.random.default_rng(0)
    responses = rng.normal(size=(20, 30_000)).astype(np.float32)
    chance = 1 / (1 + np.exp(-2 * responses[3]))
    labels = (rng.random(30_000) < chance).astype(np.uint8)
    samples = Samples(responses, labels, np.ones(30_000, np.float32))
    *_, last = grow(samples, FilterBank(depth=1), ForestPlan(trees=60), seed=0)
    fresh = rng.normal(size=(20, 30_000)).astype(np.float32)
    found = probabilities(last.forest, fresh)
    for low in (0.1, 0.3, 0.5, 0.7):
        chosen = (found > low) & (found < low + 0.2)
        assert (1 / (1 + np.exp(-2 * fresh[3][chosen]))).mean() == pytest.approx(found[chosen].mean(), abs=0.05)


def test_trees_of_many_levels_are_climbed_right():
    rng = np.random.default_rng(0)
    bank = FilterBank(depth=1)
    forest = Forest(
        bank, 0.25, rng.integers(0, 20, (3, 11)).astype(np.int32), rng.normal(size=(3, 11)).astype(np.float32),
        rng.normal(size=(3, 2**11)).astype(np.float32),
    )  # fmt: skip
    rows = rng.normal(size=(20, 50)).astype(np.float32)
    for pixel, found in enumerate(probabilities(forest, rows)):
        odds = 0.25
        for asked, thresholds, leaves in zip(forest.responses, forest.thresholds, forest.leaves):
            leaf = int("".join(str(int(rows[a, pixel] > t)) for a, t in zip(asked, thresholds)), 2)
            odds += leaves[leaf]
        assert found == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-6)


def test_memory_does_not_grow_with_the_slice(trained):
    engine = trained.engine()
    peaks = []
    for size in (1100, 1700):
        batch = np.zeros((1, size, size, 1), np.float32)
        tracemalloc.start()
        engine.predict(batch)
        peaks.append(tracemalloc.get_traced_memory()[1] - 3 * batch.nbytes)
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
