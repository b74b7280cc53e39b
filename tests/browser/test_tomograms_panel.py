"""Several tomograms in one annotator: switching, contrast, saving, the unsaved marker, full window."""

from __future__ import annotations

import numpy as np
import pytest
from annotator_page import AnnotatorPage
from playwright.sync_api import expect

TWO = """
import numpy as np, ais_jupyter as ais, tempfile, mrcfile, pathlib
folder = pathlib.Path(tempfile.mkdtemp())
z, y, x = np.mgrid[0:24, 0:200, 0:240].astype(np.float32)
for name, shift in (("first", 0), ("second", 40)):
    with mrcfile.new(folder / f"{name}.mrc", 100 + 20 * np.sin((x + shift) / 9) * np.cos(y / 11) + z) as file:
        file.voxel_size = 10.0
annotator = ais.Annotator([folder / "first.mrc", folder / "second.mrc"])
annotator
"""


@pytest.fixture
def page(open_notebook):
    notebook = open_notebook(TWO)
    notebook.run(0)
    return AnnotatorPage(notebook)


def test_switch_paint_and_save(page):
    page.stroke((60, 60), (100, 60))
    page.page.get_by_role("button", name="second", exact=True).click()
    page.page.wait_for_timeout(600)
    page.slider("Slice", 6)
    page.stroke((60, 60), (100, 60))
    page.settle()
    slices = "[[f.annotated_slices for f in a.features] for a in annotator.annotated]"
    assert page.notebook.python(slices) == [[[12]], [[6]]]
    page.page.get_by_role("button", name="second, unsaved").wait_for()
    page.button("Save").click()
    page.page.get_by_role("button", name="second", exact=True).wait_for()
    assert page.notebook.python("(folder / 'second.scns').exists() and not (folder / 'first.scns').exists()")
    page.page.get_by_role("button", name="first, unsaved").click()
    expect(page.page.get_by_role("slider", name="Slice", exact=True)).to_have_value("12")


def test_contrast_changes_the_picture_and_undo_does_not_touch_it(page):
    page.page.wait_for_timeout(400)
    before = page.notebook.pixels()
    page.slider("White level", 110)
    page.page.wait_for_timeout(300)
    assert not np.array_equal(page.notebook.pixels(), before)
    page.button("Autocontrast").click()
    page.page.wait_for_timeout(500)
    assert np.array_equal(page.notebook.pixels(), before)


def test_full_window_and_back(page):
    page.button("Full window").click()
    page.page.wait_for_timeout(300)
    box = page.page.get_by_role("application", name="Annotator").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1400, 1000)
    page.stroke((60, 60), (100, 60))  # the picture was fitted and is again
    page.settle()
    assert page.notebook.python("bool(annotator.annotated[0].features[0].mask(12)[60, 60:101].all())")
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(300)
    assert page.page.get_by_role("application", name="Annotator").bounding_box()["width"] < 1300
    assert list(page.masks()) == [12]
