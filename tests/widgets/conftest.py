from __future__ import annotations

import pytest

from ais_jupyter.widgets.base import KernelWidget


@pytest.fixture(autouse=True)
def kernel_keeps_to_the_declarations(monkeypatch):
    """Every answer and event of every widget test is checked against its declaration."""
    violations: list[str] = []
    monkeypatch.setattr(KernelWidget, "violations", violations)
    yield
    assert violations == []
