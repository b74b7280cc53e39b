"""Random work: undo and redo lead back exactly, the journal gives the same state, threads do not disturb each other."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.replay import replay
from ais_jupyter.core.editing.snapshot import same_annotations

SHAPE = (3, 7, 9)


def state(annotated):
    """Everything that undo must bring back, as plain values."""
    return [
        (
            feature.uid,
            feature.settings("drawing"),
            feature.boxes,
            {z: mask.tobytes() for z, mask in feature.masks.items()},
        )
        for feature in annotated.features
    ]


slices = st.integers(0, SHAPE[0] - 1)
which = st.integers(0, 5)
corners = st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 9), st.integers(0, 9))
changes = st.one_of(
    st.tuples(st.just("paint"), which, slices, corners, st.integers(0, 2**31)),
    st.tuples(st.just("erase"), which, slices, corners),
    st.tuples(st.just("replace"), which, slices, st.integers(0, 2**31)),
    st.tuples(st.just("forget"), which, slices),
    st.tuples(st.just("clear"), which, slices),
    st.tuples(st.just("box"), which, slices, st.integers(-20, 20), st.integers(-20, 20)),
    st.tuples(st.just("unbox"), which, slices, st.integers(-20, 20), st.integers(-20, 20)),
    st.tuples(st.just("boxes"), which, slices, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3)),
    st.tuples(st.just("add"), st.text(max_size=5)),
    st.tuples(st.just("remove"), which),
    st.tuples(st.just("move"), which, st.integers(-1, 6)),
    st.tuples(st.just("title"), which, st.text(max_size=5)),
    st.tuples(st.just("color"), which, st.tuples(*[st.floats(0, 1)] * 3)),
    st.tuples(st.just("visible"), which, st.booleans()),
    st.tuples(st.just("box_size"), which, st.integers(8, 256)),
    st.tuples(st.just("brush_radius"), which, st.floats(1, 50)),
)
actions = st.one_of(
    st.lists(changes, min_size=1, max_size=4).map(lambda group: ("step", group)),
    changes.map(lambda change: ("alone", change)),
    st.just(("undo",)),
    st.just(("redo",)),
)


def change(annotated, kind, *arguments):
    if kind == "add":
        annotated.add_feature(arguments[0] or None)
        return
    if not annotated.features:
        return
    feature = annotated.features[arguments[0] % len(annotated.features)]
    rest = arguments[1:]
    if kind in ("paint", "erase"):
        y0, y1, x0, x1 = rest[1]
        region = Region(min(y0, y1), max(y0, y1), min(x0, x1), max(x0, x1))
        rng = np.random.default_rng(rest[2] if kind == "paint" else 0)
        feature.edit_mask(
            rest[0], region, rng.integers(0, 2, region.shape) if kind == "paint" else np.zeros(region.shape)
        )
    elif kind == "replace":
        feature.set_mask(rest[0], np.random.default_rng(rest[1]).integers(0, 2, SHAPE[1:]))
    elif kind == "forget":
        feature.set_mask(rest[0], None)
    elif kind == "clear":
        feature.clear_slice(rest[0])
    elif kind == "box":
        feature.add_box(*rest)
    elif kind == "unbox":
        feature.remove_box(*rest)
    elif kind == "boxes":
        feature.set_boxes(*rest)
    elif kind == "remove":
        annotated.remove_feature(feature)
    elif kind == "move":
        annotated.move_feature(feature, rest[0])
    else:
        setattr(feature, kind, rest[0])


def play(document, sequence):
    annotated = document.annotated
    for action in sequence:
        if action[0] == "undo":
            document.undo()
        elif action[0] == "redo":
            document.redo()
        elif action[0] == "alone":
            change(annotated, *action[1])
        else:
            with document.step("Several"):
                for item in action[1]:
                    change(annotated, *item)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(actions, max_size=8), sequence=st.lists(actions, max_size=25))
def test_undo_and_redo_lead_back_exactly(before, sequence):
    annotated = AnnotatedTomogram(Tomogram(np.zeros(SHAPE, np.float32)))
    document = Document.of(annotated)
    play(document, before)
    states = [state(annotated)]
    while document.undo():
        states.append(state(annotated))
    assert states[-1] == []
    for expected in reversed(states[:-1]):
        document.redo()
        assert state(annotated) == expected
    play(document, sequence)
    end = state(annotated)
    count = 0
    while document.undo():
        count += 1
    assert annotated.features == []
    for _ in range(count):
        document.redo()
    assert state(annotated) == end
    document.discard()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(actions, max_size=30))
@example(sequence=[("step", [("add", ""), ("box", 1, 0, 0, 0)])])  # the box was in the journal twice
@example(sequence=[("alone", ("box", 0, 2, 0, 0)), ("step", [("clear", 0, 2), ("remove", 0)]), ("undo",)])
def test_the_journal_gives_the_same_state_and_history(sequence):
    annotated = AnnotatedTomogram(Tomogram(np.zeros(SHAPE, np.float32)))
    document = Document.of(annotated)
    annotated.add_feature("first")
    play(document, sequence)
    replayed = replay(document._journal.path)
    found, history, unsaved, end = replayed.annotated, replayed.history, replayed.unsaved, replayed.end
    assert end == document._journal.path.stat().st_size
    assert same_annotations(found, annotated)
    assert unsaved == document.unsaved
    names = []
    while step := history.back():
        step.inverse().apply(found)
        names.append(step.name)
        assert document.undo().name == step.name
        assert state(found) == state(annotated)
    assert document.undo() is None
    document.discard()


def test_threads_that_paint_and_undo_do_not_disturb_each_other():
    annotated = AnnotatedTomogram(Tomogram(np.zeros((4, 64, 64), np.float32)))
    document = Document.of(annotated)
    features = [annotated.add_feature(str(i)) for i in range(4)]
    errors = []

    def paint(feature, seed):
        rng = np.random.default_rng(seed)
        try:
            for _ in range(60):
                y, x = rng.integers(0, 56, 2)
                region = Region(y, y + 8, x, x + 8)
                with document.step("Brush"):
                    feature.edit_mask(int(rng.integers(4)), region, rng.integers(0, 2, (8, 8)))
                    feature.edit_mask(int(rng.integers(4)), region, rng.integers(0, 2, (8, 8)))
                feature.add_box(1, int(y), int(x))
        except Exception as error:
            errors.append(error)

    def travel():
        try:
            for i in range(80):
                document.undo() if i % 3 else document.redo()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=paint, args=(feature, i)) for i, feature in enumerate(features)]
    threads.append(threading.Thread(target=travel))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = replay(document._journal.path).annotated
    end = state(annotated)
    assert state(found) == end
    count = 0
    while document.undo():
        count += 1
    for _ in range(count):
        document.redo()
    assert state(annotated) == end


@pytest.mark.parametrize("seed", range(3))
def test_records_that_fit_nothing_do_not_crash(annotated, seed):
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    for i in range(5):
        feature.add_box(i, i, i)
    from ais_jupyter.core.safekeeping.journal import Record

    strange = [
        Record("step", {"name": "x", "time": 0, "edits": [{"edit": "setting", "feature": "0", "name": "title"}]}),
        Record("step", {"edits": 3}),
        Record("step", {"name": "x", "time": 0, "edits": [{"edit": "patch", "blob": 7}], "mergeable": True}),
    ]
    document._journal.append(strange[seed])
    found = replay(document._journal.path).annotated
    assert found.feature("A").boxes == feature.boxes
