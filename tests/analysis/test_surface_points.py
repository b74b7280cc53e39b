"""Points on surfaces: where they lie, how far apart, and where they point."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from ais_jupyter.cli.program import run
from ais_jupyter.core.analysis.picking import pick_particles
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import write_mrc


def ball(*balls, shape=(60, 60, 90)):
    grid = np.indices(shape)
    levels = np.zeros(shape)
    for *place, radius in balls:
        away = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, place)))
        levels = np.maximum(levels, np.clip((radius - away) / 4 + 0.5, 0, 1))
    return (255 * levels).astype(np.uint8)


def picked(data, **options):
    segmentation = Segmentation(Tomogram(data, 10.0, name="cell__membrane"), "cell", "membrane")
    return pick_particles(segmentation, PickingOptions("surface", **{"margin": 0, "spacing": 60, **options}))


def direction(angles):
    """(z, y, x) that RELION's tilt and psi stand for, as for centroids."""
    tilt, psi = np.radians(angles[:, 1]), np.radians(angles[:, 2])
    return np.stack([np.cos(tilt), np.sin(tilt) * np.sin(psi), -np.sin(tilt) * np.cos(psi)], axis=1)


@pytest.mark.parametrize("binning", [1, 2])
def test_points_of_a_ball_lie_on_it_and_point_outwards(binning):
    picks = picked(ball((30, 30, 30, 20)), threshold=127, binning=binning).picks
    away = picks.positions - 30
    radius = np.linalg.norm(away, axis=1)
    assert radius == pytest.approx(20, abs=0.6 * binning)
    outwards = (direction(picks.angles) * away / radius[:, None]).sum(axis=1)
    assert outwards.min() > 0.95
    tree = cKDTree(picks.positions)
    nearest = tree.query(picks.positions, k=2)[0][:, 1] * 10
    assert nearest.min() >= 60 * 0.999
    directions = np.random.default_rng(0).normal(size=(500, 3))
    on_ball = 30 + 20 * directions / np.linalg.norm(directions, axis=1)[:, None]
    assert tree.query(on_ball)[0].max() * 10 < 75  # no hole larger than the spacing allows
    assert 4 * np.pi * 200**2 / 60**2 * 0.6 < len(picks) < 4 * np.pi * 200**2 / 60**2 * 1.2


def test_limits_and_nothing():
    data = ball((30, 30, 25, 15), (30, 30, 70, 6))
    assert picked(data).picks.positions[:, 2].max() > 60
    assert picked(data, min_size=3e6).picks.positions[:, 2].max() < 45
    assert picked(data, max_size=3e6).picks.positions[:, 2].min() > 60
    empty = picked(data, threshold=254.5 if data.max() < 255 else 255)
    assert len(empty.picks) == 0
    assert "nothing exceeds" in empty.note
    with pytest.raises(InputError, match="spacing above 0"):
        PickingOptions("surface", spacing=0)


def test_a_mask_of_zero_and_one():
    picks = picked((ball((30, 30, 30, 20)) > 127).astype(np.uint8), threshold=0).picks
    assert np.linalg.norm(picks.positions - 30, axis=1) == pytest.approx(20, abs=1.5)


def test_by_the_command(tmp_path, capsys):
    write_mrc(tmp_path / "cell__Membrane.mrc", ball((30, 30, 30, 20)), 10.0)
    words = ["pick", "-d", str(tmp_path), "-t", "Membrane", "-m", "0", "-spacing", "60", "--surface"]
    assert run(words) == 0
    assert "picks, median size" in capsys.readouterr().out
    assert run([*words, "-centroid"]) == 1
    assert "give one of" in capsys.readouterr().err
