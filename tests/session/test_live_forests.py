"""Forests that follow the brush: one per feature, the newest drawing wins, and nobody who paints waits."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "learning"))

from test_forest import dice, scene
from test_painted import disc

import ais_jupyter as ais
from ais_jupyter.core.learning import forest_training
from ais_jupyter.core.session import Session


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "state"))
    tomogram, _ = scene(6, 120)
    made = Session()
    made.open(tomogram)
    yield made
    made.close_all()


@pytest.fixture
def truth():
    return scene(6, 120)[1]


def wait_until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def settle(session):
    wait_until(lambda: session.live.settled)
    assert session.live.learning == ""


def found(session, title, z):
    opened = next(one for one in session.models if one.model.title == title)
    levels = session.predictor.predict(session.annotated[0], z, [opened.as_applied()]).levels[opened.uid]
    return levels > 127


def test_a_stroke_is_found_elsewhere(session, truth):
    session.live.start(session.annotated[0].uid, 2)
    settle(session)
    assert session.live.note.startswith("Paint some")
    assert len(session.models) == 0
    feature = session.annotated[0].add_feature("Disc", color=(1, 0, 0))
    feature.set_mask(2, truth[2])
    settle(session)
    assert [(one.model.title, one.model.info.color, one.model.compiled) for one in session.models] == [
        ("Disc", (1, 0, 0), True)
    ]
    assert session.live.note == ""
    assert session.live.seconds > 0
    assert dice(found(session, "Disc", 4), truth[4]) > 0.6


def test_each_change_makes_other_weights_and_nothing_else_does(session, truth):
    versions = []
    session.models.weights_changed.connect(lambda opened: versions.append(opened.version))
    feature = session.annotated[0].add_feature("Disc")
    session.live.start()
    settle(session)
    feature.set_mask(2, truth[2])
    settle(session)
    assert versions == [1]
    feature.add_box(5, 60, 60)
    settle(session)
    assert versions == [1, 2]
    feature.color = (0, 0, 1)
    session.annotated[0].add_feature("Empty")
    settle(session)
    assert versions == [1, 2]
    session.undo()
    session.undo()
    session.undo()
    settle(session)
    assert versions == [1, 2, 3]
    session.live.stop()
    feature.set_mask(3, truth[3])
    time.sleep(0.2)
    assert versions == [1, 2, 3]


def test_features_are_each_others_background(session, truth):
    one = session.annotated[0].add_feature("Disc")
    other = session.annotated[0].add_feature("Dark")
    one.set_mask(2, truth[2])
    other.set_mask(2, disc((120, 120), 60, 60, 6) & ~truth[2])
    session.annotated[0].add_feature("Background").set_mask(3, np.ones((120, 120)) - truth[3])
    session.live.start()
    settle(session)
    assert sorted(opened.model.title for opened in session.models) == ["Dark", "Disc"]
    assert not (found(session, "Dark", 2) & truth[2]).sum() > 0.2 * truth[2].sum()


def test_the_forest_of_what_is_painted_comes_to_the_front(session, truth):
    one, other = (session.annotated[0].add_feature(title) for title in ("Disc", "Dark"))
    session.live.start()
    for feature, z in ((one, 2), (other, 3), (one, 4)):
        feature.set_mask(z, truth[z] if feature is one else disc((120, 120), 60, 60, 6) & ~truth[z])
        settle(session)
        assert session.models[session.models.selected].model.title == feature.title
    network = session.models.add(ais.SegmentationModel("UNet S", "Network"))
    other.set_mask(4, disc((120, 120), 60, 60, 6) & ~truth[4])
    settle(session)
    assert session.models.selected == network.uid  # somebody looks at something else


def test_the_newest_drawing_wins(session, truth, monkeypatch):
    grown, go_on = [], threading.Event()
    grow = forest_training.grow

    def slow(samples, *arguments):
        grown.append(int((samples.labels == 1).sum()))
        for number, growth in enumerate(grow(samples, *arguments)):
            if number == 10 and len(grown) == 1:
                assert go_on.wait(20)
            yield growth

    monkeypatch.setattr(forest_training, "grow", slow)
    versions = []
    session.models.weights_changed.connect(lambda opened: versions.append(opened.version))
    feature = session.annotated[0].add_feature("Disc")
    session.live.start()
    settle(session)
    feature.set_mask(2, truth[2])
    wait_until(lambda: grown)
    began = time.monotonic()
    for z in (3, 4, 5):
        feature.set_mask(z, truth[z])
    assert time.monotonic() - began < 1  # painting does not wait
    go_on.set()
    settle(session)
    assert len(grown) == 2
    assert grown[1] > 2 * grown[0]
    assert versions == [1]


def test_somebody_who_never_stops_painting_sees_something(session, truth):
    feature = session.annotated[0].add_feature("Disc")
    feature.set_mask(2, truth[2])
    versions = []
    session.models.weights_changed.connect(lambda opened: versions.append(opened.version))
    session.live.start()
    for number in range(400):
        feature.edit_mask(3, ais.Region(number % 60, number % 60 + 2, 0, 2), np.ones((2, 2)) * (number % 2))
        time.sleep(0.02)
        if len(versions) > 1:
            break
    assert len(versions) > 1


def test_a_title_that_is_taken_is_not_taken_again(session, truth):
    network = ais.SegmentationModel("UNet S", "Disc")
    session.models.add(network)
    session.annotated[0].add_feature("Disc").set_mask(2, truth[2])
    session.live.start()
    settle(session)
    assert [one.model.title for one in session.models] == ["Disc", "Disc 2"]
    assert not network.compiled


def test_a_renamed_feature_keeps_its_forest_and_a_closed_forest_stays_closed(session, truth):
    feature = session.annotated[0].add_feature("Disc")
    feature.set_mask(2, truth[2])
    session.live.start()
    settle(session)
    (opened,) = session.models
    feature.title = "Ribosome"
    settle(session)
    assert [one.model.title for one in session.models] == ["Ribosome"]
    assert next(iter(session.models)) is opened
    session.models.remove(opened.uid)
    feature.set_mask(3, truth[3])
    settle(session)
    assert len(session.models) == 0
    session.live.stop()
    session.live.start()
    settle(session)
    assert len(session.models) == 1


def test_what_cannot_be_learned_is_said_and_does_not_stop_the_rest(session, truth):
    full = session.annotated[0].add_feature("Everything")
    full.set_mask(2, np.ones((120, 120)))
    session.live.start()
    settle(session)
    assert "nothing says what is not 'Everything'" in session.live.note
    session.annotated[0].add_feature("Disc").set_mask(3, truth[3])
    settle(session)
    assert "Disc" in [one.model.title for one in session.models if one.model.compiled]


def test_the_slice_in_view_is_measured_before_the_first_stroke(session, truth, monkeypatch):
    from ais_jupyter.core.learning import filter_responses

    session.live.start(session.annotated[0].uid, 2)
    settle(session)
    computed = []
    compute = filter_responses._responses
    monkeypatch.setattr(filter_responses, "_responses", lambda *a: computed.append(1) or compute(*a))
    session.annotated[0].add_feature("Disc").set_mask(2, truth[2])
    settle(session)
    found(session, "Disc", 2)
    assert computed == []
    found(session, "Disc", 3)
    assert computed == [1]


def test_a_closed_session_leaves_no_thread(session, truth):
    session.annotated[0].add_feature("Disc").set_mask(2, truth[2])
    session.live.start()
    thread = session.live._thread
    session.close_all()
    thread.join(20)
    assert not thread.is_alive()
