"""``ais-jupyter mesh`` from the outside."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.cli.program import run
from ais_jupyter.core.files.mrc import write_mrc


@pytest.fixture
def folder(tmp_path):
    data = np.zeros((20, 30, 30), np.uint8)
    data[5:15, 8:20, 8:20] = 255
    for name in ("a__Ribosome", "b__Ribosome", "a__Membrane", "tomogram"):
        write_mrc(tmp_path / f"{name}.mrc", data, 10.0)
    return tmp_path


def test_one_surface_per_volume(folder, capsys):
    (folder / "b__Ribosome.mrc").write_bytes(b"no volume")
    assert run(["mesh", "-d", str(folder), "-t", "Ribosome"]) == 1
    said = capsys.readouterr()
    assert "done     a__Ribosome.mrc: " in said.out
    assert "failed   b__Ribosome.mrc" in said.err
    assert [p.name for p in folder.glob("*.obj")] == ["a__Ribosome.obj"]
    assert run(["mesh", "-d", str(folder / "a__*.mrc"), "-ou", str(folder), "--step", "2"]) == 0
    assert "skipped  a__Ribosome.mrc" in capsys.readouterr().out
    assert (folder / "a__Membrane.obj").exists()


def test_other_formats_and_nothing_to_do(folder, tmp_path, capsys):
    assert run(["mesh", "-d", str(folder), "-t", "Ribosome", "-ou", str(tmp_path / "out"), "--format", "glb"]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a__Ribosome.glb", "b__Ribosome.glb"]
    assert run(["mesh", "-d", str(folder), "-t", "Nothing"]) == 1
    assert "no <tomogram>__Nothing.mrc" in capsys.readouterr().err
