"""Patches: bounding box, bytes, apply and inverse."""

from __future__ import annotations

import contextlib

import hypothesis.extra.numpy as nps
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.packing import pack_mask, unpack_mask
from ais_jupyter.core.editing.patch import Patch

SHAPE = (9, 13)
masks = nps.arrays(np.uint8, SHAPE, elements=st.integers(0, 1))
maybe_masks = st.none() | masks


def make(mask):
    annotated = AnnotatedTomogram(Tomogram(np.zeros((3, *SHAPE), np.float32)))
    feature = annotated.add_feature("A")
    if mask is not None:
        feature.set_mask(1, mask)
    return annotated, feature


sizes = nps.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=40)


@given(nps.arrays(np.uint8, sizes, elements=st.integers(0, 1)))
def test_packed_masks_come_back(mask):
    assert np.array_equal(unpack_mask(pack_mask(mask), mask.shape), mask)
    assert np.array_equal(unpack_mask(pack_mask(mask, compress=False), mask.shape), mask)


def test_the_first_pixel_is_the_highest_bit():
    mask = np.zeros((2, 5), np.uint8)
    mask[0, 0] = mask[1, 4] = 1
    assert pack_mask(mask) == bytes([0, 0b10000000, 0b01000000])


@pytest.mark.parametrize("data", [b"", b"\x02\x00", b"\x00\x00\x00", b"\x00", b"\x01nonsense"])
def test_damaged_masks_are_refused(data):
    with pytest.raises(FileFormatError):
        unpack_mask(data, (2, 4))


def test_a_mask_that_expands_beyond_its_region_is_refused():
    with pytest.raises(FileFormatError):
        unpack_mask(pack_mask(np.zeros((4000, 4000), np.uint8)), (2, 4))


@given(maybe_masks, maybe_masks)
def test_apply_makes_after_and_inverse_makes_before(before, after):
    annotated, feature = make(before)
    patch = Patch.between(annotated.uid, feature.uid, 1, before, after)
    assert Patch.from_bytes(patch.to_bytes()) == patch
    patch.apply(annotated)
    assert np.array_equal(feature.mask(1), after) if after is not None else feature.mask(1) is None
    patch.inverse().apply(annotated)
    assert np.array_equal(feature.mask(1), before) if before is not None else feature.mask(1) is None
    same = (before is None) == (after is None) and (before is None or np.array_equal(before, after))
    assert patch.changes_nothing == same


def test_the_region_is_the_bounding_box_of_what_changed():
    annotated, feature = make(None)
    after = np.zeros(SHAPE, np.uint8)
    after[2:4, 5] = 1
    patch = Patch.between(annotated.uid, feature.uid, 1, None, after)
    assert patch.region == Region(2, 4, 5, 6)
    assert patch.before is None
    assert patch.after.tolist() == [[1], [1]]
    inside = Patch.between(annotated.uid, feature.uid, 1, None, after[1:6, 4:8], Region(1, 6, 4, 8))
    assert inside == patch


@given(st.binary(max_size=90))
def test_any_bytes_are_a_patch_or_refused(data):
    with contextlib.suppress(FileFormatError):
        Patch.from_bytes(data)


def test_a_large_stroke_is_small():
    mask = np.zeros((4096, 4096), np.uint8)
    mask[1000:3000, 500:3500] = 1
    patch = Patch.between("0" * 32, "1" * 32, 0, None, mask)
    assert len(patch.to_bytes()) < 10_000
