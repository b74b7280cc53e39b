"""Held-out boxes are independent of what is learned, contain the feature, and stay held out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import FOREGROUND, IGNORE, TrainingSet
from ais_jupyter.core.learning.box_overlap import BoxPlaces
from ais_jupyter.core.learning.validation_split import Split, split_boxes

EDGE = 16


def overlapping(boxes):
    return BoxPlaces(boxes).groups()


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
def test_nothing_of_a_held_out_box_is_learned(drawn, fraction, seed):
    places, positive = drawn
    boxes = boxes_at(places, positive)
    try:
        split = split_boxes(boxes, fraction, seed)
    except InputError:
        assert fraction > 0.5
        return
    left = split.to_learn(boxes)
    assert len(left) == len(split.learned)
    assert not set(split.learned) & set(split.held_out)
    for held in split.held_out:
        for labels, learned in zip(left.labels, split.learned):
            (z, y, x), (z0, y0, x0) = places[held], places[learned]
            if abs(z - z0) < EDGE:
                rows, columns = (np.abs(np.arange(EDGE) + a0 - a - 7.5) < EDGE / 2 for a, a0 in ((y, y0), (x, x0)))
                assert (labels[np.ix_(rows, columns)] == IGNORE).all()
    assert split.judges == bool(boxes.positive[split.held_out].any())
    assert bool(len(split.held_out)) == split.judges
    if any(positive):
        assert (left.labels == FOREGROUND).any()
    wanted = sum(max(round(fraction * sum(p == kind for p in positive)), 1) for kind in (True, False))
    largest = max(len(group) for group in overlapping(boxes))
    assert len(split.held_out) <= wanted + largest
    separate = sum(bool(boxes.positive[group].any()) for group in overlapping(boxes))
    if round(fraction * len(places)) >= 1 and separate >= 2:
        assert split.judges
    elif round(fraction * len(places)) >= 1 and not split.judges:
        assert split.note


def test_margins_do_not_count_as_overlap_and_what_is_hidden_lies_inside_them():
    places = [(0, 20, 0), (0, 20, 10), (0, 20, 24)]
    boxes, bare = boxes_at(places, [True] * 3), boxes_at(places, [True] * 3)
    for source in boxes.sources:
        source.update(aisBoxEdge=EDGE, aisBoxMargin=2)
    assert overlapping(bare) == [[0, 1, 2]]
    assert overlapping(boxes) == [[0, 1], [2]]
    hidden = BoxPlaces(boxes).labels_without(np.array([0]))
    assert (hidden[1, 2:14, :4] == IGNORE).all()  # box 0 is labelled up to column 6: 4 in box 1, which begins at 2
    np.testing.assert_array_equal(hidden[1, :, 4:], boxes.labels[1, :, 4:])
    np.testing.assert_array_equal(hidden[2], boxes.labels[2])


@settings(deadline=None)
@given(st.integers(2, 40))
def test_boxes_that_overlap_stay_together_where_they_are_few(pairs):
    places = [(0, 40 * (i // 2), 6 * (i % 2)) for i in range(2 * pairs)]
    boxes = boxes_at(places, [True] * len(places))
    split = split_boxes(boxes, 0.5)
    assert abs(len(split.held_out) - pairs) <= 1
    assert {i ^ 1 for i in split.held_out} == set(split.held_out)
    assert (split.to_learn(boxes).labels == boxes.labels[split.learned]).all()


@settings(deadline=None)
@given(st.integers(12, 60), st.floats(0.05, 0.4), st.integers(0, 5))
def test_in_a_crowd_no_more_is_held_out_than_was_asked(n, fraction, seed):
    """Nearly all boxes of a crowded slice overlap through others; they were once all held out together."""
    places = [(0, 12 * i, 0) for i in range(n)] + [(0, 0, 400)]
    boxes = boxes_at(places, [True] * (n + 1))
    split = split_boxes(boxes, fraction, seed)
    wanted = round(fraction * (n + 1))
    assert max(1, wanted - 1) <= len(split.held_out) <= max(1, wanted)
    assert len(split.learned) == n + 1 - len(split.held_out)


def test_the_boxes_of_new_places_are_learned_when_a_crowd_is_trained_further():
    first = boxes_at(crowd := [(0, 12 * i, 0) for i in range(20)], [True] * 20)
    split = split_boxes(first, 0.1)
    stored = split.stored()["extra"][Split.KEY]
    more = boxes_at([*crowd, *((8, 12 * i, 0) for i in range(20))], [True] * 40)
    again = split_boxes(more, 0.1, known=stored)
    assert len(again.held_out) <= 4
    assert set(split.held_out) <= set(again.held_out)


def test_rescaled_boxes_are_compared_in_pixels_of_their_tomogram():
    boxes = boxes_at([(0, 100, 100), (0, 116, 100)], [True, True])
    for source in boxes.sources:
        source["aisBoxEdge"] = 2 * EDGE
    boxes.labels[:, 0, 0] = FOREGROUND
    split = split_boxes(boxes, 0.5)
    assert split.held_out.tolist() == [1] or split.held_out.tolist() == [0]
    label = split.to_learn(boxes).labels[0]
    hidden = slice(8, None) if split.held_out[0] == 1 else slice(0, 8)
    shown = slice(0, 8) if split.held_out[0] == 1 else slice(8, None)
    assert (label[hidden] == IGNORE).all()
    assert not (label[shown] == IGNORE).any()


@settings(deadline=None)
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
    added = [*((0, 20 * i + 3, 0) for i in split.held_out[:3]), *((40, 20 * i, 0) for i in range(40))]
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
