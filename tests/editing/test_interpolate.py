"""Masks between drawn slices."""

from __future__ import annotations

import numpy as np
import pytest
from painting_reference.brush import disc

from ais_jupyter.core.editing.interpolate import interpolate_masks, signed_distance


def round_mask(y, x, radius, shape=(60, 80)):
    mask = np.zeros(shape, np.uint8)
    region, inside = disc(shape, y, x, radius)
    mask[region.slices] = inside
    return mask


def test_a_cone_between_two_discs():
    found = interpolate_masks({2: round_mask(30, 40, 20), 12: round_mask(30, 40, 10)})
    assert sorted(found) == list(range(3, 12))
    for z, mask in found.items():
        expected = np.pi * (20 - (z - 2)) ** 2
        assert mask.sum() == pytest.approx(expected, rel=0.06)
        assert mask.dtype == np.uint8


def test_shapes_that_do_not_touch_travel():
    found = interpolate_masks({0: round_mask(15, 12, 8), 10: round_mask(45, 68, 8)})
    rows, columns = np.nonzero(found[5])
    assert (rows.mean(), columns.mean()) == pytest.approx((30, 40), abs=0.7)
    assert found[5].sum() == pytest.approx(round_mask(30, 40, 8).sum(), rel=0.1)


def test_drawn_slices_are_kept_and_empty_ones_are_filled():
    empty = np.zeros((60, 80), np.uint8)
    masks = {0: round_mask(30, 40, 10), 1: empty, 2: round_mask(30, 40, 12), 3: round_mask(30, 40, 5), 7: empty}
    assert sorted(interpolate_masks(masks)) == [1]
    assert interpolate_masks(masks, first=1) == {}
    assert interpolate_masks({4: round_mask(30, 40, 10)}) == {}


def test_a_mask_at_the_border_and_a_full_mask():
    full = np.ones((60, 80), np.uint8)
    assert interpolate_masks({0: full, 2: full})[1].all()
    found = interpolate_masks({0: round_mask(0, 0, 9), 2: round_mask(0, 0, 9)})
    assert np.array_equal(found[1], round_mask(0, 0, 9))


def test_signed_distance_is_positive_inside():
    distance = signed_distance(round_mask(30, 40, 10))
    assert distance[30, 40] == pytest.approx(9.5, abs=0.6)
    assert distance[30, 60] == pytest.approx(-10.5, abs=0.6)
