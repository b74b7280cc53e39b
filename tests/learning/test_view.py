"""Padding only as far as a network sees gives the same result as padding further."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linear_test import linear_model

from ais_jupyter.core.data.network_geometry import View, view_of
from ais_jupyter.core.data.training_set import GLOBAL_MAD
from ais_jupyter.core.learning import inference
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.padding import padding_for


@pytest.mark.parametrize(
    ("architecture", "multiple"), [("VGGNet S", 8), ("UNet S", 4), ("UNet lite", 2), ("Eman2", 2), ("ResNet", 1)]
)
def test_view_is_what_changes_the_result(architecture, multiple):
    """A pixel further away than the reach changes nothing; some pixel at the reach does."""
    model = SegmentationModel(architecture, "A").build(64)
    view = view_of(model.network)
    assert view.grid == multiple
    engine = model.engine("keras", "float32")
    rng = np.random.default_rng(0)
    size = 32 * ((2 * view.reach + 64) // 32 + 1)
    image = rng.normal(size=(1, size, size, 1)).astype(np.float32)
    middle = size // 2 // multiple * multiple
    before = engine.predict(image)[0]
    farthest = 0
    for offset in range(multiple):
        position = middle + offset
        for distance in (view.reach + 1, view.reach, -view.reach, -view.reach - 1):
            changed = image.copy()
            changed[0, position + distance] += 1000
            differs = not np.array_equal(before[position], engine.predict(changed)[0][position])
            if abs(distance) > view.reach:
                assert not differs
            farthest = max(farthest, abs(distance) if differs else 0)
    assert farthest == view.reach


@pytest.mark.parametrize("architecture", ["VGGNet S", "UNet S"])
@pytest.mark.parametrize("shape", [(70, 93), (96, 64)])
def test_less_padding_gives_the_same_probabilities(architecture, shape, monkeypatch):
    model = SegmentationModel(architecture, "A").build(64)
    model.info.normalization = GLOBAL_MAD
    assert model.engine(precision="float32").network is model.network  # else nothing is trimmed
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    options = {"statistic": Statistic(0.0, 1.0), "precision": "float32", "tta": 8}
    trimmed = model.segment_slice(image, **options)
    monkeypatch.setattr(inference, "view_or_none", lambda network: None)
    np.testing.assert_allclose(trimmed, model.segment_slice(image, **options), atol=2e-6)


def test_networks_that_see_far_are_padded_as_in_ais():
    model = SegmentationModel("UNet M", "A").build(64)
    assert view_of(model.network).reach > 40
    assert padding_for(512, view_of(model.network)) == (32, 32)


def test_small_networks_need_little():
    assert view_of(linear_model().network) == View(1, 1, 3)
    assert padding_for(512, View(1, 1, 3)) == (1, 1)
    assert padding_for(512, View(8, 22, 45)) == (24, 24)
    assert padding_for(512) == (32, 32)


@given(st.integers(1, 3000), st.integers(0, 80), st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_padding_covers_the_reach_on_the_grid_of_ais(n, reach, multiple):
    before, after = padding_for(n, View(multiple, reach, 2 * reach + 1))
    theirs = padding_for(n)
    for ours, side in zip((before, after), theirs):
        assert ours <= side
        assert ours >= reach or ours == side
        assert (side - ours) % multiple == 0
    assert (before + n + after) % multiple == 0
