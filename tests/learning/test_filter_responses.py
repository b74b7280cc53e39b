"""The filters: what they measure, and that it does not depend on where a tile ends or who computes it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import CUT, RESPONSES, FilterBank
from ais_jupyter.core.learning import filter_responses
from ais_jupyter.core.learning.filter_responses import responses, tiles

NOISE = np.random.default_rng(0).normal(size=(5, 90, 70)).astype(np.float32)


@pytest.mark.parametrize("tile", [16, 33, 64])
@pytest.mark.parametrize("threads", [1, 3])
def test_tiles_are_exact(monkeypatch, tile, threads):
    bank = FilterBank((1.0, 3.0), 5)
    whole = responses(NOISE, bank)
    monkeypatch.setattr(filter_responses, "TILE", tile)
    np.testing.assert_array_equal(responses(NOISE, bank, threads), whole)
    assert sum(region.shape[0] * region.shape[1] for region, _ in tiles(NOISE, bank)) == 90 * 70


def test_a_pixel_sees_no_farther_than_the_bank_says():
    bank = FilterBank((1.0, 4.0), 1)
    before = responses(NOISE[:1], bank)
    changed = NOISE[:1].copy()
    changed[0, 45, 35] += 100
    rows, cols = np.nonzero((responses(changed, bank) != before).any(axis=0))
    assert max(abs(rows - 45).max(), abs(cols - 35).max()) == bank.reach


def test_the_gaussian_is_that_of_scipy():
    found = responses(NOISE, FilterBank((2.0,), 5))
    for number, image in enumerate((NOISE[2], NOISE.mean(axis=0))):
        expected = gaussian_filter(image, 2.0, mode="mirror", truncate=CUT)
        np.testing.assert_allclose(found[number * len(RESPONSES)], expected, atol=1e-5)


def test_bright_and_dark_lines_are_told_apart_in_any_direction():
    y, x = np.mgrid[:60, :60].astype(np.float32)
    for angle in (0.0, 0.4, 1.2):
        line = np.exp(-(((x - 30) * np.sin(angle) - (y - 30) * np.cos(angle)) ** 2) / 8)[None]
        bright = dict(zip(RESPONSES, responses(line, FilterBank((2.0,), 1))[:, 30, 30]))
        dark = dict(zip(RESPONSES, responses(-line, FilterBank((2.0,), 1))[:, 30, 30]))
        assert bright["valley"] < -0.2
        assert abs(bright["ridge"]) < 0.05
        assert dark["ridge"] > 0.2
        assert abs(dark["valley"]) < 0.05


def test_turned_images_give_turned_responses():
    bank = FilterBank((1.0, 2.0), 5)
    turned = responses(np.rot90(NOISE, axes=(1, 2)).copy(), bank)
    np.testing.assert_allclose(turned, np.rot90(responses(NOISE, bank), axes=(1, 2)), atol=1e-4)


def test_even_depths_and_single_pixels():
    assert FilterBank(depth=1).count == 20
    assert FilterBank(depth=2).mean_of == 1
    assert FilterBank(depth=4).mean_of == 3
    assert FilterBank(depth=32).mean_of == 5
    for depth in (1, 2, 4, 32):
        bank = FilterBank(depth=depth)
        assert np.isfinite(responses(np.ones((depth, 1, 3), np.float32), bank)).all()
        assert responses(NOISE[:1].repeat(depth, 0), bank).shape == (bank.count, 90, 70)


@pytest.mark.parametrize("sigmas", [(), (0.0,), (1e9,), (float("nan"),), (1.0,) * 17])
def test_widths_that_make_no_sense(sigmas):
    with pytest.raises(InputError, match="widths"):
        FilterBank(sigmas, 1)
