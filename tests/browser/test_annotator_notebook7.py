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
    notebook = open_notebook(VOLUME, server=notebook7, tree="notebooks")
    notebook.run(0)
    view = CellView(notebook)
    view.stroke((60, 60), (120, 90))
    view.wait_label(90, 75)
    notebook.wait_python("len(annotator.annotated[0].features) and 12 in annotator.annotated[0].features[0].masks")
    view.button("Undo").click()
    view.wait_label(90, 75, shown=False)
    # Notebook 7 reports this of itself at every start
    notebook.console[:] = [text for text in notebook.console if "reading 'schema'" not in text]
