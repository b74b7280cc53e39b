"""Picking against plain ways of computing the same, and what it says of odd input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt, gaussian_filter, label
from skimage.feature import peak_local_max

from ais_jupyter.core.analysis.components import Groups, find_components, threshold_mask
from ais_jupyter.core.analysis.peaks import deepest_points
from ais_jupyter.core.analysis.picking import pick_particles
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram


def blobs_volume(seed, shape=(30, 44, 52), share=0.1):
    field = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2)
    return (255 * (field > np.quantile(field, 1 - share))).astype(np.uint8)


def segmentation_of(data, voxel_size=10.0, name="cell"):
    return Segmentation(Tomogram(data, voxel_size, name=f"{name}__blob"), name, "blob")


def picked(data, **options):
    return pick_particles(segmentation_of(data), PickingOptions(**{"margin": 0, **options}))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.002, 0.6), far=st.integers(3, 8))
def test_deepest_points_are_those_of_scikit_image(seed, share, far):
    mask = blobs_volume(seed, share=share) > 0
    expected = peak_local_max(distance_transform_edt(mask), min_distance=far)
    points, depths = deepest_points(mask, far)
    assert points.tolist() == expected.tolist()
    assert depths == pytest.approx(distance_transform_edt(mask)[tuple(points.T)])


def test_box_by_box_and_as_a_whole_are_both_tried():
    assert Groups.of(blobs_volume(0, share=0.002) > 0).boxes is not None
    assert Groups.of(blobs_volume(0, share=0.6) > 0).boxes is None


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.01, 0.5), least=st.integers(0, 60), most=st.integers(60, 400))
def test_components_are_those_of_scipy(seed, share, least, most):
    mask = blobs_volume(seed, share=share) > 0
    labels, count = label(mask)
    sizes = np.bincount(labels.ravel())
    keep = (sizes >= least) & (sizes <= most)
    keep[0] = False
    found = find_components(mask, least, most)
    assert found.found == count
    assert sorted(found.sizes.tolist()) == sorted(sizes[keep].tolist())
    assert ((found.labels > 0) == keep[labels]).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.float32])
@pytest.mark.parametrize("binning", [2, 3])
def test_binning_is_the_mean(dtype, binning):
    rng = np.random.default_rng(0)
    top = {np.dtype(np.int8): 127, np.dtype(np.float32): 1}.get(np.dtype(dtype), 255)
    data = (rng.random((7, 10, 11)) * top).astype(dtype)
    nz, ny, nx = (n // binning for n in data.shape)
    cut = data[: nz * binning, : ny * binning, : nx * binning].astype(float)
    mean = cut.reshape(nz, binning, ny, binning, nx, binning).mean(axis=(1, 3, 5))
    level = {1: 100 / 255, 127: 50}.get(top, 100)
    assert (threshold_mask(segmentation_of(data), 100, binning) == (mean > level)).all()


def ball(shape, *balls):
    grid = np.indices(shape)
    data = np.zeros(shape, np.uint8)
    for *place, radius in balls:
        data[sum((g - c) ** 2 for g, c in zip(grid, place)) <= radius**2] = 255
    return data


def test_sizes_are_limited_on_both_sides():
    data = ball((40, 60, 60), (12, 12, 12, 3), (20, 30, 30, 6), (20, 45, 45, 9))
    assert len(picked(data, method="centroids").picks) == 3
    assert picked(data, method="centroids", min_diameter=90, max_diameter=150).picks.positions.tolist() == [
        [20, 30, 30]
    ]
    volume = 4 / 3 * np.pi * 60.0**3
    assert len(picked(data, min_size=0.5 * volume, max_size=1.5 * volume).picks) == 1
    assert "none of 3 components" in picked(data, min_size=1e9).note


def test_region_and_slices_choose_among_the_same_picks():
    data = blobs_volume(3, (40, 60, 60), 0.05)
    whole = picked(data, spacing=60).picks.positions
    part = picked(data, spacing=60, region=Region(10, 40, 5, 50), z_range=(8, 30)).picks.positions
    inside = (whole >= (8, 10, 5)).all(axis=1) & (whole < (30, 40, 50)).all(axis=1)
    assert 0 < inside.sum() < len(whole)
    assert part.tolist() == whole[inside].tolist()


@pytest.mark.parametrize("half", [False, True], ids=["same voxels", "half as many"])
def test_keeping_away_from_another_segmentation(half):
    shape = (40, 60, 60)
    data = ball(shape, (20, 15, 15, 3), (20, 15, 30, 3), (20, 15, 46, 3))
    wall = np.zeros(shape, np.uint8)
    wall[:, :, 40:] = 255
    wall = wall[::2, ::2, ::2] if half else wall
    avoid = segmentation_of(wall, 20.0 if half else 10.0)

    def left(distance):
        options = PickingOptions("centroids", margin=0, avoid_distance=distance)
        return pick_particles(segmentation_of(data), options, avoid).picks.positions[:, 2].tolist()

    assert left(0) == [15, 30]
    assert left(90) == [15, 30]
    assert left(110) == [15]
    assert left(260) == []


def test_keeping_away_from_a_volume_of_another_tomogram():
    avoid = segmentation_of(np.zeros((10, 20, 20), np.uint8), name="other")
    with pytest.raises(InputError, match="not of the same tomogram"):
        pick_particles(segmentation_of(blobs_volume(0)), PickingOptions(), avoid)


def test_what_is_said_when_there_is_nothing():
    assert "model found nothing" in picked(np.zeros((20, 20, 20), np.uint8)).note
    assert "the highest level is 90" in picked(np.full((20, 20, 20), 90, np.uint8)).note
    assert "threshold of 1 or less" in picked(np.eye(20, dtype=np.int8)[None].repeat(20, 0)).note
    assert "in the margin" in picked(ball((30, 30, 30), (15, 15, 15, 5)), margin=16).note


def test_single_voxels_and_a_million_of_them():
    data = np.zeros((30, 30, 30), np.uint8)
    data[10::4, 10::4, 10::4] = 255
    assert "single voxels" in picked(data, method="centroids").note
    many = np.zeros((200, 200, 200), np.uint8)
    many[::2, ::2, ::2] = 255
    found = picked(many, method="centroids", orient="normal")
    assert len(found.picks) == 10**6
    assert "1000000 components" in found.note
    assert not found.picks.angles.any()


def test_voxels_that_are_not_numbers():
    data = np.zeros((20, 20, 20), np.float32)
    data[7, 3, 4] = np.nan
    with pytest.raises(InputError, match=r"not numbers.*slice 7"):
        picked(data)


def test_voxels_that_are_not_cubes():
    volume = Tomogram(blobs_volume(0), (20.0, 10.0, 10.0))
    with pytest.raises(InputError, match="picking needs cubes"):
        pick_particles(Segmentation(volume, "a", "b"), PickingOptions())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "watershed"}, "method is one of"),
        ({"threshold": 300}, "threshold, a level"),
        ({"spacing": -1}, "spacing, in Å"),
        ({"min_size": 9, "max_size": 5}, "no component is both"),
        ({"orient": "normal"}, "only centroids"),
        ({"z_range": (5, 5)}, "selects no slice"),
        ({"z_range": 5}, "z_range is"),
        ({"region": (1, 2, 3, 4)}, "region is a Region"),
    ],
)
def test_options_that_make_no_sense(options, words):
    with pytest.raises(InputError, match=words):
        PickingOptions(**options)
