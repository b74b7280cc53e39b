"""Importing the package is quick and loads neither a framework nor Jupyter."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def import_time():
    spec = importlib.util.spec_from_file_location("import_time", ROOT / "benchmarks" / "import_time.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def measured(import_time, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return import_time


def test_own_modules_take_less_than_300_ms(measured):
    assert min(measured.own_seconds(measured.import_times()) for _ in range(3)) < 0.3


def test_neither_frameworks_nor_jupyter_are_loaded(measured):
    times = measured.import_times()
    assert "ais_jupyter" in times
    assert measured.forbidden_modules(times) == []
    assert measured.forbidden_modules({"keras.src": (0, 0), "numpy": (0, 0), "IPython": (0, 0)}) == ["IPython", "keras"]
