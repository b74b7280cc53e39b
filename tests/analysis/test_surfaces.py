"""Surfaces against spheres whose area is known, and against the meshes of the released program."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

import ais_jupyter as ais
from ais_jupyter.core.analysis.surfaces import default_binning
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram


def soft_balls(*balls, shape=(40, 50, 60), dtype=np.float32):
    """Balls (z, y, x, radius) whose level falls through one half at their radius, over four voxels."""
    grid = np.indices(shape)
    levels = np.zeros(shape)
    for *place, radius in balls:
        away = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, place)))
        levels = np.maximum(levels, np.clip((radius - away) / 4 + 0.5, 0, 1))
    full = {np.dtype(np.uint8): 255, np.dtype(np.int8): 127}.get(np.dtype(dtype), 1)
    return (levels * full).astype(dtype)


def segmentation_of(data, voxel_size=10.0, origin=(0, 0, 0)):
    return Segmentation(Tomogram(data, voxel_size, origin, name="cell__ball"), "cell", "ball")


def as_mesh(surface):
    return trimesh.Trimesh(surface.placed[:, ::-1], surface.faces, process=False)


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.int8])
def test_a_sphere(dtype):
    surface = ais.make_surface(segmentation_of(soft_balls((20, 25, 30, 12), dtype=dtype)), threshold=127.5)
    assert surface.area == pytest.approx(4 * np.pi * 120**2, rel=0.02)
    assert surface.volume == pytest.approx(4 / 3 * np.pi * 120**3, rel=0.03)
    assert surface.vertices.mean(axis=0) == pytest.approx([200, 250, 300], abs=2)
    away = surface.vertices - surface.vertices.mean(axis=0)
    outwards = away / np.linalg.norm(away, axis=1)[:, None]
    assert (surface.normals * outwards).sum(axis=1).min() > 0.9
    mesh = as_mesh(surface)
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(surface.volume, rel=1e-4)
    assert mesh.area == pytest.approx(surface.area, rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(step=st.integers(1, 4), binning=st.integers(1, 3), edge=st.sampled_from(["inside", "at the border"]))
def test_closed_and_in_place_however_coarse(step, binning, edge):
    z = 20 if edge == "inside" else 2
    surface = ais.make_surface(segmentation_of(soft_balls((z, 25, 30, 12))), step=step, binning=binning, dust=0)
    assert as_mesh(surface).is_watertight
    if edge == "inside":
        middle = (surface.vertices.max(axis=0) + surface.vertices.min(axis=0)) / 2
        assert middle == pytest.approx([200, 250, 300], abs=10 * step * binning)
        assert surface.volume == pytest.approx(4 / 3 * np.pi * 120**3, rel=0.15 * step * binning)


def test_voxels_that_are_not_cubes_and_an_origin():
    surface = ais.make_surface(
        segmentation_of(soft_balls((20, 25, 30, 12)), voxel_size=(20.0, 10.0, 5.0), origin=(1000, -200, 7)),
        threshold=127.5,
    )
    assert surface.volume == pytest.approx(4 / 3 * np.pi * 240 * 120 * 60, rel=0.03)
    assert surface.placed.mean(axis=0) == pytest.approx([400 + 1000, 250 - 200, 150 + 7], abs=4)
    assert surface.extent == (800, 500, 300)


def test_dust_is_taken_away_afterwards_as_at_once():
    data = segmentation_of(soft_balls((20, 15, 15, 10), (20, 35, 40, 4)))
    whole = ais.make_surface(data, dust=0)
    assert len(whole.piece_sizes) == 2
    assert whole.piece_sizes.sum() == pytest.approx(whole.volume, rel=0.15)
    large = whole.without_dust(1e6)
    at_once = ais.make_surface(data, dust=1e6)
    assert np.array_equal(large.vertices, at_once.vertices)
    assert np.array_equal(large.faces, at_once.faces)
    assert large.vertices[:, 2].max() < 300 < whole.vertices[:, 2].max()
    assert as_mesh(large).is_watertight


def test_smoothing_takes_roughness_away():
    rough = soft_balls((20, 25, 30, 12)) + np.random.default_rng(0).normal(size=(40, 50, 60)) * 0.15
    data = segmentation_of(np.clip(rough, 0, 1).astype(np.float32))
    plain, smooth = (ais.make_surface(data, smoothing=s, threshold=127.5) for s in (0, 20))
    sphere = 4 * np.pi * 120**2
    assert smooth.area < 1.1 * sphere < plain.area


def test_inverted_is_a_box_with_a_hole():
    surface = ais.make_surface(segmentation_of(soft_balls((20, 25, 30, 12))), invert=True)
    box = 38 * 48 * 58 * 1000.0  # without the rim of one voxel
    assert surface.volume == pytest.approx(box - 4 / 3 * np.pi * 120**3, rel=0.01)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("bin1_level128_dust1", {}),
        ("bin1_level200_dust300", {"threshold": 200, "dust": 300_000}),
        ("bin2_level128_dust1", {"binning": 2}),
    ],
)
def test_meshes_of_the_released_program(shared, tmp_path, name, options):
    """As many vertices and triangles, in the same place: within half a voxel, by which Ais cuts the lower sides."""
    theirs = obj_vertices(shared / f"samples/mesh/tomoA__Blob_{name}.obj")
    surface = ais.make_surface(shared / "samples/pick/tomoA__Blob.mrc", color=(0.259, 0.839, 0.643), **options)
    ours = obj_vertices(surface.save(tmp_path / "a.obj"))
    assert (tmp_path / "a.obj").read_text().startswith("# colour 0.259 0.839 0.643\nv ")
    assert len(ours) == len(theirs)
    half = 0.5 * options.get("binning", 1) + 0.1
    assert ours.max(axis=0) == pytest.approx(theirs.max(axis=0), abs=half)
    assert ours.min(axis=0) == pytest.approx(theirs.min(axis=0), abs=half)
    count = (shared / f"samples/mesh/tomoA__Blob_{name}.obj").read_text().count("\nf ")
    assert len(surface.faces) == count


def obj_vertices(path):
    return np.array([line.split()[1:] for line in path.read_text().splitlines() if line.startswith("v ")], float)


@pytest.mark.parametrize("kind", ["ply", "stl", "glb"])
def test_other_formats_lie_where_the_volume_lies(tmp_path, kind):
    surface = ais.make_surface(segmentation_of(soft_balls((20, 25, 30, 12)), origin=(1000, -200, 7)))
    mesh = trimesh.load(surface.save(tmp_path / f"a.{kind}"), force="mesh")
    assert mesh.volume == pytest.approx(surface.volume, rel=1e-3)
    assert mesh.centroid == pytest.approx(surface.placed.mean(axis=0)[::-1], abs=2)
    if kind == "ply":
        assert mesh.visual.vertex_colors[0][:3].tolist() == [round(255 * c) for c in surface.color]


def test_what_has_no_surface():
    empty = segmentation_of(np.zeros((20, 20, 20), np.uint8))
    with pytest.raises(InputError, match="no surface: the segmentation is empty"):
        ais.make_surface(empty)
    with pytest.raises(InputError, match="the highest level is 90"):
        ais.make_surface(segmentation_of(np.full((20, 20, 20), 90, np.uint8)))
    ball = segmentation_of(soft_balls((20, 25, 30, 5)))
    with pytest.raises(InputError, match="taken as dust"):
        ais.make_surface(ball, dust=1e9)
    with pytest.raises(InputError, match="no option colour; there are threshold"):
        ais.make_surface(ball, colour="red")
    with pytest.raises(InputError, match="threshold, a level"):
        ais.make_surface(ball, threshold=0)
    with pytest.raises(InputError, match="expected a segmentation"):
        ais.make_surface(None)
    with pytest.raises(InputError, match="binning 50"):
        ais.make_surface(ball, binning=50)
    broken = soft_balls((20, 25, 30, 5))
    broken[9, 3, 3] = np.inf
    with pytest.raises(InputError, match="not numbers"):
        ais.make_surface(segmentation_of(broken))


def test_binning_of_ais():
    assert [default_binning((n, n, n)) for n in (100, 330, 331, 1000)] == [1, 1, 2, 8]
