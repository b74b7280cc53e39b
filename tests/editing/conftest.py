from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.tomogram import Tomogram


@pytest.fixture(autouse=True)
def state_folder(tmp_path, monkeypatch):
    """Keep autosave journals away from those of the person who runs the tests."""
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / ".ais_jupyter"


@pytest.fixture
def annotated() -> AnnotatedTomogram:
    return AnnotatedTomogram(Tomogram(np.zeros((5, 20, 30), np.float32), 10.0, name="t"))
