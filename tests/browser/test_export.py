"""The export stage in JupyterLab: queue, region, results over the picture, scores, a reload, failure and retry."""

from __future__ import annotations

from pathlib import Path

from annotator_page import AnnotatorPage
from playwright.sync_api import expect

CELLS = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1] / "workflows")!r})
import numpy as np, ais_jupyter as ais, tempfile, pathlib
from ais_jupyter.core.files.mrc import write_mrc
from brightness import brightness_model
folder = pathlib.Path(tempfile.mkdtemp())
rng = np.random.default_rng(0)
for name in ("first", "second"):
    values = rng.normal(100, 4, (24, 200, 240)).astype(np.float32)
    values[:, 60:120, 80:160] += 40
    write_mrc(folder / f"{{name}}.mrc", values, 10.0)
    write_mrc(folder / f"{{name}}_truth.mrc", (values > 120).astype(np.uint8), 10.0)
model = brightness_model("Bright", bias=-4.0)
model.info.color = (1.0, 0.2, 0.1)
annotator = ais.Workspace([folder / "first.mrc", folder / "second.mrc"], models=model)
annotator
"""


def open_export(notebook):
    notebook.run(0)
    page = AnnotatorPage(notebook)
    page.page.get_by_role("tab", name="Export").click()
    return page


def reddish(page, x, y):
    left, top = page.at(x, y)
    shot = page.page.screenshot(clip={"x": left - 1, "y": top - 1, "width": 3, "height": 3})
    import io

    from PIL import Image

    red, green, _ = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
    return red - green > 40


def commit(page, role, name, value):
    field = page.page.get_by_role(role, name=name)
    field.fill(value)
    field.press("Enter")


def test_export_look_at_the_results_and_score_them(open_notebook):
    page = open_export(open_notebook(CELLS))
    expect(page.page.get_by_role("tab", name="Export")).to_have_attribute("aria-selected", "true")
    commit(page, "spinbutton", "First slice", "4")
    page.page.get_by_role("radio", name="Region", exact=True).click()
    page.stroke((40, 40), (100, 90), (200, 150))
    page.notebook.wait_python("annotator.annotated[0].roi.shape == (111, 161)")
    assert page.notebook.python("annotator.annotated[0].z_range") == [4, 24]
    page.button("Export").click()
    page.page.locator('.ais-job[data-state="done"]').nth(1).wait_for()
    written = "sorted(p.name for p in (folder / 'segmented').iterdir())"
    assert page.notebook.python(written) == ["first__Bright.mrc", "second__Bright.mrc"]

    # The result lies over the picture at once, also across the stack, and can be hidden.
    page.page.wait_for_timeout(800)
    assert reddish(page, 120, 90)
    assert not reddish(page, 60, 60)
    page.page.get_by_role("button", name="Prediction", exact=True).click()  # the live one off: only the file's is left
    page.page.wait_for_timeout(400)
    assert reddish(page, 120, 90)
    page.page.get_by_role("button", name="Hide result Bright").first.click()
    page.page.wait_for_timeout(400)
    assert not reddish(page, 120, 90)

    # What the panel says is what the file scores.
    commit(page, "textbox", "Truth for Bright", page.notebook.python("str(folder / 'first_truth.mrc')"))
    page.button("Compare with truth").click()
    table = page.page.get_by_role("figure", name="Scores of Bright")
    table.wait_for()
    dice = page.notebook.python("ais.evaluate(folder / 'segmented/first__Bright.mrc', folder / 'first_truth.mrc').dice")
    assert 0.5 < dice < 1
    expect(table).to_contain_text(f"{dice:.3f}")
    expect(table).to_contain_text("20 slices compared: 4–23")


def test_options_of_the_networks_reach_the_export(open_notebook):
    page = open_export(open_notebook(CELLS))
    page.page.get_by_text("More options").click()
    page.page.get_by_role("checkbox", name="In tiles").check()
    page.page.get_by_role("slider", name="Overlap of tiles").fill("0.5")
    page.page.get_by_role("checkbox", name="Trim edges").check()
    commit(page, "textbox", "Gaussian blur of the result in Å", "20")
    page.button("Export").click()
    page.page.locator('.ais-job[data-state="done"]').nth(1).wait_for()
    chosen = ("tiled", "overlap", "trim_edges", "sigma")
    told = "[entry.settings for entry in annotator.session.segmentations][0]"
    settings = page.notebook.python(f"{{name: {told}[name] for name in {chosen}}}")
    assert settings == {"tiled": True, "overlap": 0.5, "trim_edges": True, "sigma": 20}
    found = "ais.open(folder / 'segmented/first__Bright.mrc').slice(5)"
    assert page.notebook.python(f"int({found}[90, 120]) > 100 and int({found}[:12].max()) == 0")


def test_reload_while_it_runs_then_a_removed_file_and_retry(open_notebook):
    slow = CELLS.replace("(24, 200, 240)", "(600, 200, 240)")
    page = open_export(open_notebook(slow, "annotator"))
    page.notebook.python("__import__('shutil').move(folder / 'second.mrc', folder / 'kept.mrc').exists()")
    page.button("Export").click()
    page.page.locator('.ais-job[data-state="running"]').wait_for()
    page.notebook.load()
    page.notebook.run(1)  # the queue lives in the kernel; the notebook shows it again
    page.wait()
    expect(page.page.get_by_role("tab", name="Export")).to_have_attribute("aria-selected", "true")
    page.page.locator('.ais-job[data-state="done"]').wait_for()
    failed = page.page.locator('.ais-job[data-state="failed"]')
    failed.wait_for()
    expect(failed).to_contain_text("moved or deleted")
    page.notebook.python("__import__('shutil').move(folder / 'kept.mrc', folder / 'second.mrc').exists()")
    page.button("Retry").click()
    page.page.locator('.ais-job[data-state="done"]').nth(1).wait_for()
