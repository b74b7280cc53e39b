"""Painting with the mouse in the real JupyterLab: the kernel's masks are the pixels that were painted."""

from __future__ import annotations

import numpy as np
import pytest
from annotator_page import VOLUME, AnnotatorPage
from painting_reference.brush import stroke
from playwright.sync_api import expect

LONG_CELL = "import time; time.sleep(20)"


def expected(*points: tuple[int, int], radius: float = 10.0) -> np.ndarray:
    region, painted = stroke((200, 240), [(y, x) for x, y in points], radius)
    mask = np.zeros((200, 240), np.uint8)
    mask[region.slices] = painted
    return mask


def kernel_mask(notebook, z: int, feature: int = 0) -> np.ndarray:
    return np.array(notebook.python(f"annotator.annotated[0].features[{feature}].mask({z}).tolist()"), np.uint8)


@pytest.fixture
def notebook(open_notebook):
    made = open_notebook(VOLUME, LONG_CELL)
    made.run(0)
    return made


def test_stroke_undo_redo_erase(notebook):
    page = AnnotatorPage(notebook)
    points = [(60, 60), (120, 90), (150, 40)]
    page.stroke(*points)
    notebook.wait_python("len(annotator.annotated[0].features) == 1 and 12 in annotator.annotated[0].features[0].masks")
    assert np.array_equal(kernel_mask(notebook, 12), expected(*points))
    page.button("Undo").click()
    notebook.wait_python("annotator.annotated[0].features[0].masks == {}")
    page.button("Redo").click()
    notebook.wait_python("12 in annotator.annotated[0].features[0].masks")
    assert np.array_equal(kernel_mask(notebook, 12), expected(*points))
    page.stroke((60, 60), (60, 70), button="right")
    assert notebook.page.locator(".lm-Menu").count() == 0  # JupyterLab's own menu stays away
    page.settle()
    left = np.where(expected((60, 60), (60, 70)), 0, expected(*points))
    assert np.array_equal(kernel_mask(notebook, 12), left)


def test_slices_features_boxes_and_brush_size(notebook):
    page = AnnotatorPage(notebook)
    page.button("Add feature").click()
    page.slider("Brush size", 4)
    page.slider("Slice", 4)
    page.stroke((100, 100))
    page.tool("Box")
    page.page.mouse.click(*page.at(50, 150))
    page.button("Add feature").click()
    page.tool("Brush")
    page.stroke((30, 30))
    page.settle()
    assert page.masks() == {4: int(expected((100, 100), radius=4).sum())}
    assert notebook.python("annotator.annotated[0].features[0].boxes") == [[4, 150, 50]]
    assert page.masks(1) == {4: int(expected((30, 30)).sum())}
    page.tool("Box")
    page.page.mouse.click(*page.at(50, 150), button="right")  # of the active feature: there is none here
    page.page.get_by_role("listitem", name="Unnamed feature 1").click(position={"x": 60, "y": 12})
    page.page.mouse.click(*page.at(55, 152), button="right")
    page.settle()
    assert notebook.python("annotator.annotated[0].features[0].boxes") == []


def test_cross_sections_are_painted(notebook):
    page = AnnotatorPage(notebook)
    page.tool("Move")
    page.page.mouse.click(*page.at(120, 100))
    page.tool("Brush")
    page.page.wait_for_timeout(300)
    for name in ("XZ view", "YZ view"):
        box = notebook.view(name).bounding_box()
        page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.settle()
    masks = page.masks()
    assert len(masks) >= 18  # a disc of radius 10 across slices of the same spacing
    assert max(masks.values()) <= 39
    assert masks[12] >= 19


def test_painting_goes_on_while_a_cell_runs(notebook):
    page = AnnotatorPage(notebook)
    page.button("Add feature").click()
    page.settle()
    notebook.start(1)
    page.page.wait_for_timeout(500)
    for i in range(5):
        page.stroke((40 + 30 * i, 60), (40 + 30 * i, 120))
    page.button("Undo").click()
    page.slider("Slice", 2)
    page.stroke((100, 100))
    expect(page.page.get_by_role("slider", name="Slice", exact=True)).to_have_value("2")
    notebook.wait_python("True", 30)
    page.settle()
    four = sum(expected((40 + 30 * i, 60), (40 + 30 * i, 120)).astype(int) for i in range(4)) > 0
    assert page.masks() == {12: int(four.sum()), 2: int(expected((100, 100)).sum())}


def test_changes_in_python_appear(notebook):
    page = AnnotatorPage(notebook)
    page.button("Add feature").click()
    page.settle()
    before = notebook.view().screenshot()
    notebook.python("annotator.annotated[0].features[0].set_mask(12, np.ones((200, 240)))")
    page.page.wait_for_timeout(600)
    assert notebook.view().screenshot() != before
    page.page.get_by_role("button", name="Go to slice 12").or_(page.page.get_by_text("12", exact=True)).first.wait_for()
    page.stroke((60, 60), (100, 60), button="right")
    page.settle()
    assert page.masks() == {12: 200 * 240 - int(expected((60, 60), (100, 60)).sum())}
