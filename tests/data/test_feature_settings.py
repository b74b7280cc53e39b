"""Settings take what they are for, become plain values, and stay within what a program survives."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.feature import Feature
from ais_jupyter.core.data.feature_settings import FEATURE_SETTINGS
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document


@pytest.fixture
def feature():
    return Feature("A", (2, 3, 4))


def test_every_setting_is_an_attribute_with_its_default(feature):
    feature = Feature("", (2, 3, 4))
    assert feature.settings() == {name: setting.default for name, setting in FEATURE_SETTINGS.items()}


def test_three_groups_hold_all_settings_once(feature):
    groups = [feature.settings("drawing"), feature.settings("tool"), feature.settings("view")]
    assert {**groups[0], **groups[1], **groups[2]} == feature.settings()
    assert sum(map(len, groups)) == len(FEATURE_SETTINGS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 5), ("title", None), ("color", "red"), ("color", (1, 2)), ("color", None), ("alpha", float("nan")),
        ("alpha", "0.5"), ("brush_radius", float("inf")), ("brush_radius", "12"), ("box_size", None),
        ("visible", "yes"), ("flood_sensitivity", True),
    ],
)  # fmt: skip
def test_another_kind_of_value_is_refused_when_it_is_set_and_when_a_feature_is_made(feature, name, value):
    before = feature.settings()
    word = name.replace("color", "colour")  # the attribute, and the word
    with pytest.raises(InputError, match=word):
        setattr(feature, name, value)
    assert feature.settings() == before
    with pytest.raises(InputError, match=word):
        Feature(**{"title": "A", "shape": (2, 3, 4), name: value})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("brush_radius", 1e29, 2048.0), ("brush_radius", -3, 0.5), ("box_size", 1e9, 8192), ("alpha", 7, 1.0),
        ("box_size", np.int64(64), 64), ("title", np.str_("x"), "x"), ("visible", np.bool_(False), False),
        ("title", "a\ud800", "a\ufffd"), ("color", "#ff0000", (1.0, 0.0, 0.0)),
    ],
)  # fmt: skip
def test_what_is_kept_is_plain_and_within_bounds(feature, name, value, kept):
    setattr(feature, name, value)
    assert getattr(feature, name) == kept
    assert type(getattr(feature, name)) is type(kept)


def test_only_drawing_settings_are_steps(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    annotated = AnnotatedTomogram(Tomogram(np.zeros((2, 3, 4), np.float32), name="t"))
    document, feature = Document.of(annotated), annotated.add_feature("A")
    other = {
        "title": "B", "color": (0, 0, 1), "box_size": 64, "visible": False, "brush_radius": 3.0, "alpha": 0.5,
        "filled": False, "show_boxes": False, "flood": True, "flood_sensitivity": 7.0,
    }  # fmt: skip
    assert set(other) == set(FEATURE_SETTINGS)
    for name, value in other.items():
        place = document.history.place
        setattr(feature, name, value)
        assert (document.history.place is not place) == (FEATURE_SETTINGS[name].group == "drawing"), name
    document.discard()
