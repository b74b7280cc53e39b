"""Picks against the released program's files and against blobs whose place is known."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from ais_jupyter.core.analysis.components import distance_inside, threshold_mask
from ais_jupyter.core.analysis.picking import pick_blobs, pick_centroids
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import read_segmentation

RUNS = {
    "out_default": (pick_blobs, {}),
    "out_m0_spacing60_size50k": (pick_blobs, {"margin": 0, "spacing": 60, "min_size": 50_000}),
    "out_b2": (pick_blobs, {"margin": 0, "binning": 2, "spacing": 60}),
    "out_centroid": (pick_centroids, {"margin": 0, "min_size": 20_000}),
    "out_orient_normal": (pick_centroids, {"margin": 0, "orient": "normal"}),
    "out_orient_out": (pick_centroids, {"margin": 0, "orient": "normal", "orient_sign": "out"}),
}


def columns(path):
    """The numbers of a STAR file, by column."""
    lines = path.read_text().splitlines()
    names = [line.split()[0][1:] for line in lines if re.match(r"_(rln|ais)\w+ #", line)]
    rows = [line.split() for line in lines if len(line.split()) == len(names) and not line.startswith(("_", "#"))]
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


@pytest.mark.parametrize("run", RUNS)
def test_same_as_the_released_program(shared, run):
    pick, options = RUNS[run]
    folder = shared / "samples/pick"
    files = sorted((folder / run).glob("*.star"))
    assert files
    for path in files:
        expected = columns(path)
        picks = pick(read_segmentation(folder / f"{path.name.removesuffix('_coords.star')}.mrc"), **options)
        places = np.array([expected[f"rlnCoordinate{axis}"] for axis in "ZYX"], float).T
        assert picks.positions == pytest.approx(places, abs=1e-5), path.name
        assert picks.columns["aisParticleSize"] == pytest.approx(np.array(expected["aisParticleSize"], float), abs=1e-5)
        assert {picks.tomogram_name} == set(expected["rlnMicrographName"])
        if "rlnAngleTilt" in expected:
            angles = np.array([expected[f"rlnAngle{name}"] for name in ("Rot", "Tilt", "Psi")], float).T
            assert picks.angles == pytest.approx(angles, abs=1e-3)


def volume_with(blobs, shape=(40, 60, 60), dtype=np.uint8, voxel_size=10.0):
    grid = np.indices(shape)
    data = np.zeros(shape, bool)
    for *place, radius in blobs:
        data |= sum((g - c) ** 2 for g, c in zip(grid, place)) <= radius**2
    values = {np.dtype(np.uint8): 255, np.dtype(np.int8): 127}.get(np.dtype(dtype), 1)
    return Segmentation(Tomogram((data * values).astype(dtype), voxel_size), "tomogram", "blob")


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.float32])
def test_touching_blobs_are_two_picks_but_one_component(dtype):
    segmentation = volume_with([(20, 30, 22, 6), (20, 30, 33, 6)], dtype=dtype)
    assert pick_blobs(segmentation, spacing=60).positions.tolist() == [[20, 30, 22], [20, 30, 33]]
    assert pick_centroids(segmentation).positions == pytest.approx(np.array([[20, 30, 27.5]]))


def test_margin_and_size_leave_out():
    segmentation = volume_with([(20, 30, 30, 5), (20, 10, 10, 4), (20, 50, 30, 2)])
    assert len(pick_blobs(segmentation, margin=5)) == 3
    assert len(pick_blobs(segmentation, margin=11)) == 1
    assert len(pick_blobs(segmentation, margin=5, min_size=1e5)) == 2
    assert len(pick_blobs(segmentation, margin=5, min_size=1e9)) == 0


def test_distance_is_that_of_the_whole_volume():
    mask = np.random.default_rng(0).random((20, 24, 28)) < 0.8
    assert distance_inside(mask) == pytest.approx(distance_transform_edt(mask), abs=1e-5)
    assert np.isfinite(distance_inside(np.ones((4, 4, 4), bool))).all()


def test_threshold_is_strict_on_every_scale():
    levels = np.array([127, 128, 129, 130], np.uint8).reshape(1, 1, 4)
    for data in (levels, (levels / np.float32(255)).astype(np.float32)):
        mask = threshold_mask(Segmentation(Tomogram(data), "t", "f"), 128)
        assert mask.ravel().tolist() == [False, False, True, True]
    halves = np.array([63, 64, 65], np.int8).reshape(1, 1, 3)
    assert threshold_mask(Segmentation(Tomogram(halves), "t", "f"), 128).ravel().tolist() == [False, False, True]


def test_input_that_makes_no_sense():
    segmentation = volume_with([(20, 30, 30, 5)])
    with pytest.raises(InputError, match="binning"):
        pick_blobs(segmentation, binning=50)
    with pytest.raises(InputError, match="margin"):
        pick_centroids(segmentation, margin=-1)


def test_unknown_voxel_size_is_said():
    segmentation = volume_with([(20, 30, 30, 5)], voxel_size=0.0)
    with pytest.warns(UserWarning, match="no voxel size"):
        assert len(pick_blobs(segmentation)) == 1
