"""Keys and pointer together: what a hand does without thinking."""

from __future__ import annotations

from annotator_looks import CellView
from annotator_page import VOLUME
from playwright.sync_api import expect


def test_keys_act_on_the_picture_under_the_pointer(open_notebook):
    notebook = open_notebook(VOLUME)
    notebook.run(0)
    view = CellView(notebook)
    page = notebook.page
    view.tool("Erase")
    view.tool("Brush")
    page.mouse.move(*view.at(120, 100))
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Shift")
    page.keyboard.press(" ")  # fits the picture; it does not press the tool that was clicked last
    page.wait_for_timeout(300)
    view.stroke((60, 60), (120, 60))
    view.settle()
    notebook.wait_python("int(annotator.annotated[0].features[0].mask(12)[60, 90])")
    # scrolling changes what the status bar says of the place under the pointer
    page.mouse.move(*view.at(120, 100))
    page.mouse.wheel(0, 120)
    page.wait_for_timeout(300)
    z = int(view.shown.get_by_role("slider", name="Slice", exact=True).input_value())
    assert z != 12
    view.shown.get_by_text(f"z {z}", exact=True).first.wait_for()
    # undo leads back to the slice of the stroke; while a stroke is made nothing is undone
    page.mouse.down()
    page.keyboard.press("Control+z")
    page.mouse.move(*view.at(140, 100))
    page.mouse.up()
    view.settle()
    assert notebook.python("sorted(annotator.annotated[0].features[0].masks)") == sorted([12, z])
    page.keyboard.press("Control+z")
    view.settle()
    assert notebook.python("sorted(annotator.annotated[0].features[0].masks)") == [12]
    page.keyboard.press("Control+z")
    view.settle()
    expect(view.shown.get_by_role("slider", name="Slice", exact=True)).to_have_value("12")
