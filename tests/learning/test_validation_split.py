"""Held-out boxes are independent of what is learned, contain the feature, and stay held out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.learning.validation_split import Split, overlapping, split_boxes

EDGE = 16


def boxes_at(places, positive, tomogram="a"):
    images = np.random.default_rng(len(places)).normal(size=(len(places), EDGE, EDGE, 1))
    labels = np.zeros((len(places), EDGE, EDGE), np.uint8)
    labels[np.asarray(positive, bool), 4:8, 4:8] = 1
    keys = [f"aisBoxCoordinate{axis}" for axis in "ZYX"]
    sources = [{"aisTomogramName": tomogram, **dict(zip(keys, place))} for place in places]
    return TrainingSet(images, labels, 10.0, "global_mad", ["A"], sources=sources)


sets = st.integers(4, 60).flatmap(
    lambda n: st.tuples(
        st.lists(
            st.tuples(st.integers(0, 90), st.integers(0, 400), st.integers(0, 400)), min_size=n, max_size=n, unique=True
        ),
        st.lists(st.booleans(), min_size=n, max_size=n),
    )
)


@settings(max_examples=150, deadline=None)
@given(sets, st.floats(0, 0.9), st.integers(0, 3) | st.none())
def test_no_held_out_box_overlaps_one_that_is_learned(drawn, fraction, seed):
    places, positive = drawn
    boxes = boxes_at(places, positive)
    try:
        split = split_boxes(boxes, fraction, seed)
    except InputError:
        assert fraction > 0.5
        return
    both = np.concatenate([split.learned, split.held_out])
    assert sorted(both.tolist()) == list(range(len(places)))
    for held in split.held_out:
        for learned in split.learned:
            assert max(abs(a - b) for a, b in zip(places[held], places[learned])) >= EDGE
    assert split.judges == bool(boxes.positive[split.held_out].any())
    assert bool(len(split.held_out)) == split.judges
    if any(positive):
        assert boxes.positive[split.learned].any()
    separate = sum(bool(boxes.positive[group].any()) for group in overlapping(boxes))
    if round(fraction * len(places)) >= 1 and separate >= 2:
        assert split.judges
    elif round(fraction * len(places)) >= 1:
        assert split.note


@given(st.floats(0.1, 0.5))
def test_positive_and_negative_boxes_are_held_out_in_proportion(fraction):
    places = [(0, 20 * i, 0) for i in range(100)]
    boxes = boxes_at(places, [i < 20 for i in range(100)])
    split = split_boxes(boxes, fraction)
    assert abs(boxes.positive[split.held_out].sum() - 20 * fraction) <= 1
    assert abs(len(split.held_out) - 100 * fraction) <= 1


def test_the_same_set_is_split_alike_whenever():
    places = [(0, 20 * i, 0) for i in range(30)]
    first, second = (split_boxes(boxes_at(places, [True] * 30), 0.2).held_out.tolist() for _ in range(2))
    assert first == second
    assert split_boxes(boxes_at(places, [True] * 30), 0.2, seed=1).held_out.tolist() != first


def test_boxes_stay_on_their_side_when_training_goes_on():
    places = [(0, 20 * i, 0) for i in range(40)]
    boxes = boxes_at(places, [i % 2 == 0 for i in range(40)])
    split = split_boxes(boxes, 0.25)
    stored = json.loads(json.dumps(split.stored()["extra"][Split.KEY]))  # as a model's file keeps it
    held = {places[i] for i in split.held_out}
    added = [*((0, 20 * i + 8, 0) for i in split.held_out[:3]), *((40, 20 * i, 0) for i in range(40))]
    everything = [*places[::-1], *added]
    more = boxes_at(everything, [True] * len(everything))
    again = split_boxes(more, 0.25, known=stored)
    held_now = {everything[i] for i in again.held_out}
    assert held <= held_now
    assert not (set(places) - held) & held_now
    assert set(added[:3]) <= held_now  # they overlap boxes that are held out
    assert abs(len(held_now) - 0.25 * len(everything)) <= 2


def test_a_model_that_has_seen_everything_says_so():
    boxes = boxes_at([(0, 20 * i, 0) for i in range(10)], [True] * 10)
    known = {"learned": split_boxes(boxes, 0.2)._keys, "held_out": []}
    split = split_boxes(boxes, 0.2, known={**known, "learned": list(known["learned"])})
    assert not split.judges
    assert "start over" in split.note


@pytest.mark.parametrize("known", [None, 3, [], {"held_out": 5}, {"learned": [[1]], "held_out": [None]}])
def test_what_a_file_says_of_it_may_be_anything(known):
    boxes = boxes_at([(0, 20 * i, 0) for i in range(10)], [True] * 10)
    assert split_boxes(boxes, 0.2, known=known).judges


def test_boxes_of_different_tomograms_do_not_overlap():
    a, b = boxes_at([(0, 0, 0)], [True], "a"), boxes_at([(0, 0, 0)], [True], "b")
    both = TrainingSet(
        np.concatenate([a.images, b.images]), np.concatenate([a.labels, b.labels]), 10.0, sources=a.sources + b.sources
    )
    assert len(overlapping(both)) == 2
