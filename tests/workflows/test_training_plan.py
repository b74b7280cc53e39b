"""Counts and notes before a training set is made, and the set that is made of it."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.progress import run_to_end
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.workflows.training_plan import (
    Selection,
    making_training_set,
    notes_for_model,
    plan_training_set,
    suggested_batch_size,
)


def tomogram(name="one", voxel_size=10.0, boxes=3, title="Ribosome", draw=True, shape=(6, 96, 96)):
    annotated = AnnotatedTomogram(
        Tomogram(np.random.default_rng(0).normal(size=shape).astype(np.float32), voxel_size=voxel_size, name=name)
    )
    feature = annotated.add_feature(title, box_size=32)
    for z in range(1, 3):
        if draw:
            mask = np.zeros(shape[1:], bool)
            mask[20:30, 20:30] = True
            feature.set_mask(z, mask)
    for i in range(boxes):
        feature.add_box(1 + i % 2, 25, 25)
    return annotated


def texts(plan, kind):
    return [note.text for note in plan.notes if note.kind == kind]


def test_counts_by_tomogram():
    one, two = tomogram(boxes=3), tomogram("two", boxes=5)
    gold = two.add_feature("Gold", box_size=32)
    gold.add_box(3, 70, 70)
    one.features[0].add_box(4, 70, 70)  # nothing is drawn on slice 4
    plan = plan_training_set([one, two], Selection(("Ribosome",), ("Gold",), box_size=32))
    assert [(c.name, c.positive, c.negative, c.drawn, c.slices) for c in plan.counts] == [
        ("one", 4, 0, 3, 2), ("two", 5, 1, 5, 2),
    ]  # fmt: skip
    assert plan.boxes == 10
    assert plan.possible
    assert plan.voxel_size == 10.0


def test_the_set_has_what_was_counted():
    items = [tomogram(boxes=3), tomogram("two", boxes=5)]
    items[1].add_feature("Gold", box_size=32).add_box(3, 70, 70)
    selection = Selection(("Ribosome",), ("Gold",), box_size=48)
    made = run_to_end(making_training_set(items, selection))
    assert len(made) == plan_training_set(items, selection).boxes == 9
    assert int(made.positive.sum()) == 8
    assert made.box_size == 48


def test_tomograms_can_be_left_out():
    one, two = tomogram(boxes=3), tomogram("two", boxes=5)
    selection = Selection(("Ribosome",), tomograms=(two.uid,), box_size=32)
    assert plan_training_set([one, two], selection).boxes == 5
    assert len(run_to_end(making_training_set([one, two], selection))) == 5


@pytest.mark.parametrize(
    ("items", "positive", "words"),
    [
        ([AnnotatedTomogram(Tomogram(np.zeros((3, 32, 32), np.float32)))], (), "nothing is annotated yet"),
        ([tomogram()], (), "mark the feature to find"),
        ([tomogram(boxes=0)], ("Ribosome",), "is drawn on 2 slices but has no boxes: place boxes"),
        ([tomogram(draw=False)], ("Ribosome",), "nothing is drawn inside the boxes"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(items, positive, words):
    plan = plan_training_set(items, Selection(positive))
    assert not plan.possible
    assert words in texts(plan, "error")[0]


def test_nothing_chosen():
    plan = plan_training_set([tomogram()], Selection(("Ribosome",), tomograms=()))
    assert texts(plan, "error") == ["no tomogram is chosen"]


def test_voxel_sizes_that_differ_are_a_warning():
    items = [tomogram(voxel_size=10.0), tomogram("two", voxel_size=13.7)]
    plan = plan_training_set(items, Selection(("Ribosome",), box_size=32))
    assert texts(plan, "warning") == ["voxel sizes differ (10.00, 13.70 Å): boxes are rescaled to 10.00 Å"]
    assert plan.possible


def test_a_feature_without_boxes_is_a_warning_beside_another_with_boxes():
    item = tomogram()
    item.add_feature("Membrane").set_mask(2, np.ones((96, 96)))
    plan = plan_training_set([item], Selection(("Ribosome", "Membrane"), box_size=32))
    assert any("'Membrane' is drawn on 1 slices but has no boxes" in text for text in texts(plan, "warning"))
    assert plan.possible


def test_wider_boxes_and_few_boxes_are_told():
    plan = plan_training_set([tomogram()], Selection(("Ribosome",), box_size=64))
    assert any("boxes of 32 px are widened to 64 px" in text for text in texts(plan, "info"))
    assert any("3 boxes are few" in text for text in texts(plan, "info"))


def test_a_missing_file_is_left_out_and_told():
    gone = AnnotatedTomogram(Tomogram(None, shape=(3, 64, 64), name="gone"))
    gone.add_feature("Ribosome").add_box(1, 20, 20)
    plan = plan_training_set([gone, tomogram()], Selection(("Ribosome",), box_size=32))
    assert plan.boxes == 3
    assert any("'gone' is left out: its file is missing" in text for text in texts(plan, "warning"))


def test_notes_for_a_model_of_other_sizes():
    info = ModelInfo(title="R", box_size=64, depth=1, voxel_size=13.7)
    assert notes_for_model(info, False, 32, 5, 10.0) == []
    kinds = {note.kind: note.text for note in notes_for_model(info, True, 32, 5, 10.0)}
    assert "works on 1 slices, the boxes have 5" in kinds["error"]
    assert "was trained at 13.70 Å and would continue at 10.00 Å" in kinds["warning"]
    assert "boxes of 64 px, these have 32 px: that works" in kinds["info"]
    assert notes_for_model(info, True, 64, 1, 13.6) == []


def test_few_boxes_suggest_small_batches():
    sizes = [suggested_batch_size(n) for n in (10, 200, 500, 5000)]
    assert [size for size, _ in sizes] == [8, 8, 16, 32]
    assert all(reason for _, reason in sizes)
