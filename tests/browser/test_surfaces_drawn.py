"""The surface viewer in JupyterLab: what is drawn, by its pixels, and what the controls change."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

SETUP = """
import numpy as np, ais_jupyter as ais
from ais_jupyter.core.files.mrc import write_mrc
grid = np.indices((40, 60, 80))
levels = np.zeros((40, 60, 80))
for *place, radius in {balls}:
    away = np.sqrt(sum((g - c) ** 2 for g, c in zip(grid, place)))
    levels = np.maximum(levels, np.clip((radius - away) / 8 + 0.5, 0, 1))
write_mrc("cell__Ball.mrc", (255 * levels).astype(np.uint8), 10.0)
write_mrc("cell.mrc", np.linspace(-1, 1, 40 * 60 * 80, dtype=np.float32).reshape(40, 60, 80), 10.0)
"""
SHOW = "viewer = ais.SurfaceViewer('cell__Ball.mrc', width=480, height=360, background='dark', dust=0)\nviewer"


def picture(notebook, wait=True):
    """Pixels of the canvas, (rows, columns, 3), once they stand still."""
    canvas = notebook.page.locator("canvas.jupyter-threejs, .jupyter-threejs canvas, .jp-OutputArea canvas").first
    canvas.wait_for()
    before = None
    for _ in range(60):
        notebook.page.wait_for_timeout(250)
        now = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
        if before is not None and np.array_equal(now, before) and np.ptp(now) > 0:
            return now
        before = now
    raise AssertionError("the picture never stood still")


def of_color(pixels, color, tolerance=0.12):
    """Which pixels have the hue of a colour, bright or dark."""
    bright = pixels.max(axis=-1)
    hue = pixels / np.maximum(bright, 1)[..., None]
    wanted = np.array(color) / max(color)
    return (np.abs(hue - wanted).max(axis=-1) < tolerance) & (bright > 60)


GREEN, YELLOW = (0.259, 0.839, 0.643), (1.0, 0.85, 0.2)
BALLS = "[(20, 30, 25, 10), (20, 30, 60, 6)]"


@pytest.fixture
def viewer(open_notebook):
    notebook = open_notebook(SETUP.format(balls=BALLS), SHOW)
    notebook.run(0)
    notebook.run(1)
    return notebook


def test_a_surface_follows_its_sliders(viewer):
    at_128 = of_color(picture(viewer), GREEN).sum()
    assert at_128 > 1500
    viewer.page.get_by_role("slider").nth(0).focus()
    viewer.page.keyboard.press("PageUp")
    for _ in range(12):
        viewer.page.keyboard.press("ArrowRight")
    viewer.wait_python("viewer.features['Ball'].threshold > 135")
    assert of_color(picture(viewer), GREEN).sum() < at_128
    viewer.python("setattr(viewer.features['Ball'], 'threshold', 40)")
    assert of_color(picture(viewer), GREEN).sum() > 1.2 * at_128
    viewer.python("setattr(viewer.features['Ball'], 'threshold', 128)")
    assert of_color(picture(viewer), GREEN).sum() == pytest.approx(at_128, rel=0.02)
    viewer.python("setattr(viewer.features['Ball'], 'dust', 2e6)")  # the small ball
    without_small = of_color(picture(viewer), GREEN).sum()
    assert 0.5 * at_128 < without_small < 0.9 * at_128
    viewer.python("setattr(viewer.features['Ball'], 'visible', False)")
    assert of_color(picture(viewer), GREEN).sum() == 0
    viewer.python("setattr(viewer.features['Ball'], 'visible', True)")
    assert of_color(picture(viewer), GREEN).sum() == without_small


def test_nothing_left_is_said(viewer):
    picture(viewer)
    viewer.python("setattr(viewer.features['Ball'], 'dust', 9e8)")
    viewer.page.get_by_text("every component is taken as dust").wait_for()
    assert of_color(picture(viewer), GREEN).sum() == 0


def test_picks_are_balls_of_their_size_and_can_be_exchanged(viewer):
    viewer.python("setattr(viewer.features['Ball'], 'visible', False)")
    viewer.python("viewer.look('xy')")
    assert of_color(picture(viewer), YELLOW).sum() == 0
    picks = "setattr(viewer, 'picks', ais.Picks({}, 'cell', 10.0))"
    viewer.python(picks.format("[[20, 10, 10]]"))
    one = of_color(picture(viewer), YELLOW)
    rows, columns = np.nonzero(one)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=3)
    assert rows.mean() > 200  # y is upwards: a small y lies in the lower half
    assert columns.mean() < 200
    viewer.python(picks.format("[[20, 10, 10], [20, 50, 70], [20, 10, 70]]"))
    assert of_color(picture(viewer), YELLOW).sum() == pytest.approx(3 * one.sum(), rel=0.1)
    viewer.python(picks.format("[]"))
    assert of_color(picture(viewer), YELLOW).sum() == 0


def test_the_slice_moves_with_its_slider_and_with_a_double_click(open_notebook):
    notebook = open_notebook(
        SETUP.format(balls="[(30, 30, 40, 8)]"),
        "viewer = ais.SurfaceViewer('cell__Ball.mrc', 'cell.mrc', width=480, height=360, dust=0)\nviewer",
    )
    notebook.run(0)
    notebook.run(1)
    assert notebook.python("viewer.slice") == 20
    notebook.python("viewer.look('xz')")
    middle = picture(notebook)
    notebook.python("setattr(viewer, 'slice', 3)")
    assert not np.array_equal(picture(notebook), middle)
    ball = np.nonzero(of_color(picture(notebook), GREEN))
    canvas = notebook.page.locator(".jp-OutputArea canvas").first
    box = canvas.bounding_box()
    canvas.dblclick(position={"x": float(np.median(ball[1])), "y": float(np.median(ball[0]))})
    assert box["width"] == 480
    notebook.wait_python("viewer.slice > 25")
    assert notebook.python("viewer.slice") in range(26, 35)


def test_a_large_surface_is_coarse_first_then_fine(open_notebook):
    notebook = open_notebook(
        "import numpy as np, ais_jupyter as ais\n"
        "from ais_jupyter.core.files.mrc import write_mrc\n"
        "z, y, x = np.indices((96, 192, 192))\n"
        "wave = np.sin(z / 9) * np.cos(y / 11) + np.sin(x / 13)\n"
        "write_mrc('big__Wave.mrc', (127 + 60 * wave).astype(np.uint8), 10.0)",
        "viewer = ais.SurfaceViewer('big__Wave.mrc', width=480, height=360)\n"
        "coarse = len(viewer.features['Wave'].surface.faces)\nviewer",
    )
    notebook.run(0)
    notebook.run(1)
    notebook.wait_python("viewer.features['Wave'].fine")
    assert notebook.python("len(viewer.features['Wave'].surface.faces)") > 2.5 * notebook.python("coarse")
    assert of_color(picture(notebook), GREEN).sum() > 5000
