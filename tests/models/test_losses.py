"""The masked losses against their formulas written with NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from ais_jupyter.models import losses


def loss(name: str, y: np.ndarray, p: np.ndarray) -> float:
    return float(getattr(losses, name)(ops.convert_to_tensor(y), ops.convert_to_tensor(p)))


def reference(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    counts = y != 2
    y, p = y[counts].astype(float), p[counts].astype(float)
    bce = float(np.mean(-(y * np.log(p) + (1 - y) * np.log(1 - p))))
    dice = float(1 - (2 * np.sum(y * p) + 1e-6) / (np.sum(y) + np.sum(p) + 1e-6))
    return {
        "masked_bce": bce, "masked_dice": dice, "masked_bce_dice": bce + dice,
        "masked_combination": 0.3 * bce + 0.7 * dice, "masked_l1": float(np.mean(np.abs(y - p))),
    }  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(3, 8, 8, 1), (2, 4, 4, 3, 1)]), st.booleans())
def test_losses_follow_the_formulas_and_ignore_label_two(seed: int, shape: tuple[int, ...], soft: bool) -> None:
    rng = np.random.default_rng(seed)
    y = rng.choice([0, 1, 2], shape, p=[0.5, 0.3, 0.2]).astype(np.float32)
    if soft:
        y = np.where(y == 1, rng.random(shape), y).astype(np.float32)
    p = rng.uniform(0.01, 0.99, shape).astype(np.float32)
    y.flat[0] = 1
    for name, value in reference(y, p).items():
        assert loss(name, y, p) == pytest.approx(value, abs=1e-4), name
        elsewhere = np.where(y == 2, 1 - p, p)  # what is predicted where the label is 2 has no effect
        assert loss(name, y, elsewhere) == pytest.approx(value, abs=1e-4), name


@pytest.mark.parametrize("name", ["masked_bce", "masked_l1"])
def test_a_batch_that_is_ignored_altogether_costs_nothing(name: str) -> None:
    assert loss(name, np.full((1, 4, 4, 1), 2), np.full((1, 4, 4, 1), 0.3, np.float32)) == 0.0


def test_certain_and_wrong_stays_finite() -> None:
    value = loss("masked_bce", np.ones((1, 2, 2, 1)), np.zeros((1, 2, 2, 1), np.float32))
    assert np.isfinite(value)
    assert value > 10
