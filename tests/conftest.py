from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state_folder(tmp_path, monkeypatch):
    """Keep unsaved work, plug-ins and the feature library away from those of the person who runs the tests."""
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / ".ais_jupyter"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real files beside the repository; tests that need them are skipped where it is absent."""
    folder = Path(__file__).resolve().parent.parent.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"the sample files are not there ({folder})")
    return folder
