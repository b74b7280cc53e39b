"""Nothing that is read can steer the terminal."""

from __future__ import annotations

import mrcfile
import numpy as np

from ais_jupyter.cli.program import run

NAME = "red\x1b[31m\x07\u202egnp.mrc"


def test_names_of_files_are_printed_without_control_characters(tmp_path, capsys):
    with mrcfile.new(tmp_path / NAME) as file:
        file.set_data(np.zeros((2, 3, 4), np.float32))
    (tmp_path / f"not{NAME}").write_bytes(b"nothing")
    assert run(["info", str(tmp_path / NAME), str(tmp_path / f"not{NAME}")]) == 1
    assert run(["convert", str(tmp_path / f"not{NAME}"), str(tmp_path / "out.mrc")]) == 1
    said = capsys.readouterr()
    for text in (said.out, said.err):
        assert text
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert r"red\x1b[31m\x07\u202egnp.mrc" in text
