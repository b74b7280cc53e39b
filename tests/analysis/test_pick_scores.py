"""Scores of picks: counted by hand, and one to one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ais_jupyter import Picks, PicksByTomogram, score_picks
from ais_jupyter.core.analysis.pick_scores import compare_picks
from ais_jupyter.core.data.errors import InputError


def test_counted_by_hand():
    truth = np.array([[0, 0, 0], [0, 0, 100], [0, 0, 200]], float)
    picks = np.array([[0, 0, 10], [0, 0, 95], [0, 0, 150], [0, 0, 1000]], float)
    scores = compare_picks(picks, truth, radius=30)
    assert (scores.found, scores.wrong, scores.missed) == (2, 2, 1)
    assert (scores.precision, scores.recall) == (2 / 4, 2 / 3)
    assert scores.f1 == pytest.approx(2 * 2 / (2 * 2 + 2 + 1))
    assert scores.f_beta(4) == pytest.approx(17 * 2 / (17 * 2 + 16 * 1 + 2))
    assert scores.median_error == 7.5


def test_a_particle_counts_once():
    scores = compare_picks(np.array([[0, 0, 1], [0, 0, 2], [0, 0, 3]]), np.zeros((1, 3)), 50)
    assert (scores.found, scores.wrong, scores.missed) == (1, 2, 0)
    assert scores.errors.tolist() == [1]


def test_nothing_compared_with_nothing():
    empty = np.zeros((0, 3))
    assert math.isnan(compare_picks(empty, empty, 5).f1)
    assert compare_picks(empty, np.zeros((2, 3)), 5).recall == 0
    assert compare_picks(np.zeros((2, 3)), empty, 5).precision == 0


def test_voxel_sizes_may_differ():
    coarse = Picks([[10, 10, 10]], "a", voxel_size=20.0)
    fine = Picks([[20, 20, 21]], "a", voxel_size=10.0)
    assert score_picks(coarse, fine, 15).median_error == pytest.approx(10)


def test_several_tomograms_together_and_one_without_picks():
    truth = PicksByTomogram({name: Picks([[1, 1, 1], [9, 9, 9]], name, 10.0) for name in "ab"})
    scores = score_picks(PicksByTomogram({"a": Picks([[1, 1, 1]], "a", 10.0)}), truth, 20)
    assert (scores.found, scores.wrong, scores.missed) == (1, 0, 3)


def test_another_tomogram_is_refused():
    with pytest.raises(InputError, match="'a' and the known coordinates of 'b'"):
        score_picks(Picks([[1, 1, 1]], "a", 10.0), Picks([[1, 1, 1]], "b", 10.0), 20)
    with pytest.raises(InputError, match="no coordinates are known for c"):
        score_picks(
            PicksByTomogram({"a": Picks([[1, 1, 1]], "a", 1.0), "c": Picks([[1, 1, 1]], "c", 1.0)}),
            Picks([[1, 1, 1]], "a", 1.0), 20,
        )  # fmt: skip


def test_units_must_be_known():
    with pytest.raises(InputError, match="give voxel_size"):
        score_picks([[1, 1, 1]], [[1, 1, 1]], 20)
    assert score_picks([[1, 1, 1]], [[1, 1, 2]], 20, voxel_size=10).median_error == 10
    with pytest.raises(InputError, match="from the middle"):
        score_picks(Picks([[1, 1, 1]], centred=True), Picks([[1, 1, 1]], voxel_size=1.0), 20)
    with pytest.raises(InputError, match="radius"):
        score_picks([[1, 1, 1]], [[1, 1, 1]], 0, voxel_size=10)
