from __future__ import annotations

import plugins
import pytest
from bright_discs import bright_discs


@pytest.fixture
def tiny_architectures(tmp_path_factory, monkeypatch):
    """A home folder whose plug-ins are the small architectures of `plugins`."""
    from ais_jupyter.core.learning import architectures

    home = tmp_path_factory.mktemp("home")
    plugins.install(home, plugins.TINY, plugins.TINY_MSE, plugins.TINY_NORM, plugins.THRESHOLD)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(home))
    architectures.reload()
    yield
    monkeypatch.undo()
    architectures.reload()


@pytest.fixture
def discs():
    return bright_discs()
