"""One stream of training events, which everybody reads alike."""

from __future__ import annotations

from itertools import pairwise

import pytest
from bright_discs import bright_discs

from ais_jupyter.core.data.errors import CustomObjectError, InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.best import Best
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.learning.training import training
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, Prepared, Step
from ais_jupyter.core.learning.training_options import TrainingOptions

pytestmark = pytest.mark.usefixtures("tiny_architectures")

OPTIONS = TrainingOptions(epochs=3, n_copies=2, batch_size=8, precision="float32", seed=0, validation_split=0.25)


def followed(state, boxes, options=OPTIONS, stop_after=None):
    """All events of a training and what it returns."""
    stream, seen, stop = training(state, boxes, options), [], None
    while True:
        try:
            event = stream.send(stop)
        except StopIteration as end:
            return seen, end.value
        seen.append((event, event.snapshot() if hasattr(event, "snapshot") else None))
        stop = sum(isinstance(one, BatchDone) for one, _ in seen) == stop_after


def test_events_come_in_order_and_a_model_is_a_value(discs):
    model = SegmentationModel("Tiny", "Disc")
    before = model.state
    seen, trained = followed(before, discs)
    events = [event for event, _ in seen]
    steps = (len(events) - 3) // 3 - 1
    assert [type(e) for e in events] == [
        Step, Prepared, *([BatchDone] * steps + [EpochDone]) * 3, Step,
    ]  # fmt: skip
    prepared = events[1]
    assert (prepared.arithmetic, prepared.batch_size, prepared.boxes, prepared.held_out) == ("float32", 8, 18, 6)
    assert [e.step for e in events if isinstance(e, BatchDone)] == list(range(1, 3 * steps + 1))
    assert (model.state, before.network, model.info.loss) == (before, None, 0.0)
    assert trained.network is not None
    assert trained.info.loss == events[-2].scores["loss"]
    fractions = [event.progress.fraction for event in events]
    assert fractions == sorted(fractions)


def test_snapshots_are_models_of_their_moment(discs):
    seen, trained = followed(SegmentationModel("Tiny", "Disc").state, discs)
    image, found = discs.images[0, ..., 0], []
    for event, snapshot in seen:
        if snapshot is not None:
            assert isinstance(snapshot, ModelState)
            found.append(SegmentationModel.of(snapshot).segment_slice(image, precision="float32"))
            if isinstance(event, EpochDone):
                assert (found.pop() == found[-1]).all()  # as after the last batch
                assert snapshot.info.loss == event.scores["loss"]
    assert all((a != b).any() for a, b in pairwise(found))
    last = SegmentationModel.of(trained).segment_slice(image, precision="float32")
    assert abs(last - found[-1]).max() < 1e-6


def test_the_best_epoch_is_judged_once(discs):
    options = TrainingOptions(
        epochs=5, n_copies=1, batch_size=8, precision="float32", seed=0, learning_rate=0.3, schedule="constant",
        keep_best=True,
    )  # fmt: skip
    seen, trained = followed(SegmentationModel("Tiny", "Disc").state, discs, options)
    epochs = [event for event, _ in seen if isinstance(event, EpochDone)]
    losses = [event.scores["loss"] for event in epochs]
    assert [event.is_best for event in epochs] == [loss == min(losses[: i + 1]) for i, loss in enumerate(losses)]
    best = [snapshot for event, snapshot in seen if isinstance(event, EpochDone) and event.is_best][-1]
    for one, other in zip(best.network.layers, trained.network.layers):
        assert all((a == b).all() for a, b in zip(one.weights, other.weights))


def test_validation_is_what_is_judged_where_there_is_one():
    best = Best()
    assert best.judge(1, {"loss": 0.5, "val_loss": 0.9})
    assert not best.judge(2, {"loss": 0.1, "val_loss": 0.95})
    assert best.judge(3, {"loss": 0.6, "val_loss": 0.8})
    assert (best.epoch, best.loss) == (3, 0.8)


def test_stopped_it_returns_what_it_has(discs):
    seen, trained = followed(SegmentationModel("Tiny", "Disc").state, discs, stop_after=4)
    assert sum(isinstance(event, BatchDone) for event, _ in seen) == 4
    assert trained.network is not None
    assert trained.info.loss > 0


def test_consumers_and_jobs_see_the_same_events(discs):
    taken = []
    model = SegmentationModel("Tiny", "Disc")
    job = Job(model.training(discs, OPTIONS, [taken.append]))
    assert job.result(120) is model
    rows = [event.progress.values for event in taken if event.progress.values]
    assert rows == job.history


def test_a_renamed_model_keeps_its_name_while_it_trains(discs):
    model = SegmentationModel("Tiny", "Disc")
    job = model.train(discs, epochs=1, n_copies=1, batch_size=8, after_epoch=lambda *_: setattr(model, "title", "Ring"))
    job.result(60)
    assert (model.title, model.info.box_size) == ("Ring", 32)


def test_starting_over_forgets_the_weights(discs):
    options = TrainingOptions(epochs=1, n_copies=1, batch_size=8, precision="float32", seed=3)
    fresh, model = SegmentationModel("Tiny", "Disc"), SegmentationModel("Tiny", "Disc")
    Job(fresh.training(discs, options)).result(60)
    Job(model.training(discs, OPTIONS)).result(60)
    Job(model.training(discs, options, start_over=True)).result(60)
    first, second = fresh.network.layers[1].weights[0], model.network.layers[1].weights[0]
    assert (first == second).all()


def test_a_custom_object_speaks_the_same_language(discs):
    seen, trained = followed(SegmentationModel("Threshold", "Disc").state, discs)
    assert [type(event) for event, _ in seen] == [Step, BatchDone, BatchDone, BatchDone]
    assert trained.custom is not None
    assert trained.info.n_parameters == 1


def test_opening_a_custom_object_calls_no_plug_in(discs, monkeypatch):
    from ais_jupyter.core.learning import custom_storage

    model = SegmentationModel("Threshold", "Disc")
    Job(model.training(discs, OPTIONS)).result(60)
    stored = model.to_stored()

    def called(*_):
        raise AssertionError("a plug-in was called")

    monkeypatch.setattr(custom_storage, "load_custom", called)
    again = SegmentationModel.from_stored(stored)
    assert again.compiled
    assert repr(again)
    assert again.to_stored().weights_file == stored.weights_file
    for _ in range(2):
        with pytest.raises(CustomObjectError, match="plug-in 'Threshold' reads its weights.*allow_custom='Threshold'"):
            again.segment_slice(discs.images[0, ..., 0])
        again.allow_custom(["VGGNet S"])  # another name is no consent
    with pytest.raises(CustomObjectError):
        Job(again.training(discs, OPTIONS)).result(60)
    again.allow_custom("Threshold")
    with pytest.raises(AssertionError, match="called"):
        again.segment_slice(discs.images[0, ..., 0])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1"), ({"batch_size": 2.5}, "batch_size must be"),
        ({"n_copies": -1}, "n_copies"), ({"excess_negative": -200}, "excess_negative must be a whole number from -100"),
        ({"learning_rate": -1e-3}, "learning_rate must be a number above 0"), ({"learning_rate": float("nan")}, "rate"),
        ({"validation_split": 1}, "0–0.9"), ({"schedule": "linear"}, "schedule is one of"), ({"epochs": "x"}, "epochs"),
        ({"precision": "int8"}, "precision one of"), ({"filament_diameter": 0}, "filament"),
        ({"rate": 1}, "no option rate"),
    ],
)  # fmt: skip
def test_options_are_checked_before_anything_begins(values, words):
    with pytest.raises(InputError, match=words):
        SegmentationModel("Tiny", "Disc").train(bright_discs(4), **values)


def test_no_validation_is_said(discs):
    labels = discs.labels.copy()
    labels[1:] = 0
    boxes = TrainingSet(discs.images, labels, 10.0, "global_mad")
    seen, _ = followed(SegmentationModel("Tiny", "Disc").state, boxes)
    prepared = next(event for event, _ in seen if isinstance(event, Prepared))
    assert "no box with the feature could be held out, so there is no validation" in prepared.note
    assert prepared.progress.values["note"] == prepared.note
    assert (prepared.boxes, prepared.held_out) == (24, 0)
