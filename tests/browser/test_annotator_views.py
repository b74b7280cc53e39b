"""How a tomogram is shown and where: kept across a reload, crisp on dense screens, points by the cross-sections."""

from __future__ import annotations

import io

import numpy as np
from annotator_page import VOLUME, AnnotatorPage
from painting_reference.brush import stroke
from PIL import Image
from playwright.sync_api import expect

SHOW_AGAIN = "annotator"
FILES = """
import numpy as np, ais_jupyter as ais, tempfile, mrcfile, pathlib
folder = pathlib.Path(tempfile.mkdtemp())
z, y, x = np.mgrid[0:12, 0:200, 0:240].astype(np.float32)
for name, period in (("tomo", 9), ("moved", 30)):
    with mrcfile.new(folder / f"{name}.mrc", 100 + 20 * np.sin(x / period) * np.cos(y / 11) + z) as file:
        file.voxel_size = 10.0
saved = ais.AnnotatedTomogram(ais.open(folder / "tomo.mrc"))
saved.add_feature("Ribosome").add_box(5, 50, 60)
saved.save(folder / "tomo.scns")
annotator = ais.Annotator(folder / "tomo.mrc")
annotator
"""
STRIPES = """
import numpy as np, ais_jupyter as ais
x = np.mgrid[0:4, 0:200, 0:240][2]
annotator = ais.Annotator(ais.Tomogram((x // 8 % 2 * 255).astype(np.uint8), voxel_size=10.0, name="stripes"))
annotator
"""


def test_reloading_shows_slice_contrast_and_place_again(open_notebook):
    notebook = open_notebook(VOLUME, SHOW_AGAIN)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    page.slider("Slice", 7)
    page.slider("White level", 112)
    page.page.get_by_label("Smooth").uncheck()
    page.page.mouse.move(*page.at(60, 150))
    page.page.keyboard.down("Shift")
    page.page.mouse.wheel(0, -400)
    page.page.keyboard.up("Shift")
    notebook.wait_python("'camera' in annotator.annotated[0].display")
    page.page.wait_for_timeout(600)
    white = page.page.get_by_role("slider", name="White level", exact=True).input_value()
    page.page.mouse.move(3, 3)
    before = np.asarray(Image.open(io.BytesIO(notebook.view().screenshot())).convert("L"), float)
    notebook.load()
    notebook.run(1)
    again = notebook.cell(1)
    again.get_by_role("slider", name="White level", exact=True).wait_for()
    expect(again.get_by_role("slider", name="Slice", exact=True)).to_have_value("7")
    expect(again.get_by_role("slider", name="White level", exact=True)).to_have_value(white)
    assert not again.get_by_label("Smooth").is_checked()
    notebook.page.wait_for_timeout(800)
    view = again.get_by_role("img", name="Slice view")
    after = np.asarray(Image.open(io.BytesIO(view.screenshot())).convert("L"), float)
    if before.shape == after.shape:
        assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.98


def test_points_by_the_cross_sections_features_in_order_and_alone(open_notebook):
    notebook = open_notebook(VOLUME)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    page.tool("Move")
    page.page.mouse.click(*page.at(150, 40))
    page.page.wait_for_timeout(400)
    page.tool("Box")
    for name in ("XZ view", "YZ view"):  # both cross at the cursor; depth 24 lies centred in them
        box = notebook.view(name).bounding_box()
        main = notebook.view().bounding_box()
        scale = min(main["width"] / 240, main["height"] / 200) * 0.97
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if name == "XZ view":
            page.page.mouse.click(page.at(100, 0)[0], middle[1] - 5.5 * scale)  # z 17: upwards
        else:
            page.page.mouse.click(middle[0] - 6.5 * scale, page.at(0, 80)[1])  # z 5: to the left
    page.settle()
    assert notebook.python("annotator.annotated[0].features[0].boxes") == [[5, 80, 150], [17, 40, 100]] or (
        notebook.python("annotator.annotated[0].features[0].boxes") == [[17, 40, 100], [5, 80, 150]]
    )

    page.tool("Brush")
    for i in range(2):
        page.button("Add feature").click()
        page.stroke((60 + 60 * i, 120), (80 + 60 * i, 120))
    page.settle()
    titles = "[f.title[-1] for f in annotator.annotated[0].features]"
    assert notebook.python(titles) == ["1", "2", "3"]

    page.menu("Unnamed feature 3", "Move up")
    page.settle()
    assert notebook.python(titles) == ["1", "3", "2"]
    page.page.keyboard.press("Control+z")  # the keys work after a menu was used
    page.settle()
    assert notebook.python(titles) == ["1", "2", "3"]

    def colours() -> list[bool]:  # beside the lines of the cursor
        page.page.mouse.move(3, 3)
        page.page.wait_for_timeout(300)
        shot = Image.open(io.BytesIO(page.page.screenshot())).convert("RGB")
        pixels = [shot.getpixel(tuple(round(v) for v in page.at(x, 124))) for x in (70, 130)]
        return [max(p) - min(p) > 40 for p in pixels]

    def wait_colours(*wanted: bool) -> None:
        for _ in range(20):
            if (found := colours()) == list(wanted):
                return
        page.page.screenshot(path="/tmp/colours.png")
        raise AssertionError(f"coloured {found}, expected {wanted}")

    wait_colours(True, True)
    page.menu("Unnamed feature 3", "Show only this")
    wait_colours(False, True)
    page.menu("Unnamed feature 3", "Show all again")
    wait_colours(True, True)


def test_annotations_beside_relink_and_pixel_size(open_notebook):
    notebook = open_notebook(FILES)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    page.page.get_by_text("This tomogram has annotations").wait_for()
    page.button("Open them").click()
    page.page.get_by_role("listitem", name="Ribosome", exact=True).wait_for()
    assert page.page.get_by_text("This tomogram has annotations").count() == 0
    assert notebook.python("[len(annotator.annotated), annotator.annotated[0].features[0].boxes]") == [1, [[5, 50, 60]]]

    def ask(item: str, field: str, value: str) -> None:
        page.page.get_by_role("button", name="Tomogram menu").click()
        page.page.get_by_role("menuitem", name=item).click()
        page.page.wait_for_timeout(100)
        assert page.page.evaluate("document.activeElement.getAttribute('aria-label')") == field
        page.page.keyboard.type(value)
        page.page.keyboard.press("Enter")

    ask("Set pixel size…", "Pixel size in Å", "13.5")
    notebook.wait_python("annotator.annotated[0].tomogram.voxel_size[2] == 13.5")
    page.page.get_by_text("13.5 Å").first.wait_for()
    before = notebook.pixels()
    ask("Relink…", "Path of the tomogram", notebook.python("str(folder / 'moved.mrc')"))
    notebook.wait_python("annotator.annotated[0].tomogram.path.name == 'moved.mrc'")
    page.page.wait_for_timeout(800)
    assert not np.array_equal(notebook.pixels(), before)


def test_dense_screens_get_all_their_pixels(open_notebook):
    notebook = open_notebook(STRIPES, density=2)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    sizes = notebook.page.evaluate(
        "[...document.querySelectorAll('.ais-picture, .ais-surface')]"
        ".map(c => [c.width / c.clientWidth, c.clientWidth])"
    )
    assert all(abs(ratio - 2) < 0.02 for ratio, width in sizes if width > 0)
    page.page.get_by_label("Smooth").uncheck()
    page.page.mouse.move(3, 3)
    page.page.wait_for_timeout(400)
    left, top = page.at(60, 120)
    right, _ = page.at(110, 120)
    shot = page.page.screenshot(clip={"x": left, "y": top, "width": right - left, "height": 2})
    row = np.asarray(Image.open(io.BytesIO(shot)).convert("L"), int)[1]
    assert len(row) >= 2 * (right - left) - 2
    between = ((row > row.min() + 20) & (row < row.max() - 20)).sum()
    edges = (np.abs(np.diff(row)) > 20).sum()
    assert edges >= 5
    assert between <= 1  # black or white: no pixel of the screen is a mixture
    page.stroke((60, 60), (100, 60))
    page.settle()
    assert int(page.masks()[2]) == int(stroke((200, 240), [(60, 60), (60, 100)], 10.0)[1].sum())
