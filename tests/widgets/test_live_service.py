"""Live as the page switches it: strokes come as edits, weights and states go out as events."""

from __future__ import annotations

import numpy as np
import pytest
from model_window import SHAPE, ModelWindow

import ais_jupyter as ais


@pytest.fixture
def window(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "state"))
    made = ModelWindow()
    yield made
    made.close()


def paint(window, z):
    bright = window.annotated.tomogram.slice(z) > 108
    window.annotated.feature("Bright").set_mask(z, bright)


def test_strokes_become_weights_and_a_prediction(window):
    state, _ = window.ask("live")
    assert not state["on"]
    window.annotated.add_feature("Bright", box_size=64).add_box(2, 20, 24)
    state, _ = window.ask("live_set", on=True, z=2)
    assert state["on"]
    told = window.event("live", lambda content: content["settled"])
    assert told["note"].startswith("Paint some")
    window.sent.clear()
    paint(window, 2)
    window.event("live", lambda content: content["learning"] == "Bright")
    weights = window.event("weights")
    window.event("live", lambda content: content["settled"] and content["seconds"] > 0)
    (model,) = window.ask("models")[0]["models"]
    assert (model["uid"], model["title"], model["compiled"]) == (weights["model"], "Bright", True)
    assert (model["architecture"], model["receptive_field"]) == ("Instant forest", 53 - 2)
    answer, (levels,) = window.ask("predict", z=4)
    assert answer["layers"] == [{"model": model["uid"], "note": ""}]
    found = np.frombuffer(levels, np.uint8).reshape(SHAPE[1:]) > 127
    bright = window.annotated.tomogram.slice(4) > 108
    assert found[bright].mean() > 4 * found[~bright].mean()  # single pixels of noise: finer than the filters see
    window.sent.clear()
    assert window.ask("live_set", on=False)[0]["on"] is False
    paint(window, 3)
    assert not any(content.get("event") == "weights" for content, _ in window.sent)


def test_what_was_shown_is_exported_and_opened_again(window, tmp_path):
    window.annotated.add_feature("Bright", box_size=64).add_box(2, 20, 24)
    window.ask("live_set", on=True)
    paint(window, 2)
    weights = window.event("weights")
    window.event("live", lambda content: content["settled"] and content["seconds"] > 0)
    shown = window.ask("predict", z=5)[1][0]
    path = str(tmp_path / "Bright.scnm")
    window.ask("model_save", model=weights["model"], path=path, z=5)
    (outcome,) = ais.segment(path, window.annotated, tmp_path).result()
    np.testing.assert_array_equal(
        ais.open(outcome.outputs[0]).slice(5), np.frombuffer(shown, np.uint8).reshape(SHAPE[1:])
    )


def test_a_closed_window_follows_no_brush(window):
    window.ask("live_set", on=True)
    live = window.workspace.session.live
    window.close()
    live._thread.join(20)
    assert not live.on
    assert not live._thread.is_alive()
