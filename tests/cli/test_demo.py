"""``ais-jupyter demo`` without a browser: the notebooks are copied together, and what people changed is left alone."""

from __future__ import annotations

from ais_jupyter.cli import demo


def test_notebooks_are_copied_together(tmp_path):
    copies = demo.copy_notebooks(tmp_path)
    assert copies[0].name == "01_quickstart.ipynb"
    assert len(copies) == 7
    assert all(copy.parent == tmp_path and copy.exists() for copy in copies)


def test_a_changed_notebook_is_kept(tmp_path):
    (tmp_path / "02_annotate.ipynb").write_text("mine")
    demo.copy_notebooks(tmp_path)
    assert (tmp_path / "02_annotate.ipynb").read_text() == "mine"
    assert (tmp_path / "03_train_and_correct.ipynb").exists()


def test_jupyterlab_opens_the_first(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(demo.subprocess, "call", lambda command: commands.append(command) or 0)
    parser_options = type("Options", (), {"output_directory": str(tmp_path / "demo"), "headless": False})()
    assert demo.run(parser_options) == 0
    assert str(tmp_path / "demo" / "01_quickstart.ipynb") in commands[0]
    assert "jupyterlab" in commands[0]
