"""Reloading, second views, dead kernels, lost graphics, closing and opening again."""

from __future__ import annotations

import contextlib
import os
import signal

import numpy as np
import pytest
from annotator_page import VOLUME, AnnotatorPage

SECOND_VIEW = "annotator"


@pytest.fixture
def notebook(open_notebook):
    made = open_notebook(VOLUME, SECOND_VIEW)
    made.run(0)
    return made


def test_two_views_show_the_same(notebook):
    page = AnnotatorPage(notebook)
    notebook.run(1)
    second = notebook.cell(1).get_by_role("img", name="Slice view")
    second.wait_for()
    notebook.page.wait_for_timeout(1000)
    before = second.screenshot()
    notebook.view().scroll_into_view_if_needed()
    page.stroke((60, 60), (120, 90))
    page.settle()
    assert page.masks()[12] > 1000
    assert second.screenshot() != before
    notebook.cell(1).get_by_role("button", name="Undo", exact=True).click()
    notebook.wait_python("annotator.annotated[0].features[0].masks == {}")


def test_any_view_may_go_and_the_others_work_on(notebook):
    AnnotatorPage(notebook)
    notebook.run(1)
    left = notebook.cell(1)
    left.get_by_role("img", name="Slice view").wait_for()
    notebook.page.evaluate("jupyterapp.shell.currentWidget.content.widgets[0].outputArea.model.clear()")
    notebook.page.wait_for_function("document.querySelectorAll('.ais').length === 1")
    page = AnnotatorPage(notebook)
    page.stroke((60, 60), (120, 90))
    page.settle()
    notebook.wait_python("any(f.masks for f in annotator.annotated[0].features)")
    left.get_by_role("slider", name="Slice").press("ArrowRight")
    notebook.page.wait_for_timeout(3000)
    assert notebook.page.get_by_text("The kernel is busy").count() == 0
    notebook.run(1)  # and again: this cell's own view goes and another comes
    AnnotatorPage(notebook).button("Undo").click()
    notebook.wait_python("annotator.annotated[0].features[0].masks == {}")


def test_reloaded_page_has_the_masks_and_can_undo(notebook):
    page = AnnotatorPage(notebook)
    page.stroke((60, 60), (120, 90))
    page.stroke((60, 120), (120, 150))
    page.settle()
    painted = page.masks()[12]
    notebook.load()
    notebook.run(1)  # the widget lives in the kernel; the notebook shows it again
    notebook.page.get_by_role("button", name="Undo", exact=True).first.wait_for()
    again = notebook.cell(1)
    again.get_by_role("img", name="Slice view").wait_for()
    again.get_by_text("Unnamed feature 1").or_(again.get_by_label("Feature name")).first.wait_for()
    again.get_by_role("button", name="Undo", exact=True).click()
    notebook.wait_python(f"0 < int(annotator.annotated[0].features[0].mask(12).sum()) < {painted}")
    again.get_by_role("button", name="Undo", exact=True).click()
    notebook.wait_python("annotator.annotated[0].features[0].masks == {}")
    again.get_by_role("button", name="Redo", exact=True).click()
    again.get_by_role("button", name="Redo", exact=True).click()
    notebook.wait_python(f"annotator.annotated[0].features[0].masks[12].sum().item() == {painted}")


def test_killed_kernel_is_recovered(notebook):
    page = AnnotatorPage(notebook)
    page.stroke((60, 60), (120, 90))
    page.stroke((60, 120), (120, 150))
    page.settle()
    painted = page.masks()[12]
    with contextlib.suppress(Exception):
        notebook.start_code("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    notebook.page.get_by_text("The kernel is gone").wait_for(timeout=30_000)
    notebook.page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # JupyterLab says that it restarts
    notebook.wait_kernel()
    notebook.run(0)
    notebook.page.get_by_role("button", name="Recover", exact=True).click(timeout=20_000)
    features = "[f for a in annotator.annotated for f in a.features if f.mask(12) is not None]"
    notebook.wait_python(f"sum(int(f.mask(12).sum()) for f in {features}) == {painted}")
    notebook.console.clear()  # the connection was cut on purpose


def test_what_is_painted_while_no_kernel_answers_comes_back_after_it_was_killed(notebook):
    """A cell holds the interpreter lock, so that strokes wait in the page; the kernel is killed; painting continues."""
    page = AnnotatorPage(notebook)
    page.stroke((60, 60), (120, 90))
    page.settle()
    pid = notebook.python("__import__('os').getpid()")
    notebook.start_code("sum(range(10**12))")  # one call in C that never lets another thread work
    notebook.page.wait_for_timeout(1000)
    for y in (120, 150):
        page.stroke((60, y), (120, y))
    notebook.page.get_by_text("2 changes waiting").wait_for()
    os.kill(pid, signal.SIGKILL)
    notebook.page.get_by_text("The kernel is gone").wait_for(timeout=30_000)
    notebook.page.get_by_text("with all that is painted here until then").wait_for()
    notebook.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    page.stroke((60, 180), (120, 180))
    page.button("Undo").click()
    page.stroke((150, 60), (150, 180))
    notebook.page.wait_for_timeout(1000)
    notebook.wait_kernel()
    notebook.run(0)
    notebook.page.get_by_text("and 5 changes kept in this browser").wait_for(timeout=20_000)
    notebook.page.get_by_role("button", name="Recover", exact=True).click()
    notebook.page.get_by_text("5 changes that had not reached the kernel were brought back.").wait_for()
    recovered = "next(a for a in annotator.annotated if a.features)"
    mask = f"{recovered}.features[0].mask(12)"
    at = [(60, 60), (120, 90), (90, 120), (90, 150), (150, 120), (90, 180)]  # x, y; the last was taken back
    assert notebook.python(f"[int({mask}[y, x]) for x, y in {at}]") == [1, 1, 1, 1, 1, 0]
    notebook.load()  # and not once more
    notebook.run(1)
    notebook.cell(1).get_by_role("img", name="Slice view").wait_for()
    notebook.page.wait_for_timeout(1500)
    assert notebook.page.get_by_text("brought back").count() == 0
    notebook.console.clear()  # the connection was cut on purpose


PLANES = ("Slice view", "XZ view", "YZ view")


def test_lost_graphics_context_comes_back(notebook):
    page = AnnotatorPage(notebook)
    page.stroke((60, 60), (120, 90))
    page.settle()
    notebook.page.mouse.move(5, 5)
    notebook.page.wait_for_timeout(300)
    before = [notebook.pixels(name) for name in PLANES]
    notebook.page.evaluate(
        """() => { const gl = document.querySelector('.ais-picture').getContext('webgl2');
        window.lost = gl.getExtension('WEBGL_lose_context'); window.lost.loseContext(); }"""
    )
    notebook.page.get_by_text("has taken the graphics context away").wait_for()
    page.stroke((60, 120), (120, 90))  # painting needs no graphics; the cross-sections stay where they are
    page.button("Undo").click()
    notebook.page.evaluate("window.lost.restoreContext()")
    notebook.page.get_by_text("has taken the graphics context away").wait_for(state="detached")
    page.settle()
    notebook.page.wait_for_timeout(500)
    for name, picture in zip(PLANES, before):
        assert picture.std() > 5
        assert np.array_equal(notebook.pixels(name), picture), name
    notebook.console = [line for line in notebook.console if "CONTEXT_LOST" not in line]


def test_fifty_openings_leave_nothing_behind(open_notebook):
    notebook = open_notebook(VOLUME)
    notebook.page.evaluate(
        """() => { window.alive = new Set(); const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
          const context = get.call(this, kind, ...rest);
          if (kind === 'webgl2' && context) window.alive.add(context);
          return context; };
        window.listeners = 0;
        for (const target of [window, document]) {
          const add = target.addEventListener, remove = target.removeEventListener;
          target.addEventListener = function (...a) { window.listeners++; return add.apply(this, a); };
          target.removeEventListener = function (...a) { window.listeners--; return remove.apply(this, a); };
        } }"""
    )
    notebook.run(0)
    AnnotatorPage(notebook)
    for _ in range(50):
        notebook.page.evaluate("jupyterapp.shell.currentWidget.content.widgets[0].outputArea.model.clear()")
        notebook.page.get_by_role("img", name="Slice view").wait_for(state="detached")
        notebook.run(0)
        notebook.view().wait_for()
    AnnotatorPage(notebook)
    assert notebook.page.evaluate("[...window.alive].filter(gl => !gl.isContextLost()).length") == 1
    assert notebook.page.evaluate("window.listeners") <= 8
    notebook.console = [line for line in notebook.console if "CONTEXT_LOST" not in line]
