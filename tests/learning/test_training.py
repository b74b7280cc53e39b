from __future__ import annotations

import numpy as np
import pytest
from bright_discs import bright_discs

from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.progress import run_to_end
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.network_facts import architecture_facts
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.workflows import open as open_any

RAW = Statistic(0.0, 1.0)

pytestmark = pytest.mark.usefixtures("tiny_architectures")


def dice(model, seed=99):
    """Dice of a model on boxes it has not seen."""
    unseen = bright_discs(8, seed=seed)
    hits = total = 0
    for image, label in zip(unseen.images[..., 0], unseen.labels):
        found = model.segment_slice(image, statistic=RAW, precision="float32") > 0.5
        counts = label != 2
        hits += 2 * (found & (label == 1)).sum()
        total += (found & counts).sum() + (label == 1).sum()
    return hits / total


def train(discs, architecture="Tiny", **options):
    options = {"epochs": 3, "n_copies": 4, "batch_size": 8, "precision": "float32", "seed": 1, **options}
    model = SegmentationModel(architecture, "Disc")
    job = model.train(discs, **options)
    job.result(120)
    return model, job


def test_learns_and_tells_how_it_goes(discs):
    model, job = train(discs, validation_split=0.25)
    assert dice(model) > 0.9
    epochs = [row for row in job.history if "precision" in row]
    steps = [row for row in job.history if "batch_loss" in row]
    assert [row["epoch"] for row in epochs] == [1, 2, 3]
    assert [row["step"] for row in steps] == list(range(1, len(steps) + 1))
    assert epochs[-1]["loss"] < epochs[0]["loss"]
    assert {"val_loss", "val_precision", "val_recall"} <= set(epochs[-1])
    assert 0.8 < epochs[-1]["recall"] <= 1
    assert job.progress == 1.0
    assert model.info.loss == pytest.approx(epochs[-1]["loss"])
    assert (model.info.box_size, model.info.depth, model.info.voxel_size) == (32, 1, 10.0)


def test_a_seed_makes_a_run_repeatable(discs):
    first, second = (train(discs, augment=True)[0] for _ in range(2))
    for a, b in zip(first.network.layers, second.network.layers):
        for one, other in zip(a.weights, b.weights):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("architecture", ["Tiny", "Tiny MSE"])
def test_ignored_pixels_do_not_matter(discs, architecture):
    """What is labelled 2 trains alike, whatever stood there before."""
    other = TrainingSet(discs.images.copy(), discs.labels.copy(), 10.0, "global_mad")
    hidden = np.zeros(discs.labels.shape, bool)
    hidden[:, :16] = True
    for data, value in ((discs, 0), (other, 1)):
        data.labels[hidden] = value
    different = train(discs, architecture, epochs=1)[0], train(other, architecture, epochs=1)[0]
    assert not np.allclose(different[0].network.layers[1].weights[0], different[1].network.layers[1].weights[0])
    # the same two sets with those pixels ignored train alike
    for data in (discs, other):
        data.labels[hidden] = 2
        data.labels[:, 20:24, 20:24] = 1
    same = train(discs, architecture, epochs=1)[0], train(other, architecture, epochs=1)[0]
    np.testing.assert_array_equal(same[0].network.layers[1].weights[0], same[1].network.layers[1].weights[0])


def test_stops_at_the_next_batch_and_keeps_what_was_learned(discs):
    model = SegmentationModel("Tiny", "Disc")
    job = model.train(discs, epochs=1000, n_copies=4, batch_size=8, precision="float32", start=False)
    job.listen(lambda j: j.cancel() if len([r for r in j.history if "batch_loss" in r]) == 5 else None)
    job.start()
    assert job.result(60) is model
    assert job.state == "cancelled"
    assert len([row for row in job.history if "batch_loss" in row]) in (5, 6)
    assert model.compiled


def test_continues_with_its_weights_and_optimizer(discs):
    model, _ = train(discs, epochs=2, schedule="constant")
    steps = _iterations(model)
    before = dice(model)
    again = SegmentationModel.from_stored(model.to_stored())
    job = again.train(discs, epochs=1, n_copies=4, batch_size=8, precision="float32", schedule="constant")
    job.result(60)
    assert _iterations(again) == steps + len([row for row in job.history if "batch_loss" in row])
    assert dice(again) > before - 0.05
    first = next(row["batch_loss"] for row in job.history if "batch_loss" in row)
    assert first < 0.3  # not a fresh start


def test_continues_with_the_optimizer_also_in_a_thread_that_has_trained_before(discs):
    """Keras gives layers other names there."""
    options = TrainingOptions(epochs=1, n_copies=4, batch_size=8, precision="float32")
    model = SegmentationModel("Tiny", "Disc")
    for runs in (1, 2, 3):
        run_to_end(model.training(discs, options))
        assert _iterations(model) == runs * 12
    momentum = [v for k, v in model.to_stored().optimizer.items() if k.endswith("momentum")]
    assert all(np.abs(values).max() > 0 for values in momentum)


def test_a_schedule_that_came_to_its_end_begins_again(discs):
    """The rate at the end of the first run is a hundredth of the first: with that nothing would be learned any more."""
    model, _ = train(discs, epochs=1)
    before = model.network.layers[1].weights[0].copy()
    model.train(discs, epochs=1, n_copies=4, batch_size=8, precision="float32", seed=1).result(60)
    assert np.abs(model.network.layers[1].weights[0] - before).max() > 0.01


def test_networks_of_unknown_architectures_can_be_continued(discs, tmp_path):
    model, _ = train(discs, epochs=1)
    model.info.architecture = "Somebody's own"
    path = model.save(tmp_path / "own.scnm")
    again = open_any(path)
    again.train(discs, epochs=2, n_copies=4, batch_size=8, precision="float32").result(60)
    assert dice(again) > 0.9


def test_the_optimizer_is_in_the_file(discs, tmp_path):
    model, _ = train(discs, epochs=1)
    again = open_any(model.save(tmp_path / "disc.scnm"))
    assert _iterations(again) == _iterations(model) > 0
    for name, values in model.to_stored().optimizer.items():
        np.testing.assert_array_equal(again.to_stored().optimizer[name], values)


def _iterations(model):
    return int(next(v for k, v in model.to_stored().optimizer.items() if k.endswith("iteration")))


def test_batch_statistics_are_measured_anew(discs):
    """With Keras's moving statistics this network would find next to nothing after so few steps."""
    model, _ = train(discs, "Tiny norm", epochs=2)
    assert dice(model) > 0.85
    norm = next(layer for layer in model.network.layers if layer.kind == "BatchNormalization")
    activation = np.maximum(0, _first_convolution(model, discs))
    np.testing.assert_allclose(norm.weights[2], activation.mean(axis=(0, 1, 2)), rtol=0.05, atol=0.01)


def _first_convolution(model, discs):
    from scipy.ndimage import correlate

    kernel, bias = model.network.layers[1].weights
    return np.stack(
        [
            np.stack([correlate(i, kernel[:, :, 0, f], mode="constant") + bias[f] for f in range(8)], axis=-1)
            for i in discs.images[..., 0]
        ]
    )


def test_preview_gets_a_model_ready_to_apply(discs):
    seen = []
    model = SegmentationModel("Tiny norm", "Disc")
    model.train(
        discs, epochs=1, n_copies=4, batch_size=8, precision="float32", preview_every=4,
        preview=lambda m: seen.append(m.segment_slice(discs.images[0, ..., 0], precision="float32")),
    ).result(60)  # fmt: skip
    assert len(seen) == 3
    assert all(p.shape == (32, 32) and 0 <= p.min() <= p.max() <= 1 for p in seen)
    assert not np.array_equal(seen[0], seen[-1])


def test_keeps_the_best_epoch(discs):
    model, job = train(discs, epochs=4, learning_rate=0.3, schedule="constant", keep_best=True)
    losses = [row["loss"] for row in job.history if "precision" in row]
    assert len(losses) == 4
    assert model.compiled


def test_divergence_is_reported(discs):
    job = SegmentationModel("Tiny MSE", "Disc").train(discs, epochs=3, learning_rate=1e38, precision="float32")
    with pytest.raises(AisError, match=r"diverged.*lower learning rate"):
        job.result(60)
    assert job.state == "failed"


def test_depth_must_fit():
    deep = bright_discs()
    deep = TrainingSet(np.repeat(deep.images, 5, axis=3), deep.labels, 10.0, "global_mad")
    model = SegmentationModel("Tiny", "Disc").build(box_size=32, depth=1)
    with pytest.raises(InputError, match="works on 1 slices but the training set has boxes of 5"):
        model.train(deep, epochs=1).result(60)


@pytest.mark.parametrize("known", [True, False])
def test_box_size_must_fit_the_network(known):
    boxes = bright_discs()
    cut = TrainingSet(boxes.images[:, :30, :30], boxes.labels[:, :30, :30], 10.0, "global_mad")
    model = SegmentationModel("VGGNet S", "Disc")
    if not known:  # a network from a file, of an architecture that is not in the library
        model.build(box_size=32, depth=1)
        model.info.architecture = "Somebody's own"
    with pytest.raises(InputError, match="multiple of 8 px, these have 30; make the set with 32 px"):
        model.train(cut, epochs=1).result(60)


@pytest.mark.parametrize("architecture", ["VGGNet S", "UNet S", "ResNet", "ezm-3d-M", "Pix2pix"])
def test_networks_are_built_for_sizes_they_take(architecture):
    multiple = architecture_facts(architecture).size_multiple
    SegmentationModel(architecture, "Disc").build(box_size=2 * multiple, depth=8)
    if multiple > 1:
        with pytest.raises(InputError, match=f"takes boxes of a multiple of {multiple} px"):
            SegmentationModel(architecture, "Disc").build(box_size=2 * multiple + 1, depth=8)


def test_networks_of_slabs_say_which_depth_they_take():
    with pytest.raises(InputError, match="takes boxes of a multiple of 4 slices, these have 1;"):
        SegmentationModel("ezm-3d-M", "Disc").build(box_size=64, depth=1)


def test_objects_of_the_documented_contract(discs, tmp_path):
    model, job = train(discs, "Threshold", epochs=3)
    assert dice(model) > 0.7
    assert [row["batch_loss"] for row in job.history] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert model.custom.seen == ((96, 32, 32, 1), (96, 32, 32, 1))
    assert model.info.n_parameters == 1
    again = SegmentationModel.from_stored(model.to_stored())
    again.allow_custom("Threshold")
    assert again.custom.value == model.custom.value


def test_bfloat16_trains_as_well(discs):
    model, _ = train(discs, precision="bfloat16")
    assert dice(model) > 0.9
    assert all(w.dtype == np.float32 for layer in model.network.layers for w in layer.weights)


def test_a_model_made_of_what_another_keeps_has_settings_of_its_own():
    model = SegmentationModel("VGGNet S", "Ribosome").build(box_size=32)
    again = SegmentationModel.from_stored(model.to_stored())
    again.title, again.info.threshold = "Membrane", 0.9
    assert (model.title, model.info.threshold) == ("Ribosome", 0.5)
