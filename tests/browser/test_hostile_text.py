"""Titles, file names and errors are text wherever they are shown: in the window, in tables of scores, in outputs."""

from __future__ import annotations

from annotator_page import AnnotatorPage
from notebook_page import NotebookPage

OPEN = r"""
import numpy as np, pathlib, tempfile, ais_jupyter as ais
BAD = '''<img src=x onerror="window.attacked = 1"><script>window.attacked = 1</script>"'&'''
z, y, x = np.mgrid[0:24, 0:200, 0:240].astype(np.float32)
volume = (100 + 20 * np.sin(x / 9) * np.cos(y / 11) + z).astype(np.float32)
folder = pathlib.Path(tempfile.mkdtemp()) / "<img src=x onerror=window.attacked=1>"
folder.mkdir()
workspace = ais.Workspace(ais.Tomogram(volume, voxel_size=10.0, name=BAD))
feature = workspace.annotated[0].add_feature(BAD)
feature.set_mask(12, np.ones((200, 240)))
feature.add_box(12, 60, 60)
workspace.add_models(ais.SegmentationModel("VGGNet S", BAD).build(32))
workspace
"""
SCORES = """
scores = ais.evaluate(volume > 100, volume > 101)
scores
"""
PATH = """
path = folder / "t.mrc"
import mrcfile
with mrcfile.new(path, volume) as file: file.voxel_size = 10.0
ais.open(path)
"""
ERROR = "ais.open(folder / BAD)"
FEATURE = "feature, workspace.annotated[0], workspace.models"


def attacked(notebook: NotebookPage) -> bool:
    return bool(notebook.page.evaluate("() => 'attacked' in window"))


def test_hostile_text_stays_text(open_notebook):
    notebook = open_notebook(OPEN, SCORES, PATH, ERROR, FEATURE)
    notebook.run(0)
    page = AnnotatorPage(notebook)
    for name in ("Models", "Export", "Annotate"):
        notebook.page.get_by_role("tab", name=name).first.click()
        notebook.page.wait_for_timeout(500)
    assert "<script>" in notebook.page.locator(".ais").first.inner_text()  # it is shown, as what it is
    for cell in (1, 2, 4):
        notebook.run(cell)
    notebook.page.evaluate(
        """() => { const content = jupyterapp.shell.currentWidget.content;
        content.activeCellIndex = 3; return jupyterapp.commands.execute('notebook:run-cell'); }"""
    )
    page.button("Undo").first.wait_for()
    notebook.page.wait_for_timeout(1500)
    assert notebook.page.locator(".jp-OutputArea img[src='x'], .ais img[src='x']").count() == 0
    assert not attacked(notebook)
    notebook.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    notebook.load()  # what was saved with the notebook is shown again
    notebook.page.wait_for_timeout(1500)
    assert not attacked(notebook)
    notebook.console.clear()
