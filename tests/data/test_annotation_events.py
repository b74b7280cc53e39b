"""Each change of annotations is announced with what was there before."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram


@pytest.fixture
def annotated() -> AnnotatedTomogram:
    return AnnotatedTomogram(Tomogram(np.zeros((4, 10, 12), np.float32)))


def test_mask_events_tell_region_before_and_after(annotated):
    feature = annotated.add_feature("Ribosome")
    seen = []
    feature.mask_changed.connect(lambda z, region, before, after: seen.append((z, region, before, after)))
    feature.edit_mask(1, Region(0, 2, 0, 3), np.full((2, 3), 7))
    assert seen[0][:3] == (1, Region(0, 2, 0, 3), None)
    assert seen[0][3].tolist() == [[1, 1, 1], [1, 1, 1]]
    feature.edit_mask(1, Region(1, 2, 0, 1), np.zeros((1, 1)))
    assert seen[1][2].tolist() == [[1]]
    feature.set_mask(1, None)
    assert seen[2][2].sum() == 5
    assert seen[2][3] is None


def test_listeners_may_take_fewer_arguments(annotated):
    feature = annotated.add_feature("Ribosome")
    slices, called = [], []
    feature.mask_changed.connect(lambda z: slices.append(z))
    annotated.features_changed.connect(lambda: called.append(True))
    feature.set_mask(2, np.ones((10, 12)))
    annotated.add_feature()
    assert slices == [2]
    assert called == [True]


def test_box_events_are_splices_of_the_list(annotated):
    feature = annotated.add_feature("Ribosome")
    mirror: list = []

    def follow(z, start, removed, added):
        assert tuple(mirror[start : start + len(removed)]) == removed
        mirror[start : start + len(removed)] = added

    feature.boxes_changed.connect(follow)
    for centre in [(1, 2, 3), (2, 2, 3), (1, 9, 3), (1, -5, 40)]:
        feature.add_box(*centre)
    assert feature.remove_box(1, 8, 8) == (1, 9, 3)
    assert feature.remove_box(1, 9, 9, reach=2) is None
    feature.set_boxes(1, [(1, 1), (2, 2)])
    assert feature.boxes == mirror == [(2, 2, 3), (1, 1, 1), (1, 2, 2)]
    feature.clear_slice(1)
    assert feature.boxes == mirror == [(2, 2, 3)]


def test_settings_and_order_events(annotated):
    first, second = annotated.add_feature("A"), annotated.add_feature("B")
    seen = []
    first.settings_changed.connect(lambda *change: seen.append(change))
    annotated.features_changed.connect(lambda feature, before, after: seen.append((feature.uid, before, after)))
    first.title = "C"
    first.title = "C"
    first.color = "#ff0000"
    annotated.move_feature(first, 5)
    annotated.remove_feature("B")
    assert seen[0] == ("title", "A", "C")
    assert seen[1][0] == "color"
    assert first.color == (1.0, 0.0, 0.0)
    assert seen[2:] == [(first.uid, 0, 1), (second.uid, 0, None)]


@pytest.mark.parametrize(
    "region", [Region(-1, 2, 0, 3), Region(0, 2, 10, 13), Region(3, 2, 0, 3)], ids=["below", "right", "inverted"]
)
def test_regions_outside_the_slice_change_nothing(annotated, region):
    feature = annotated.add_feature("Ribosome")
    with pytest.raises(InputError):
        feature.edit_mask(0, region, np.ones((2, 3)))
    with pytest.raises(InputError):
        feature.edit_mask(0, Region(0, 2, 0, 3), np.ones((3, 2)))
    assert feature.annotated_slices == []
