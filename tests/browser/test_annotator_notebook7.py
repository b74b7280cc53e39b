"""The same annotator in Notebook 7."""

from __future__ import annotations

import pytest
from annotator_looks import CellView
from annotator_page import VOLUME
from lab_server import serve


@pytest.fixture(scope="module")
def notebook7(tmp_path_factory):
    pytest.importorskip("notebook")
    with serve(tmp_path_factory.mktemp("notebook7"), "notebook") as server:
        yield server


def test_painting_in_notebook_7(open_notebook, notebook7):
    plain = open_notebook("1 + 1", server=notebook7, tree="notebooks")
    plain.run(0)
    own = set(plain.console)  # what Notebook 7 reports of itself, with no widget on the page
    plain.console.clear()
    notebook = open_notebook(VOLUME, server=notebook7, tree="notebooks")
    notebook.run(0)
    view = CellView(notebook)
    view.stroke((60, 60), (120, 90))
    view.wait_label(90, 75)
    notebook.wait_python("len(annotator.annotated[0].features) and 12 in annotator.annotated[0].features[0].masks")
    view.button("Undo").click()
    view.wait_label(90, 75, shown=False)
    notebook.console[:] = [text for text in notebook.console if text not in own]
