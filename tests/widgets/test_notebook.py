"""How errors of this package look in a notebook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CELLS = (
    "import ais_jupyter as ais",
    'x = 1\nais.Annotator("/nope/cell.mrc")\nx = 2',
    "%tb",
    'ais.open("/nope/cell.mrc")',
    '%xmode Verbose\nais.open("/nope/cell.mrc")',
    "%xmode Context\n1 / 0",
)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = tmp_path_factory.mktemp("notebook")
    resources = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, resources=resources)
    client.execute(env={**os.environ, "PYTHONPATH": str(ROOT), "AIS_JUPYTER_HOME": str(folder)})
    return [
        ["\n".join(o.get("traceback", [])) or o.get("text", "") for o in cell.outputs if o.output_type != "stream"]
        for cell in notebook.cells
    ]


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_wrong_path_takes_a_line_and_says_where(outputs):
    (shown,) = outputs[1]
    assert plain(shown).splitlines() == [
        "FileFormatError: cannot open /nope/cell.mrc: No such file or directory",
        'in line 2: ais.Annotator("/nope/cell.mrc")',
    ]
    assert [plain(text) for text in outputs[3]] == [
        "FileFormatError: cannot open /nope/cell.mrc: No such file or directory"
    ]


def test_the_whole_traceback_is_there_for_those_who_ask(outputs):
    for number in (2, 4):
        (shown,) = outputs[number]
        assert "Traceback (most recent call last)" in plain(shown)
        assert "kinds.py" in plain(shown)


def test_other_errors_are_shown_as_ever(outputs):
    (shown,) = outputs[5]
    assert "Traceback (most recent call last)" in plain(shown)
    assert "ZeroDivisionError: division by zero" in plain(shown)


def test_importing_the_package_in_a_notebook_stays_light():
    code = "import sys, IPython, ais_jupyter; print('anywidget' in sys.modules, 'keras' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["False", "False"]
