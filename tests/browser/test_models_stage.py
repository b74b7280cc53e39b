"""Models in the window, as a person uses them: load, look, set, copy into the annotation, find places, reload."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from annotator_page import AnnotatorPage
from PIL import Image
from playwright.sync_api import expect

CELL = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1] / "workflows")!r})
import numpy as np, ais_jupyter as ais
from ais_jupyter.widgets import Workspace
from test_segmenting import brightness_model
z, y, x = np.mgrid[0:24, 0:200, 0:240].astype(np.float32)
volume = 100 + 20 * np.sin(x / 9) * np.cos(y / 11 + z / 3)
brightness_model("Bright", bias=-2, color=(1.0, 0.0, 0.0)).save("bright.scnm", overwrite=True)
annotator = Workspace(ais.Tomogram(volume.astype(np.float32), voxel_size=10.0, name="waves"))
asked, (predict, handler, pool) = [], annotator._handlers["predict"]
def count(content, buffers):
    asked.append(content["z"])
    return handler(content, buffers)
annotator._handlers["predict"] = (predict, count, pool)
annotator
"""

EXPECTED = """(lambda w: w.session.predictor.predict(w.annotated[0], {z},
    [o.as_applied() for o in w.session.models]).levels[list(w.session.models)[0].uid])(annotator)"""


class ModelsPage(AnnotatorPage):
    """The window with its models."""

    def tab(self, name):
        self.page.get_by_role("tab", name=name, exact=True).first.click()

    def colored(self) -> int:
        """Coloured pixels of the main view, the pointer moved away."""
        self.page.mouse.move(3, 3)
        self.page.wait_for_timeout(250)
        image = Image.open(io.BytesIO(self.notebook.view().screenshot())).convert("HSV")
        return sum(count for value, count in enumerate(image.getchannel("S").histogram()) if value > 150)

    def wait_colored(self, test) -> int:
        for _ in range(40):
            if test(found := self.colored()):
                return found
        self.page.screenshot(path="/tmp/colored.png")
        raise AssertionError(f"{found} pixels are coloured")

    def load(self, path="bright.scnm"):
        self.tab("Models")
        self.button("Load model").click()
        field = self.page.get_by_role("textbox", name="Path of the model")
        field.fill(path)
        field.press("Enter")
        self.page.get_by_role("listitem", name="Bright", exact=True).wait_for()


@pytest.fixture
def page(open_notebook):
    notebook = open_notebook(CELL, "annotator")
    notebook.run(0)
    return ModelsPage(notebook)


def test_load_look_and_set(page):
    assert page.button("Prediction").count() == 0  # no model, nothing to switch
    assert page.colored() == 0
    page.load()
    seen = page.wait_colored(lambda n: n > 2000)
    asked = page.notebook.python("asked")
    page.slider("Threshold", 0.95)
    assert page.wait_colored(lambda n: n < 0.7 * seen) > 100
    page.slider("Model opacity", 0)
    page.wait_colored(lambda n: n == 0)
    assert page.notebook.python("asked") == asked  # all that needs no network
    page.notebook.wait_python("annotator.models[0].info.threshold == 0.95 and annotator.models[0].info.alpha == 0")
    page.slider("Threshold", 0.5)
    page.slider("Model opacity", 0.75)
    page.wait_colored(lambda n: abs(n - seen) < 0.02 * seen)
    page.button("Prediction").click()
    page.wait_colored(lambda n: n == 0)
    page.page.keyboard.press("p")
    page.wait_colored(lambda n: abs(n - seen) < 0.02 * seen)
    for z in (5, 6, 5):
        page.slider("Slice", z)
        page.wait_colored(lambda n: n > 2000)
    page.slider("Slice", 12)
    page.wait_colored(lambda n: abs(n - seen) < 0.02 * seen)
    later = page.notebook.python("asked")
    assert later == [*asked, 5, 6]  # slices that were seen are not asked for again
    page.notebook.python("setattr(annotator.models[0].info, 'show', False)")  # Python is seen
    page.wait_colored(lambda n: n == 0)


def test_copy_correct_undo(page):
    page.load()
    page.wait_colored(lambda n: n > 2000)
    page.button("Copy to annotation").click()
    page.settle()
    expected = page.notebook.python(f"int(({EXPECTED.format(z=12)} > 127.5).sum())")
    assert page.masks() == {12: expected}
    assert page.notebook.python("annotator.stage") == "annotate"  # who copies wants to correct
    assert page.notebook.python("annotator.annotated[0].features[0].title") == "Bright"
    page.tool("Erase")
    page.stroke((60, 60), (120, 90))
    page.settle()
    assert page.masks()[12] < expected
    page.button("Undo").click()
    page.settle()
    assert page.masks() == {12: expected}
    page.button("Undo").click()
    page.settle()
    assert page.masks() == {}
    page.button("Redo").click()
    page.settle()
    assert page.masks() == {12: expected}
    page.slider("Slice", 8)  # boxes stay, the drawing gives way
    page.notebook.python("annotator.annotated[0].features[0].add_box(8, 20, 30)")
    page.tool("Brush")
    page.stroke((20, 20), (200, 180))
    page.settle()
    page.wait_colored(lambda n: n > 2000)
    page.button("Copy to annotation").click()
    page.settle()
    assert page.masks()[8] == page.notebook.python(f"int(({EXPECTED.format(z=8)} > 127.5).sum())")
    assert page.notebook.python("annotator.annotated[0].features[0].boxes") == [[8, 20, 30]]


def test_copy_inside_a_lasso(page):
    page.load()
    page.wait_colored(lambda n: n > 2000)
    page.tab("Annotate")
    page.tool("Lasso")
    page.button("Copy prediction").click()
    page.stroke((40, 40), (160, 40), (160, 150), (40, 150), (40, 40))
    page.settle()
    page.notebook.python(
        f"globals().update(found={EXPECTED.format(z=12)} > 127.5, mask=annotator.annotated[0].features[0].mask(12))"
    )
    inside = "mask[45:145, 45:155].astype(bool)"
    assert page.notebook.python(f"bool(({inside} == found[45:145, 45:155]).all())")
    assert page.notebook.python("int(mask.sum())") > 500
    assert not page.notebook.python("bool(mask[:38].any() or mask[152:].any() or mask[:, :38].any())")
    page.button("Undo").click()
    page.settle()
    assert page.masks() == {}


def test_places_and_reload(page):
    page.load()
    page.wait_colored(lambda n: n > 2000)
    page.slider("Threshold", 0.8)
    page.button("Find").click()
    places = page.page.get_by_role("list", name="Least certain places").get_by_role("button")
    places.first.wait_for()
    count = places.count()
    z = re.search(r"slice (\d+),", places.nth(1).get_attribute("title"))[1]
    assert z != "12"  # another slice than the one in view
    places.nth(1).click()
    expect(page.page.get_by_role("slider", name="Slice", exact=True)).to_have_value(z)
    page.notebook.wait_python("annotator.models[0].info.threshold == 0.8")
    page.notebook.load()
    page.notebook.run(1)
    page.notebook.cell(1).get_by_role("img", name="Slice view").wait_for()
    again = ModelsPage(page.notebook)
    assert page.notebook.python("annotator.stage") == "models"
    again.wait_colored(lambda n: n > 1000)
    expect(again.page.get_by_role("slider", name="Threshold", exact=True).first).to_have_value("0.8")
    assert again.page.get_by_role("list", name="Least certain places").get_by_role("button").count() == count


def test_what_is_seen_in_a_slice_becomes_a_file(page):
    page.load()
    page.wait_colored(lambda n: n > 2000)
    page.slider("Slice", 7)
    for again in (False, True):
        page.menu("Bright", "Save this slice…")
        field = page.page.get_by_role("textbox", name="Path to save the prediction of this slice")
        expect(field).to_have_value("waves_z7_Bright.mrc")
        field.press("Enter")
        if again:
            page.page.get_by_text("already exists").wait_for()
        else:
            field.wait_for(state="detached")
    saved = "ais.open('waves_z7_Bright.mrc')"
    assert page.notebook.python(f"bool(({saved}.slice(0) == {EXPECTED.format(z=7)}).all())")
    assert page.notebook.python(f"[{saved}.shape[0], {saved}.pixel_size, {saved}.origin[0]]") == [1, 10.0, 70.0]


def test_add_interact_save_close(page, jupyterlab):
    page.load()
    page.notebook.python("annotator.add_models(brightness_model('Brighter', bias=-6, color=(0.0, 0.0, 1.0)))")
    both = page.wait_colored(lambda n: n > 2000)
    page.page.get_by_role("listitem", name="Bright", exact=True).click()
    page.button("Add interaction").click()
    page.page.get_by_role("combobox", name="Kind of interaction").select_option("avoid")
    page.slider("Radius of interaction", 60)
    page.wait_colored(lambda n: 0 < n < 0.97 * both)
    interaction = page.notebook.python(
        "[(i.parent, i.partner, i.kind, i.radius) for i in annotator.session.models.interactions]"
    )
    assert interaction == [["Bright", "Brighter", "avoid", 60]]
    page.menu("Bright", "Save as…")
    field = page.page.get_by_role("textbox", name="Path to save the model")
    expect(field).to_have_value("bright.scnm")
    field.press("Enter")  # where it came from: it may be replaced
    field.wait_for(state="detached")
    page.page.get_by_role("listitem", name="Brighter", exact=True).click()
    page.menu("Brighter", "Save as…")
    expect(field).to_have_value("10.00_32_0.0000_Brighter.scnm")
    field.fill("bright.scnm")
    field.press("Enter")
    page.page.get_by_text("already exists").wait_for()
    page.button("Dismiss").click()
    page.menu("Brighter", "Close model")
    page.button("Close model").click()
    page.notebook.wait_python("[m.title for m in annotator.models] == ['Bright']")
    assert page.notebook.python("annotator.session.models.interactions") == []
    assert ((jupyterlab.notebooks) / "bright.scnm").exists()
