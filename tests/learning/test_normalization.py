"""What grey values are brought to, also where part of a tomogram is masked."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.normalization import constant_fill, global_statistic


def volume(dtype=np.float32, spread=20.0):
    noise = np.random.default_rng(0).normal(100, spread, (8, 128, 160))
    return (np.round(noise) if np.issubdtype(dtype, np.integer) else noise).astype(dtype)


def masked(values, share, fill):
    """Values with a disc in the middle of every slice left, and the fill around it."""
    values = values.copy()
    y, x = np.mgrid[-1 : 1 : values.shape[1] * 1j, -1 : 1 : values.shape[2] * 1j]
    distance = np.hypot(y, x)
    values[:, distance > np.quantile(distance, 1 - share)] = fill
    return values


@settings(max_examples=40, deadline=None)
@given(st.floats(0.75, 0.97), st.sampled_from([0.0, 100.0, -1000.0, 255.0]), st.sampled_from([np.float32, np.int16]))
def test_a_mask_does_not_change_the_statistic(share, fill, dtype):
    plain = volume(dtype)
    with pytest.warns(UserWarning, match=r"% of the voxels of 'masked' have the same value, .* taken for a mask"):
        found = global_statistic(Tomogram(masked(plain, share, fill), 10.0, name="masked"))
    assert found.center == pytest.approx(100, abs=3)
    assert found.scale == pytest.approx(20, rel=0.15)


@pytest.mark.parametrize("spread", [0.6, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.float32])
def test_what_is_no_mask_is_measured_as_it_is(dtype, spread):
    """Coarse grey values repeat, but their neighbours are others."""
    values = volume(dtype, spread)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = global_statistic(Tomogram(values, 10.0))
    inner = values[:, 25:-25, 32:-32].astype(np.float64)
    mad = np.median(np.abs(inner - np.median(inner)))
    assert found.center == pytest.approx(inner.mean(), rel=1e-5)
    assert found.scale == pytest.approx(1.4826 * mad if mad else inner.std(), rel=1e-5)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_a_constant_volume_is_named_and_scaled_by_one(value):
    with pytest.warns(UserWarning, match="have the same value"):
        found = global_statistic(Tomogram(np.full((3, 20, 20), value, np.float32), 10.0))
    assert found.center == value
    assert found.scale == pytest.approx(1)


def test_a_volume_of_two_values_is_scaled_by_its_deviation():
    mask = np.zeros((4, 64, 64), np.float32)
    mask[:, 20:44, 20:44] = 1
    with pytest.warns(UserWarning, match="same value"):
        found = global_statistic(Tomogram(mask, 10.0))
    assert 0.01 < found.scale <= 1.1


def test_not_a_number_is_no_mask():
    values = volume()
    values[:, :100] = np.nan
    assert constant_fill(values) is None
    assert np.isfinite(global_statistic(Tomogram(values, 10.0)).scale)
