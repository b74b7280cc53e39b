"""Whatever a page says of what was there before, history, journal and other pages get what really was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.edits import BoxesEdit, SettingEdit
from ais_jupyter.core.editing.listener import EditListener
from ais_jupyter.core.editing.packing import pack_mask
from ais_jupyter.core.editing.patch import Patch

SHAPE = (3, 6, 8)


def opened():
    annotated = AnnotatedTomogram(Tomogram(np.zeros(SHAPE, np.float32), name="t"))
    feature = annotated.add_feature("Ribosome")
    return annotated, feature


@st.composite
def changes(draw):
    """A region, the values that it gets, and how truly the patch says what was before."""
    y0, x0 = draw(st.integers(0, 5)), draw(st.integers(0, 7))
    region = Region(y0, draw(st.integers(y0 + 1, 6)), x0, draw(st.integers(x0 + 1, 8)))
    bits = draw(st.integers(0, 2 ** (region.shape[0] * region.shape[1]) - 1))
    return draw(st.integers(0, 2)), region, bits, draw(st.sampled_from(["true", "false", "no mask", "gone"]))


def values(bits: int, shape: tuple[int, int]) -> np.ndarray:
    return np.array([bits >> i & 1 for i in range(shape[0] * shape[1])], np.uint8).reshape(shape)


@settings(max_examples=150, deadline=None)
@given(st.lists(changes(), max_size=12))
def test_patches_that_lie_are_corrected_and_true_ones_are_kept(made):
    annotated, feature = opened()
    document = Document.of(annotated)
    heard: list[Patch] = []
    document.edits.made.connect(heard.append)
    states = [{}]
    for z, region, bits, said in made:
        now = feature.mask(z)
        was = None if now is None else now.copy()
        before = None if was is None or said == "no mask" else was[region.slices]
        if said == "false":
            before = 1 - (np.zeros(region.shape, np.uint8) if was is None else was[region.slices])
        after = None if said == "gone" else values(bits, region.shape)
        packed = [None if one is None else pack_mask(one) for one in (before, after)]
        patch = Patch(annotated.uid, feature.uid, z, region, *packed)
        known = len(heard)
        document.edits.apply(patch)
        expected = Patch.between(annotated.uid, feature.uid, z, was, feature.mask(z))
        if expected.changes_nothing:
            assert len(heard) == known
            continue
        assert heard[known:] == [expected]
        if expected == patch:
            assert heard[-1] is patch  # nothing was compared or packed again
        states.append({z: mask.copy() for z, mask in feature.masks.items()})
    assert len(document.history) == len(states) - 1
    for state in reversed(states[:-1]):
        document.undo()
        assert feature.masks.keys() == state.keys()
        assert all(np.array_equal(feature.mask(z), mask) for z, mask in state.items())
    document.discard()


def test_boxes_and_settings_are_recorded_as_they_really_changed():
    annotated, feature = opened()
    feature.add_box(1, 2, 3)
    listener, heard = EditListener(annotated), []
    listener.made.connect(heard.append)
    listener.apply(BoxesEdit(feature.uid, 0, ((9, 9, 9),), ((1, 4, 4),)))
    listener.apply(SettingEdit(feature.uid, "brush_radius", 77.0, 5.0))
    assert heard == [
        BoxesEdit(feature.uid, 0, ((1, 2, 3),), ((1, 4, 4),)),
        SettingEdit(feature.uid, "brush_radius", 10.0, 5.0),
    ]


def test_an_edit_that_fails_is_forgotten(monkeypatch):
    annotated, feature = opened()
    listener, heard = EditListener(annotated), []
    listener.made.connect(heard.append)
    patch = Patch(annotated.uid, "0" * 32, 0, Region(0, 2, 0, 2), None, pack_mask(np.ones((2, 2))))
    with pytest.raises(KeyError):
        listener.apply(patch)
    feature.edit_mask(0, Region(0, 2, 0, 2), np.ones((2, 2)))
    assert heard[0] is not patch
    assert heard[0].feature == feature.uid


def test_a_closed_listener_hears_nothing():
    annotated, feature = opened()
    listener, heard = EditListener(annotated), []
    listener.made.connect(heard.append)
    listener.close()
    feature.add_box(1, 2, 3)
    annotated.add_feature("Membrane")
    assert heard == []
