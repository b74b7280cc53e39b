"""Slices as they are sent to the browser."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.errors import CancelledError, InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.slice_service import SliceService, display_limits, encode


@pytest.fixture
def volume() -> np.ndarray:
    return np.random.default_rng(3).normal(5, 2, (6, 20, 30)).astype(np.float32)


def served(volume, precision="uint8", **request):
    session = Session()
    annotated = session.open(Tomogram(volume)).annotated
    question = {"tomogram": annotated.uid, "axis": "z", "index": 0, **request}
    answer = SliceService(session, precision).slice(question, [])
    dtype = np.dtype(answer.content["dtype"])
    pixels = np.frombuffer(answer.buffers[0], dtype).reshape(answer.content["height"], answer.content["width"])
    stored = pixels / 255 if dtype == np.uint8 else pixels.astype(np.float32)
    return answer.content, stored * answer.content["factor"] + answer.content["offset"]


def test_eight_bit_keeps_grey_values_within_half_a_level(volume):
    _, values = served(volume, index=2)
    low, high = display_limits(Tomogram(volume))
    assert np.abs(values - np.clip(volume[2], low, high)).max() <= (high - low) / 255 / 2 * 1.001


def test_limits_ignore_outliers_but_hold_nearly_all(volume):
    big = np.tile(volume, (1, 16, 16))
    big[3, 5, 5] = 1e6
    low, high = display_limits(Tomogram(big))
    assert high < 100
    assert np.mean((big >= low) & (big <= high)) > 0.999


@pytest.mark.parametrize(("axis", "index"), [("z", 3), ("y", 7), ("x", 11)])
def test_exact_slices_across_each_axis(volume, axis, index):
    content, values = served(volume, axis=axis, index=index, precision="float32")
    expected = np.take(volume, index, axis="zyx".index(axis))
    assert np.array_equal(values, expected.T if axis == "x" else expected)
    assert content["step"] == 1


class Slow:
    """A volume of which somebody counts what was read."""

    def __init__(self, shape):
        self.shape, self.dtype, self.read = shape, np.dtype(np.float32), 0

    def __getitem__(self, key):
        self.read += len(range(self.shape[0])[key[0]])
        return np.zeros(self.shape, np.float32)[key]


@pytest.mark.parametrize("axis", ["y", "x"])
def test_a_cross_section_that_is_withdrawn_is_not_read_to_its_end(axis):
    source = Slow((400, 4, 5))
    session = Session()
    annotated = session.open(Tomogram(source)).annotated
    service = SliceService(session, "float32", lambda: lambda: source.read >= 32)
    with pytest.raises(CancelledError, match="no longer wanted"):
        service.slice({"tomogram": annotated.uid, "axis": axis, "index": 1}, [])
    assert source.read == 32


def test_half_precision_holds_large_numbers():
    volume = np.linspace(-3e6, 3e6, 6 * 20 * 30, dtype=np.float32).reshape(6, 20, 30)
    _, values = served(volume, "float16", index=1)
    assert np.allclose(values, volume[1], rtol=1e-3, atol=3e6 / 2000)


def test_coarse_slice_is_every_fourth_pixel(volume):
    content, values = served(volume, precision="float32", step=4)
    assert content["step"] == 4
    assert np.array_equal(values, volume[0, ::4, ::4])


def test_signed_bytes_are_shown_as_unsigned():
    image = np.array([[-1, 0, 127]], np.int8)
    pixels, factor, offset = encode(image, "uint8", (0.0, 255.0))
    assert pixels.tolist() == [[255, 0, 127]]
    assert (factor, offset) == (255.0, 0.0)


def test_voxels_that_are_not_numbers_become_black(volume):
    volume[0, 0, :2] = np.nan, np.inf
    _, values = served(volume)
    assert np.isfinite(values).all()


def test_constant_volume_has_limits():
    assert display_limits(Tomogram(np.full((2, 4, 4), 7.0))) == (7.0, 8.0)


def test_closed_tomogram_is_named(volume):
    with pytest.raises(InputError, match="no longer open"):
        SliceService(Session()).slice({"tomogram": "x", "index": 0}, [])
