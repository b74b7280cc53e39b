"""Particles in the window: thresholds change the circles on the picture, picks are added and removed, saved as STAR."""

from __future__ import annotations

import io

import numpy as np
import starfile
from annotator_page import AnnotatorPage
from PIL import Image
from playwright.sync_api import expect

CELLS = """
import numpy as np, ais_jupyter as ais, tempfile, pathlib
from ais_jupyter.core.files.mrc import write_mrc
folder = pathlib.Path(tempfile.mkdtemp())
grid = np.indices((24, 200, 240))
levels = np.zeros((24, 200, 240))
for place, height in (((12, 60, 60), 1.0), ((12, 140, 180), 0.6), ((12, 60, 180), 0.6), ((4, 140, 60), 1.0)):
    levels += height * (sum((g - c) ** 2 for g, c in zip(grid, place)) <= 16)
write_mrc(folder / "cell.mrc", np.random.default_rng(0).normal(size=levels.shape).astype(np.float32), 10.0)
write_mrc(folder / "cell__Ribosome.mrc", (255 * levels).astype(np.uint8), 10.0)
window = ais.Workspace(folder / "cell.mrc")
window
"""


def open_picks(open_notebook):
    notebook = open_notebook(CELLS)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    page.page.get_by_role("tab", name="Render").click()
    page.page.get_by_role("combobox", name="Segmentation to pick from").wait_for()
    return page


def circle_pixels(page, x, y, half=16):
    """How many pixels around a voxel of the main view have the colour of picks."""
    left, top = page.at(x, y)
    clip = {"x": left - 3 * half, "y": top - 3 * half, "width": 6 * half, "height": 6 * half}
    shot = np.asarray(Image.open(io.BytesIO(page.page.screenshot(clip=clip))).convert("RGB")).astype(int)
    red, green, blue = shot[..., 0], shot[..., 1], shot[..., 2]
    return int(((red - blue > 70) & (green - blue > 50)).sum())


def count(page, text):
    expect(page.page.get_by_role("status").filter(has_text="particle")).to_have_text(text, timeout=15_000)


def test_threshold_and_size_change_the_circles(open_notebook):
    page = open_picks(open_notebook)
    assert circle_pixels(page, 60, 60) == 0
    page.button("Pick").click()
    count(page, "4 particles")
    assert page.notebook.python("len(window.picks['cell'])") == 4
    places = [(60, 60), (180, 140), (180, 60), (60, 140)]
    first = [circle_pixels(page, *place) for place in places]
    assert min(first[:3]) > 40
    assert 0 < first[3] < 0.9 * first[0]  # eight slices below: a smaller circle
    page.slider("Threshold of picking", 200)
    count(page, "2 particles")
    page.page.wait_for_timeout(200)
    assert [circle_pixels(page, *place) > 0 for place in places] == [True, False, False, True]
    page.slider("Diameter of the circles", 100)
    page.page.wait_for_timeout(200)
    assert 0 < circle_pixels(page, 60, 60) < first[0]
    assert circle_pixels(page, 60, 140) == 0  # no longer reaches this slice
    page.slider("Smallest diameter", 600)
    count(page, "0 particles")
    page.page.get_by_text("none of 2 components has a size").wait_for()


def test_added_removed_undone_and_saved(open_notebook):
    page = open_picks(open_notebook)
    page.button("Pick").click()
    count(page, "4 particles")
    page.tool("Pick")
    page.page.mouse.click(*page.at(120, 100))
    count(page, "5 particles")
    page.page.wait_for_timeout(200)
    assert circle_pixels(page, 120, 100) > 40
    assert page.notebook.python("window.picks['cell'].positions[-1].tolist()") == [12, 100, 120]
    page.page.mouse.click(*page.at(60, 60), button="right")
    count(page, "4 particles")
    page.page.wait_for_timeout(200)
    assert circle_pixels(page, 60, 60) == 0
    page.page.keyboard.press("Control+z")
    count(page, "5 particles")
    page.button("Undo").click()
    count(page, "4 particles")
    page.button("Redo").click()
    count(page, "5 particles")
    expect(page.page.locator('.ais[data-stage="render"]')).to_have_attribute("data-pending", "0")
    assert page.notebook.python("window.annotated[0].features") == []
    page.page.get_by_role("tab", name="Annotate").click()
    page.page.wait_for_timeout(200)
    assert circle_pixels(page, 120, 100) == 0
    page.page.get_by_role("tab", name="Render").click()
    page.button("Save coordinates").click()
    page.page.get_by_text("Saved /").wait_for()
    table = starfile.read(page.notebook.python("str(folder / 'cell__Ribosome_coords.star')"))
    assert len(table) == 5
    assert table[["rlnCoordinateZ", "rlnCoordinateY", "rlnCoordinateX"]].values.tolist()[-1] == [12, 100, 120]
    assert set(table["rlnMicrographName"]) == {"cell.mrc"}


def test_what_a_script_adds_is_seen_at_once(open_notebook):
    page = open_picks(open_notebook)
    page.notebook.python("window.session.pick_lists.of(window.session.documents[0]).add(12.0, 100.0, 120.0)")
    page.notebook.python("window.session.pick_lists.changed.emit(window.session.documents[0])")
    count(page, "1 particle")
    page.page.wait_for_timeout(200)
    assert circle_pixels(page, 120, 100) > 40
