"""The training set and training, as the browser asks for them."""

from __future__ import annotations

import time

import numpy as np
import plugins
import pytest
from asking import answer_now

import ais_jupyter as ais
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.architecture_names import PROPOSED
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.workflows.library import best_depth
from ais_jupyter.widgets import Trainer

OPTIONS = {
    "epochs": 2, "batch_size": 4, "n_copies": 2, "learning_rate": None, "validation_split": 0.0, "augment": False,
}  # fmt: skip


def annotated(name="one", boxes=8, voxel_size=10.0):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:128, :128]
    drawn = np.zeros((128, 128), bool)
    centres = rng.integers(20, 108, (boxes, 2))
    for cy, cx in centres:
        drawn |= (y - cy) ** 2 + (x - cx) ** 2 < 25
    volume = (rng.normal(0, 1, (4, 128, 128)) + 4 * drawn).astype(np.float32)
    item = AnnotatedTomogram(Tomogram(volume, voxel_size=voxel_size, name=name))
    feature = item.add_feature("Disc", box_size=32)
    feature.set_mask(2, drawn)
    feature.set_boxes(2, [(int(cy), int(cx)) for cy, cx in centres])
    return item


@pytest.fixture
def page(tmp_path, monkeypatch):
    from ais_jupyter.core.learning import architectures

    plugins.install(tmp_path, plugins.TINY)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    architectures.reload()
    trainer = Trainer([annotated()])
    sent = []
    trainer.send = lambda content, buffers=None: sent.append((content, buffers or []))

    def ask(kind, **content):
        answer_now(trainer, kind, content)
        ask.buffers = next(b for c, b in reversed(sent) if c.get("id") == "q")
        return next(c for c, _ in reversed(sent) if c.get("id") == "q")

    def wait(condition, seconds=60):
        for _ in range(seconds * 50):
            if found := condition():
                return found
            time.sleep(0.02)
        raise AssertionError("it did not come to that")

    def make_set():
        ask("training_set_make")
        return wait(lambda: trainer.training_set)

    def train(model=None, **options):
        options = {**OPTIONS, **options}
        return ask("train", model=model, architecture="Tiny", options=options)

    ask.trainer, ask.sent, ask.folder, ask.wait = trainer, sent, tmp_path, wait
    ask.make_set, ask.train = make_set, train
    ask.events = lambda name: [c for c, _ in sent if c.get("event") == name]
    ask.run = lambda uid: trainer.session.trainings.runs[uid]
    yield ask
    for run in trainer.session.trainings.runs.values():
        run.job.cancel()
        run.job.wait(30)
    trainer.close()
    monkeypatch.undo()
    architectures.reload()


# the set --------------------------------------------------------------------------------------------------------------


def test_the_first_feature_with_boxes_is_to_be_found(page):
    found = page("training_set")
    assert found["features"] == [{"title": "Disc", "color": found["features"][0]["color"], "role": 1}]
    assert (found["boxes"], found["box_size"], found["target_voxel_size"], found["possible"]) == (8, 32, 10.0, True)
    assert found["suggestion"]["batch_size"] == 8


def test_the_proposed_box_is_what_every_network_takes(page):
    page.trainer.annotated[0].features[0].box_size = 50
    assert page("training_set")["box_size"] == 64


def test_choices_change_the_counts_and_are_kept(page):
    page.trainer.annotated[0].add_feature("Gold", box_size=32).add_box(1, 60, 60)
    assert page("training_set_choose", role=["Gold", -1])["boxes"] == 9
    assert page("training_set_choose", box_size=64)["box_size"] == 64
    assert page("training_set_choose", voxel_size=20)["target_voxel_size"] == 20
    found = page("training_set")
    assert [(f["title"], f["role"]) for f in found["features"]] == [("Disc", 1), ("Gold", -1)]
    assert (found["boxes"], found["box_size"], found["voxel_size"]) == (9, 64, 20.0)
    assert not page("training_set_choose", role=["Disc", 0])["possible"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"box_size": "wide"}, "must be a number"),
        ({"box_size": 3}, "whole number of at least 8"),
        ({"voxel_size": -1}, "positive number of Å"),
        ({"depth": 0}, "at least 1"),
    ],
)
def test_nonsense_is_answered_with_what_was_expected(page, change, words):
    assert words in page("training_set_choose", **change)["error"]["message"]


def test_the_set_is_stale_while_annotations_differ_from_those_it_was_made_of(page):
    page.make_set()
    assert not page("training_set")["set"]["stale"]
    page.trainer.annotated[0].features[0].add_box(1, 60, 60)
    assert page("training_set")["set"]["stale"]
    page.trainer.session.undo()
    assert not page("training_set")["set"]["stale"]


def test_make_save_and_load(page):
    page("training_set")
    made = page.make_set()
    assert (len(made), made.box_size, made.features) == (8, 32, ["Disc"])
    assert page("training_set")["set"]["boxes"] == 8
    path = page.folder / "discs.scnt"
    assert page("training_set_save", path=str(path))["path"] == str(path)
    assert page("training_set_save", path=str(path))["path"] == str(path)  # its own file
    page.trainer.training_set = TrainingSet(made.images, made.labels, made.voxel_size, made.normalization)
    assert "already exists" in page("training_set_save", path=str(path))["error"]["message"]
    page.trainer.training_set = None
    page("training_set_load", path=str(path))
    np.testing.assert_allclose(page.trainer.training_set.images, made.images, atol=1e-5)


def test_the_set_suits_the_architecture_that_is_proposed_unless_another_depth_is_chosen(page):
    assert page("training_set")["depth"] == best_depth(PROPOSED) == 5
    made = page.make_set()
    assert (made.depth, made.z_jitter, made.margin, made.images.shape) == (5, 0, 16, (8, 64, 64, 5))
    values = page("training_set_choose", depth=8)
    assert (values["depth"], values["set"]["depth"], values["set"]["box_size"]) == (8, 5, 32)
    page.make_set()
    page.wait(lambda: page.trainer.training_set.depth == 8)
    assert page.trainer.training_set.z_jitter == 16  # networks of slabs may be shown the slice anywhere in depth


def test_annotating_on_makes_the_set_old_and_tells_the_page(page):
    page("training_set")
    page.make_set()
    page.trainer.annotated[0].features[0].add_box(2, 64, 64)
    page.wait(lambda: any(e["set"] and e["set"]["stale"] and e["boxes"] == 9 for e in page.events("training_set")))


def test_a_set_from_python(page):
    page.trainer.training_set = TrainingSet(np.zeros((2, 32, 32, 1)), np.ones((2, 32, 32)), 12.0, "global_mad", ["A"])
    found = page("training_set")["set"]
    assert (found["boxes"], found["voxel_size"], found["origin"]) == (2, 12.0, "given in Python")


# runs -----------------------------------------------------------------------------------------------------------------


def test_without_a_set_it_says_what_to_do(page):
    assert "make a training set first" in page.train()["error"]["message"]


def test_a_run_is_told_as_it_goes_and_to_a_page_that_comes_later(page):
    page.make_set()
    uid = page.train(validation_split=0.25)["model"]
    run = page.run(uid)
    run.job.result(60)
    page.wait(lambda: page.events("training") and page.events("training")[-1]["state"] == "done")
    rows = []
    for event in page.events("training"):
        assert event["from"] == len(rows)
        rows += event["rows"]
    assert [row[0] for row in rows if row[2] is not None] == [1.0, 2.0]
    assert all(row[3] is not None for row in rows if row[2] is not None)
    last = page.events("training")[-1]
    assert last["device"]
    assert (last["arithmetic"], last["batch_size"], last["epochs_left"]) in [("float32", 4, 0), ("bfloat16", 4, 0)]
    assert last["memory"] > 1e7
    again = page("trainings")
    assert [r["state"] for r in again["runs"]] == ["done"]
    curve = np.frombuffer(page.buffers[0], np.float32).reshape(-1, 4)
    np.testing.assert_allclose(curve[:, 0], [row[0] for row in rows], rtol=1e-6)
    model = page.trainer.models[0]
    assert (model.title, model.compiled, model.info.architecture) == ("Disc", True, "Tiny")


def test_stop_keeps_what_was_learned_and_continue_goes_on(page):
    page.make_set()
    uid = page.train(epochs=2000)["model"]
    page.wait(lambda: len(page.run(uid).curve.rows) > 8)
    page("training_stop", model=uid)
    assert page.run(uid).job.wait(20)
    assert page.run(uid).job.state == "cancelled"
    model = page.trainer.models[0]
    assert model.compiled
    steps = _iterations(model)
    end, rows = page.run(uid).curve.end, len(page.run(uid).curve.rows)
    left = page.run(uid).epochs_left
    assert 2000 - left == int(end)
    page.trainer.session.trainings.resume(uid)
    run = page.run(uid)
    assert run.options.epochs == left
    page.wait(lambda: len(run.curve.rows) > rows + 8)
    page("training_stop", model=uid)
    run.job.wait(20)
    ats = [row[0] for row in run.curve.rows]
    assert ats == sorted(ats)
    assert ats[rows] > end
    batches = sum(row[1] is not None for row in run.curve.rows)
    assert _iterations(model) == batches > steps > 0


def _iterations(model):
    return int(next(v for k, v in model.to_stored().optimizer.items() if k.endswith("iteration")))


def test_one_model_is_not_trained_twice_at_once_also_not_by_another_widget(page):
    page.make_set()
    uid = page.train(epochs=2000)["model"]
    assert "already being trained" in page.train(model=uid)["error"]["message"]
    other = Trainer([], models=page.trainer.models)
    other.send = lambda *_: None
    other.training_set = page.trainer.training_set
    _, handler, _ = other._handlers["train"]
    opened = next(iter(other.session.models))
    with pytest.raises(ais.core.data.errors.InputError, match="already being trained"):
        handler({"model": opened.uid, "architecture": "", "options": {**OPTIONS, "epochs": 1}}, [])
    other.close()


def test_a_page_that_comes_later_is_told_what_was_asked_for_last(page):
    assert page("trainings")["options"] is None
    page.make_set()
    uid = page.train(epochs=1, n_copies=3, learning_rate=2e-4)["model"]
    page.wait(lambda: not page.run(uid).active)
    page.trainer.session.trainings.resume(uid)
    told = page("trainings")["options"]
    assert {name: told[name] for name in ("epochs", "batch_size", "n_copies", "learning_rate")} == {
        "epochs": 1, "batch_size": 4, "n_copies": 3, "learning_rate": 2e-4,
    }  # fmt: skip


def test_training_further_takes_other_settings_and_starting_over_takes_a_new_curve(page):
    page.make_set()
    uid = page.train(epochs=1)["model"]
    page.wait(lambda: not page.run(uid).active)
    page.train(model=uid, epochs=2, n_copies=3)
    page.wait(lambda: not page.run(uid).active)
    run = page.run(uid)
    assert (run.options.epochs, run.options.n_copies, run.curve.end) == (2, 3, 3)
    page("train", model=uid, architecture="", options={**OPTIONS, "epochs": 1}, start_over=True)
    page.wait(lambda: not page.run(uid).active)
    assert page.run(uid).curve.end == 1


def test_two_models_train_one_after_another_and_the_second_says_what_it_waits_for(page):
    page.make_set()
    first = page.train(epochs=2000)["model"]
    second = page.train(epochs=1)["model"]
    page.wait(lambda: page.run(first).job.running)
    waiting = next(r for r in page("trainings")["runs"] if r["model"] == second)
    assert (waiting["state"], waiting["waits_for"]) == ("waiting", "training Disc")
    page("training_stop", model=first)
    page.run(second).job.result(60)
    assert [m.compiled for m in page.trainer.models] == [True, True]


def test_live_copies_predict_while_it_trains_and_go_when_it_ends(page):
    page.make_set()
    seen = []
    page.trainer.session.models.weights_changed.connect(lambda opened: seen.append((opened.live, opened.version)))
    uid = page.train(epochs=3000)["model"]
    page.wait(lambda: sum(live is not None for live, _ in seen) >= 2)
    (first, _), (second, _) = [one for one in seen if one[0] is not None][:2]
    image = page.trainer.annotated[0].tomogram.slice(2)
    before, after = first.segment_slice(image, 10.0), second.segment_slice(image, 10.0)
    assert not np.array_equal(before, after)
    page("training_stop", model=uid)
    page.run(uid).job.wait(20)
    page.wait(lambda: seen[-1][0] is None)


def test_the_set_may_have_boxes_of_another_size_but_not_of_another_depth(page):
    page("training_set_choose", depth=1)
    page.make_set()
    uid = page.train()["model"]
    page.run(uid).job.result(60)
    page("training_set_choose", box_size=64)
    page.make_set()
    page.wait(lambda: page.trainer.training_set.box_size == 64)
    notes = page("training_set")["model_notes"][uid]
    assert [note["kind"] for note in notes] == ["info"]
    assert "boxes of 32 px, these have 64 px" in notes[0]["text"]
    page.train(model=uid)
    assert page.run(uid).job.result(60).info.box_size == 64
    deep = page.trainer.training_set
    page.trainer.training_set = TrainingSet(np.repeat(deep.images, 3, 3), deep.labels, 10.0, "global_mad", ["Disc"])
    assert page("training_set")["model_notes"][uid][0]["kind"] == "error"
    page.train(model=uid)
    page.run(uid).job.wait(60)
    failed = page("trainings")["runs"][0]
    assert failed["state"] == "failed"
    assert "works on 1 slices but the training set has boxes of 3" in failed["error"]


def test_a_model_of_another_voxel_size_is_warned_of(page):
    page.make_set()
    uid = page.train()["model"]
    page.run(uid).job.result(60)
    page.trainer.models[0].info.voxel_size = 20.0
    assert "was trained at 20.00 Å and would continue at 10.00 Å" in page("training_set")["model_notes"][uid][0]["text"]


# after a crash --------------------------------------------------------------------------------------------------------


def test_weights_are_kept_on_disk_until_the_model_is_saved_or_closed(page):
    page.make_set()
    uid = page.train()["model"]
    page.run(uid).job.result(60)
    kept = page.folder / ".ais_jupyter/recovery" / f"{uid}.scnm"
    page.wait(kept.exists)
    assert ais.open(kept).title == "Disc"
    assert page("trainings")["lost"] == []  # it is in use
    opened = page.trainer.session.models[uid]
    opened.save(page.folder / "disc.scnm")
    page.trainer.session.models.changed.emit()
    page.wait(lambda: not kept.exists())


def test_what_a_dead_kernel_left_is_offered_recovered_and_discarded(page):
    page.make_set()
    uid = page.train()["model"]
    page.run(uid).job.result(60)
    backup = page.trainer.session.trainings.backups.pop(uid)
    weights = ais.open(backup.path).network.layers[1].weights[0]
    backup._lock.release()  # as the operating system does when a process dies
    (lost,) = page("trainings")["lost"]
    assert (lost["title"], lost["loss"] > 0) == ("Disc", True)
    assert page("training_recover", recovery=lost["id"])["lost"] == []
    np.testing.assert_array_equal(page.trainer.models[-1].network.layers[1].weights[0], weights)
    assert not backup.path.exists()
    again = page.trainer.session.trainings.backups[page.trainer.session.models.of(page.trainer.models[-1]).uid]
    assert again.path.exists()  # it is still in no file of its own
    assert "recovered or discarded already" in page("training_recover", recovery=lost["id"])["error"]["message"]


def test_a_full_disk_does_not_stop_training_and_is_told(page, monkeypatch):
    from ais_jupyter.core.data import storage

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    page.make_set()
    monkeypatch.setattr(storage, "save", full)
    uid = page.train()["model"]
    page.run(uid).job.result(60)
    assert page.run(uid).job.state == "done"
    assert "could not be kept" in page("trainings")["runs"][0]["backup_error"]
