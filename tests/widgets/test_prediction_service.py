"""Predictions as the browser asks for them: layers, versions, withdrawn requests; and the places to annotate next."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from model_window import SHAPE, ModelWindow, brightness_model

import ais_jupyter as ais


@pytest.fixture
def window(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "state"))
    made = ModelWindow([brightness_model("A"), brightness_model("B", bias=-2)])
    yield made
    made.close()


def predict(window, z):
    content, buffers = window.ask("predict", z=z)
    layers = [np.frombuffer(buffer, np.uint8).reshape(SHAPE[1:]) for buffer in buffers]
    return content, layers


def test_layers_of_the_slice_that_was_asked_for(window):
    content, layers = predict(window, 3)
    assert (content["z"], content["width"], content["height"]) == (3, SHAPE[2], SHAPE[1])
    a, b = window.workspace.session.models
    assert [layer["model"] for layer in content["layers"]] == [a.uid, b.uid]
    grey = window.annotated.tomogram.slice(3)
    assert np.corrcoef(layers[0].ravel(), 1 / (1 + np.exp(-0.4 * (grey.ravel() - 100))))[0, 1] > 0.99
    assert layers[1].mean() < layers[0].mean()


def test_models_that_are_neither_shown_nor_act_are_not_applied(window):
    a, b = window.workspace.models
    b.info.show = False
    content, _ = predict(window, 1)
    assert len(content["layers"]) == 1
    assert len(window.workspace.session.predictor._cache) == 1
    b.info.emit = a.info.absorb = True
    content, _ = predict(window, 1)
    assert len(content["layers"]) == 1  # it acts, unseen
    assert len(window.workspace.session.predictor._cache) == 2
    a.info.active = False
    assert predict(window, 1)[0]["layers"] == []


def test_other_weights_are_told_and_shown(window):
    first = predict(window, 2)[1][0]
    a = next(iter(window.workspace.session.models))
    window.workspace.session.models.set_live(a, brightness_model("A", bias=3))
    told = window.event("weights")
    assert (told["model"], told["version"]) == (a.uid, a.version)
    assert predict(window, 2)[1][0].mean() > first.mean() + 20


def test_the_slice_can_be_saved_as_it_is_shown(window, tmp_path):
    a, _ = window.workspace.session.models
    path = tmp_path / "cell_z4_A.mrc"
    window.ask("prediction_save", model=a.uid, z=4, path=str(path))
    saved = ais.open(path)
    assert (saved.shape, saved.pixel_size, saved.origin[0]) == ((1, *SHAPE[1:]), 10.0, 40.0)
    np.testing.assert_array_equal(saved.slice(0), predict(window, 4)[1][0])
    assert "already" in window.ask("prediction_save", model=a.uid, z=4, path=str(path))[0]["error"]["message"]


def test_withdrawn_requests_are_not_computed(window):
    begun, go_on = threading.Event(), threading.Event()
    predictor = window.workspace.session.predictor
    compute, computed = predictor._compute, []

    def slow(segmenter, z):
        computed.append(z)
        begun.set()
        assert go_on.wait(20)
        return compute(segmenter, z)

    predictor._compute = slow
    first = window.post("predict", z=0)
    assert begun.wait(20)
    waiting = [window.post("predict", z=z) for z in (1, 2, 3)]
    for request in (first, *waiting[:2]):
        window.workspace._receive(window.workspace, {"kind": "cancel", "id": request}, [])
    go_on.set()
    answer, _ = window.wait(lambda message: message.get("id") == waiting[2])
    assert answer["z"] == 3
    assert set(computed) <= {0, 3}
    for request in (first, *waiting[:2]):
        assert "error" in window.wait(lambda message, request=request: message.get("id") == request)[0]
    assert not window.workspace._withdrawn


def test_slices_do_not_wait_for_networks(window):
    go_on = threading.Event()
    window.workspace.session.predictor._compute = lambda *_: go_on.wait(20)
    request = window.post("predict", z=0)
    for z in range(4):
        window.ask("slice", axis="z", index=z)
    assert not any(content.get("id") == request for content, _ in window.sent)
    go_on.set()


def test_a_missing_file_is_said(window):
    window.annotated.tomogram.data = None
    assert "cannot be found" in window.ask("predict", z=0)[0]["error"]["message"]


def test_the_least_certain_places_stay_over_a_reload(window):
    uid = next(iter(window.workspace.session.models)).uid
    window.ask("uncertain_find", model=uid, feature=None)
    done = window.event("uncertain", lambda content: content["status"]["state"] == "done")
    assert done["places"]
    scores = [place["score"] for place in done["places"]]
    assert scores == sorted(scores, reverse=True)
    again, _ = window.ask("uncertain")
    assert again["places"] == done["places"]
    assert again["tomogram"] == window.annotated.uid


def test_a_search_can_be_stopped(window):
    begun, go_on = threading.Event(), threading.Event()
    predictor = window.workspace.session.predictor
    levels = predictor.levels

    def slow(*arguments):
        begun.set()
        assert go_on.wait(20)
        return levels(*arguments)

    predictor.levels = slow
    window.ask("uncertain_find", model=next(iter(window.workspace.session.models)).uid, feature=None)
    assert begun.wait(20)
    window.ask("uncertain_cancel")
    go_on.set()
    ended = window.event("uncertain", lambda content: content["status"]["state"] == "cancelled")
    assert len({place["z"] for place in ended["places"]}) == 1
