"""The surface viewer without a browser: its state, what it sends, and what it refuses."""

from __future__ import annotations

import time

import ipywidgets
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.widgets.scene import MeshArrays, Space, slice_image


@pytest.fixture
def folder(tmp_path):
    grid = np.indices((30, 40, 50))
    away = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, (15, 20, 25))))
    write_mrc(tmp_path / "cell__Ball.mrc", (255 * np.clip((10 - away) / 4 + 0.5, 0, 1)).astype(np.uint8), 10.0)
    write_mrc(tmp_path / "cell.mrc", np.random.default_rng(0).normal(size=(30, 40, 50)).astype(np.float32), 10.0)
    return tmp_path


def test_settings_from_python_and_what_is_shown(folder):
    viewer = ais.SurfaceViewer(folder / "cell__Ball.mrc", folder / "cell.mrc", dust=0)
    ball = viewer.features["Ball"]
    before = ball.surface.volume
    ball.threshold = 60
    assert ball.surface.volume > before
    ball.dust = 1e9
    assert len(ball.surface.faces) == 0
    viewer.slice = 900
    assert viewer.slice == 29
    viewer.look("xz")
    with pytest.raises(InputError, match="view is"):
        viewer.look("front")
    viewer.close()


def test_arrays_are_swapped_in_the_same_objects(folder):
    viewer = ais.SurfaceViewer(folder / "cell__Ball.mrc", dust=0)
    (mesh,) = viewer._scene.features.children
    geometry, position = mesh.geometry, mesh.geometry.attributes["position"]
    before = len(position.array)
    viewer.features["Ball"].threshold = 40
    assert mesh.geometry is geometry
    assert geometry.attributes["position"] is position
    assert len(position.array) > before
    assert position.array.dtype == np.float32
    assert geometry.index.array.dtype == np.uint32
    assert geometry.index.array.max() == len(position.array) - 1
    viewer.close()


def test_y_points_upwards_and_the_middle_is_the_middle(folder):
    space = Space((300.0, 400.0, 500.0), (10.0, 10.0, 10.0))
    assert space.placed([[145, 195, 245]]).tolist() == [[0, 0, 0]]
    assert space.placed([[145, 195 + 100, 245]]).tolist() == [[0, 10, 0]]
    surface = ais.make_surface(folder / "cell__Ball.mrc")
    arrays = MeshArrays.of(surface, space)
    triangles = arrays.position[arrays.index].reshape(-1, 3, 3).astype(float)
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(surface.volume / 1000, rel=1e-3)
    assert arrays.position.mean(axis=0) == pytest.approx(
        [0.5, 0.5, 0.5], abs=0.1
    )  # voxel 25 of 50 is beyond the middle


def test_picks_of_this_tomogram_only(folder):
    viewer = ais.SurfaceViewer(folder / "cell__Ball.mrc")
    viewer.picks = ais.Picks([[15, 20, 25]], "cell", 10.0)
    assert viewer._scene.points.geometry.attributes["position"].array.tolist() == [[0.5, 0.5, 0.5]]
    viewer.picks = ais.Picks([[7.5, 10, 12.5]], "cell", 20.0)
    assert viewer.picks.positions.tolist() == [[15, 20, 25]]
    with pytest.raises(InputError, match="1 of 2 picks lie outside"):
        viewer.picks = ais.Picks([[15, 20, 25], [15, 20, 60]], "cell", 10.0)
    with pytest.raises(InputError, match="of the tomogram 'other'"):
        viewer.picks = ais.Picks([[15, 20, 25]], "other", 10.0)
    with pytest.raises(InputError, match="picks of one tomogram"):
        viewer.picks = 7
    viewer.picks = None
    assert len(viewer.picks) == 0
    viewer.close()


def test_volumes_of_another_place(folder):
    write_mrc(folder / "cell__Other.mrc", np.zeros((30, 40, 50), np.uint8), 20.0)
    with pytest.raises(InputError, match="not of the same tomogram"):
        ais.SurfaceViewer([folder / "cell__Ball.mrc", folder / "cell__Other.mrc"])
    with pytest.raises(InputError, match="at least one"):
        ais.SurfaceViewer([])
    with pytest.raises(InputError, match="threshold"):
        ais.SurfaceViewer(folder / "cell__Ball.mrc", threshold=0)


def test_an_empty_segmentation_is_said_and_not_an_error(folder):
    write_mrc(folder / "cell__Empty.mrc", np.zeros((30, 40, 50), np.uint8), 10.0)
    viewer = ais.SurfaceViewer([folder / "cell__Ball.mrc", folder / "cell__Empty.mrc"])
    assert viewer.features["Empty"].surface is None
    assert "the model found nothing" in viewer._message.value
    viewer.close()


def test_fine_after_coarse_and_not_after_closing(tmp_path):
    z, y, x = np.indices((64, 192, 192))
    wave = np.sin(z / 9) * np.cos(y / 11) + np.sin(x / 13)
    write_mrc(tmp_path / "big__Wave.mrc", (127 + 60 * wave).astype(np.uint8), 10.0)
    viewer = ais.SurfaceViewer(tmp_path / "big__Wave.mrc")
    wave = viewer.features["Wave"]
    coarse = len(wave.surface.faces)
    wave.wait()
    assert wave.fine
    assert len(wave.surface.faces) > 2.5 * coarse
    wave.threshold = 140
    assert not wave.fine
    viewer.close()
    time.sleep(0.8)
    assert not wave.fine


def test_a_closed_viewer_leaves_no_widget_behind(folder):
    def widgets():
        return {key for key, widget in ipywidgets.widgets.widget._instances.items() if widget is not None}

    before = widgets()
    viewer = ais.SurfaceViewer(folder / "cell__Ball.mrc", folder / "cell.mrc", ais.Picks([[15, 20, 25]], "cell", 10.0))
    assert len(widgets() - before) > 30
    viewer.close()
    viewer.close()
    assert widgets() == before
    with pytest.raises(InputError, match="lie outside"):
        ais.SurfaceViewer(folder / "cell__Ball.mrc", picks=ais.Picks([[15, 20, 999]], "cell", 10.0))
    assert widgets() == before


def test_contrast_of_a_slice_survives_what_is_not_a_number():
    data = np.random.default_rng(0).normal(size=(1, 30, 30)).astype(np.float32)
    data[0, 3, 4], data[0, 5, 5] = np.nan, 1e9
    image = slice_image(ais.Tomogram(data), 0)
    assert image.dtype == np.uint8
    assert 100 < np.median(image) < 155
