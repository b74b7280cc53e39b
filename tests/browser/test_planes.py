"""What is found and painted lies exactly over the picture, in XY, XZ and YZ; the volume is symmetric in no plane."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from annotator_page import AnnotatorPage

PLANES = {"z": "Slice view", "y": "XZ view", "x": "YZ view"}
CELL = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1] / "workflows")!r})
import numpy as np, ais_jupyter as ais, tempfile, pathlib
from ais_jupyter.core.files.mrc import write_mrc
from brightness import brightness_model
folder = pathlib.Path(tempfile.mkdtemp())
values = np.full((60, 100, 140), 100, np.float32) + np.random.default_rng(0).normal(0, 1, (60, 100, 140))
bright = np.zeros(values.shape, bool)
bright[10:50, 20:80, 30:110] = True
bright[:35, 50:, 70:] = False
bright[:22, :45, :65] = False
values[bright] += 60
write_mrc(folder / "cell.mrc", values.astype(np.float32), 10.0)
model = brightness_model("Bright", bias=-3.0)
model.info.color = (1.0, 0.1, 0.1)
annotator = ais.Workspace(folder / "cell.mrc", models=model)
annotator
"""
START = {"z": 25, "y": 40, "x": 60}


@pytest.fixture
def page(open_notebook):
    notebook = open_notebook(CELL)
    notebook.run(0)
    page = AnnotatorPage(notebook, 140, 100)
    page.page.get_by_label("Smooth").uncheck()
    page.slider("Slice", START["z"])
    page.tool("Move")
    page.page.mouse.click(*page.at(START["x"], START["y"]))
    return page


def shown(page) -> dict[str, np.ndarray]:
    page.page.mouse.move(3, 3)
    page.page.wait_for_timeout(900)
    return {axis: page.notebook.pixels(name).astype(int) for axis, name in PLANES.items()}


def coloured(pixels: np.ndarray) -> np.ndarray:
    return np.ptp(pixels, axis=2) > 40


def agree(axis: str, found: np.ndarray, bright: np.ndarray) -> None:
    """Fail unless two masks of the screen are the same but for a pixel of the image at their edges."""
    union, both = (found | bright).sum(), (found & bright).sum()
    assert bright.sum() > 1000, f"nothing bright across {axis}"
    assert both / union > 0.93, f"{both / union:.2f} across {axis}"
    rows, columns = (np.flatnonzero(bright.any(axis=k)) for k in (1, 0))
    seen = bright[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    for other in (seen[::-1], seen[:, ::-1], seen[::-1, ::-1]):  # no plane looks like this one turned
        assert (seen & other).sum() / (seen | other).sum() < 0.9, axis


def test_an_exported_segmentation_lies_over_the_picture_in_all_planes(page):
    page.page.get_by_role("tab", name="Export").click()
    page.page.get_by_role("button", name="Prediction", exact=True).click()  # only the file is left
    plain = shown(page)
    assert not any(coloured(pixels).any() for pixels in plain.values())
    page.button("Export").click()
    page.page.locator('.ais-job[data-state="done"]').wait_for()
    found = shown(page)
    for axis in PLANES:
        agree(axis, coloured(found[axis]), plain[axis].mean(axis=2) > 128)


def test_a_prediction_and_its_copy_lie_over_the_picture(page):
    page.page.get_by_role("button", name="Prediction", exact=True).click()
    plain = shown(page)
    page.page.get_by_role("button", name="Prediction", exact=True).click()
    found = shown(page)
    agree("z", coloured(found["z"]), plain["z"].mean(axis=2) > 128)
    page.page.get_by_role("tab", name="Models").click()
    page.button("Copy to annotation").click()
    page.settle()
    plane = "values[25] > 130"
    mask = "annotator.annotated[0].features[0].mask(25).astype(bool)"
    assert page.notebook.python(f"bool(({mask} == ({plane})).mean() > 0.999)")
    copied = shown(page)
    agree("z", coloured(copied["z"]), plain["z"].mean(axis=2) > 128)
    # The slice that was copied is a line across the other planes: in XZ along x, in YZ along y.
    for axis, along in (("y", 1), ("x", 0)):
        line = coloured(copied[axis])
        rows, columns = (np.flatnonzero(line.any(axis=k)) for k in (1, 0))
        sides = (len(rows), len(columns))
        assert sides[along] > 20 * sides[1 - along] / 2 > 0, axis


def test_dots_painted_in_the_cross_sections_are_seen_where_they_were_painted(page):
    page.page.get_by_role("tab", name="Annotate").click()
    page.page.get_by_role("button", name="Prediction", exact=True).click()
    page.button("Add feature").click()
    page.tool("Brush")
    page.slider("Brush size", 3)
    disc = [(a, b) for a in range(-2, 3) for b in range(-2, 3) if a * a + b * b < 9]
    left, top = (-25, 11)  # from the middle of the view, CSS pixels
    for axis in ("y", "x"):
        page.settle()
        page.notebook.python("[f.set_mask(z, None) for f in annotator.annotated[0] for z in list(f.masks)] and 0")
        page.page.wait_for_timeout(300)  # until the page has been told
        view = page.notebook.view(PLANES[axis])
        view.scroll_into_view_if_needed()
        box = view.bounding_box()
        page.page.mouse.click(box["x"] + box["width"] / 2 + left, box["y"] + box["height"] / 2 + top)
        page.settle()
        masks = "{z: np.argwhere(m).tolist() for z, m in annotator.annotated[0].features[0].masks.items()}"
        voxels = np.array([(int(z), y, x) for z, yx in page.notebook.python(masks).items() for y, x in yx])
        across = "zyx".index(axis)
        middle = voxels.mean(axis=0)
        assert set(voxels[:, across]) == {START[axis]}
        offsets = np.delete(voxels - middle, across, axis=1).astype(int)
        assert {tuple(offset) for offset in offsets.tolist()} == set(disc)
        # It is seen where the pointer was.
        found = shown(page)[axis]
        rows, columns = np.nonzero(coloured(found))
        assert columns.mean() - found.shape[1] / 2 == pytest.approx(left, abs=3)
        assert rows.mean() - found.shape[0] / 2 == pytest.approx(top, abs=3)
