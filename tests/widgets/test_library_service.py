"""The feature library in the annotator."""

from __future__ import annotations

import json

import numpy as np
import pytest
from asking import answer_now

from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.widgets import Annotator


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    path = tmp_path / "somewhere" / "feature_library.txt"
    annotator = Annotator(Tomogram(np.zeros((2, 8, 8), np.float32), voxel_size=5.0), library=path)
    sent = []
    annotator.send = lambda content, buffers=None: sent.append(content)

    def ask(kind, **content):
        answer_now(annotator, kind, content, tomogram=annotator.annotated[0].uid)
        return next(c for c in reversed(sent) if c.get("id") == "q")

    ask.annotated, ask.path = annotator.annotated[0], path
    yield ask
    annotator.close()


def test_no_library_is_an_empty_one(ask):
    assert ask("library")["library"] == []


def test_kept_settings_are_in_the_original_file_in_nanometres(ask):
    feature = ask.annotated.add_feature("Ribosome", color=(1, 0, 0), brush_radius=20, box_size=64, alpha=0.5)
    found = ask("library_keep", feature=feature.uid)["library"]
    assert found == [{"title": "Ribosome", "color": [1, 0, 0], "box_size": 64, "brush_diameter": 200.0, "alpha": 0.5}]
    entry = json.loads(ask.path.read_text())["libraries"]["Default library"][0]
    assert (entry["title"], entry["brush_size"], entry["box_size"]) == ("Ribosome", 20.0, 64)


def test_keeping_again_replaces(ask):
    feature = ask.annotated.add_feature("Ribosome")
    ask("library_keep", feature=feature.uid)
    feature.alpha = 0.25
    assert [e["alpha"] for e in ask("library_keep", feature=feature.uid)["library"]] == [0.25]


def test_a_damaged_library_is_reported(ask):
    ask.path.parent.mkdir()
    ask.path.write_text("{nonsense")
    assert "feature_library.txt" in ask("library")["error"]["message"]
