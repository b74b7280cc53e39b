"""Filaments against those of the released program, and against lines that are known."""

from __future__ import annotations

import numpy as np
import pytest
import starfile
from scipy.ndimage import distance_transform_edt

import ais_jupyter as ais
from ais_jupyter.cli.program import run
from ais_jupyter.core.analysis.picking import pick_particles
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.analysis.skeleton_paths import skeleton_paths
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram


def test_same_as_the_released_program(shared, tmp_path):
    source = shared / "samples/pick"
    words = ["pick", "-d", str(source), "-t", "Fil", "-ou", str(tmp_path), "-m", "0", "-filament", "-spacing", "80"]
    assert run([*words, "-length", "300", "--twist", "30"]) == 0
    theirs = starfile.read(source / "out_filament/tomoA__Fil_coords.star")
    ours = starfile.read(tmp_path / "tomoA__Fil_coords.star")
    assert len(ours) == len(theirs)
    for name in theirs.columns.intersection(ours.columns).drop(["rlnMicrographName", "aisParticleID"]):
        if name.endswith("RadiusOfCurvature"):
            curved = theirs["aisLog10RadiusOfCurvature"] < 9  # a straight line has any radius above
            assert ours[name][curved].values == pytest.approx(theirs[name][curved].values, rel=1e-3)
            assert (ours["aisLog10RadiusOfCurvature"][~curved] > 9).all()
        elif name == "rlnAnglePsi":
            turned = np.abs(ours[name] - theirs[name]) % 360
            assert np.minimum(turned, 360 - turned).max() < 1e-2
        else:
            assert ours[name].values == pytest.approx(theirs[name].values, abs=1e-3), name


def tubes(*lines, shape=(40, 60, 100), radius=3.0):
    """Tubes around lines, each from one place (z, y, x) to another."""
    outside = np.ones(shape, bool)
    for start, end in lines:
        steps = np.linspace(start, end, 400).round().astype(int)
        outside[tuple(steps.T)] = False
    return (255 * (distance_transform_edt(outside) <= radius)).astype(np.uint8)


def picked(data, **options):
    segmentation = Segmentation(Tomogram(data, 10.0, name="cell__tube"), "cell", "tube")
    return pick_particles(segmentation, PickingOptions("filaments", **{"margin": 0, "spacing": 50, **options}))


def test_a_straight_tube():
    picks = picked(tubes(((20, 30, 15), (20, 30, 85))), min_length=300).picks
    assert picks.positions[:, :2] == pytest.approx(np.tile([20, 30], (len(picks), 1)), abs=0.3)
    assert np.diff(picks.positions[:, 2]) == pytest.approx(5, abs=1e-3)
    assert np.ptp(picks.positions[:, 2]) > 60
    assert picks.angles[:, 1] == pytest.approx(90, abs=2)
    assert np.diff(picks.columns["rlnHelicalTrackLengthAngst"]) == pytest.approx(50)
    assert picks.columns["aisFilamentConnectivity"].tolist() == [1, *[0] * (len(picks) - 2), 1]


def test_a_tube_along_z_points_along_z():
    picks = picked(tubes(((4, 30, 50), (36, 30, 50))), min_length=100).picks
    assert np.abs(np.cos(np.radians(picks.angles[:, 1]))) == pytest.approx(1, abs=1e-3)


def test_three_arms_meet_at_a_branch_and_short_ones_are_cut_off():
    data = tubes(((20, 30, 10), (20, 30, 90)), ((20, 30, 50), (20, 55, 50)), ((20, 30, 75), (20, 38, 75)))
    arms = picked(data, min_length=150, spacing=20).picks
    assert set(arms.columns["aisFilamentID"]) == {0, 1, 2}
    ends = arms.columns["aisFilamentConnectivity"]
    assert (ends == 2).sum() == 3
    assert (ends == 1).sum() == 3
    at_branch = arms.positions[ends == 2]
    assert np.linalg.norm(at_branch - (20, 30, 50), axis=1).max() < 6
    assert set(picked(data, min_length=300, spacing=20).picks.columns["aisFilamentID"]) == {0}  # the arm in y is 250 Å


def test_what_is_too_short_is_said():
    found = picked(tubes(((20, 30, 40), (20, 30, 60))), min_length=500)
    assert len(found.picks) == 0
    assert "no filament is as long as 500 Å" in found.note
    assert "aisFilamentID" in found.picks.columns


def test_two_tubes_in_steps_of_their_twist():
    data = tubes(((20, 15, 15), (20, 15, 85)), ((20, 45, 15), (20, 45, 85)))
    picks = picked(data, min_length=300, twist=100).picks
    first = picks.columns["rlnHelicalTubeID"] == 1
    assert 10 < first.sum() < len(picks) - 10
    assert picks.angles[first, 0].tolist() == [100.0 * i % 360 for i in range(first.sum())]
    assert picks.angles[~first, 0][0] == 0


def test_binning_keeps_the_place():
    data = tubes(((20, 30, 10), (30, 40, 90)))
    whole, half = (picked(data, min_length=300, binning=b).picks for b in (1, 2))
    away = np.linalg.norm(half.positions[:, None] + 0.5 - whole.positions[None], axis=2).min(axis=1)
    assert np.median(away) < 3


def test_a_ring_is_traced_once_around():
    z, y, x = np.indices((20, 60, 60))
    ring = np.hypot(np.hypot(y - 30, x - 30) - 20, z - 10) <= 2
    (path,) = skeleton_paths(ring, 10)
    around = np.unwrap(np.arctan2(*(path.voxels[:, 1:] - 30).T))
    assert abs(around[-1] - around[0]) > 0.95 * 2 * np.pi
    assert len(np.unique(path.voxels, axis=0)) == len(path.voxels)


@pytest.mark.parametrize("width", [2, 3, 4, 9, 10])
def test_rods_of_even_and_odd_width(width):
    (path,) = skeleton_paths(np.ones((width, width, 60), bool), 30)
    assert len(path.voxels) > 45
    assert path.voxels[:, :2] == pytest.approx((width - 1) / 2, abs=1)


def test_saved_and_read_back(tmp_path):
    picks = picked(tubes(((20, 30, 15), (20, 30, 85))), min_length=300).picks
    again = ais.open(picks.save(tmp_path / "a.star"))
    assert again.positions == pytest.approx(picks.positions, abs=1e-5)
    assert again.columns["rlnHelicalTubeID"].tolist() == [1] * len(picks)


def test_settings_that_make_no_sense():
    with pytest.raises(InputError, match="spacing above 0"):
        PickingOptions("filaments", spacing=0)
    with pytest.raises(InputError, match="twist"):
        PickingOptions("filaments", twist=1e6)
    with pytest.raises(InputError, match="only centroids"):
        PickingOptions("filaments", orient="normal")
