"""What is open, and how work that was left behind comes back."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.session import Session


@pytest.fixture(autouse=True)
def numpy_files(monkeypatch):
    """Tomograms as .npy files, so that these tests need no file format."""
    monkeypatch.setattr(storage, "_reader", lambda path: Tomogram(np.load(path), path=path))
    monkeypatch.setattr(storage, "_provider", None)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "tomo.npy"
    np.save(path, np.zeros((3, 8, 8), np.float32))
    return path


def test_opening_again_activates(file):
    session = Session()
    first = session.open(file)
    other = session.open(Tomogram(np.zeros((2, 4, 4)), name="other"))
    assert session.active is other
    assert session.open(file) is first
    assert session.active is first
    assert session.annotated == [first.annotated, other.annotated]


def test_the_same_path_in_a_second_session_is_the_same_work(file):
    first, second = Session(), Session()
    document = first.open(file)
    document.annotated.add_feature("A")
    assert second.open(file) is document
    second.close(document, discard_changes=True)
    document.annotated.add_feature("B")
    assert first.undo().name == "Add feature"


def test_unsaved_work_is_not_closed_silently(file):
    session = Session()
    document = session.open(file)
    document.annotated.add_feature("A")
    assert session.unsaved == [document]
    with pytest.raises(InputError, match="unsaved"):
        session.close(document)
    session.close(document, discard_changes=True)
    assert session.documents == []
    assert session.active is None
    assert session.recoverable() == []


def test_events(file):
    session, opened, changed = Session(), [], []
    session.documents_changed.connect(lambda: opened.append(len(session.documents)))
    session.document_changed.connect(lambda document: changed.append(document.annotated.name))
    document = session.open(file)
    document.annotated.add_feature("A")
    session.undo()
    session.close(document)
    assert opened == [1, 0]
    assert changed == ["tomo", "tomo"]


def test_recovered_work_takes_the_place_of_the_unchanged_tomogram(file):
    lost = AnnotatedTomogram(Tomogram(np.load(file), path=file))
    Document.of(lost)
    lost.add_feature("A").set_mask(1, np.ones((8, 8)))
    del lost
    gc.collect()
    session = Session()
    opened = session.open(file)
    (entry,) = session.recoverable()
    document = session.recover(entry)
    assert session.documents == [document]
    assert session.active is document
    assert document.annotated.tomogram is opened.annotated.tomogram
    assert document.annotated.feature("A").mask(1).sum() == 64
    assert document.unsaved


def test_recovery_opens_the_tomogram_or_leaves_it_missing(file):
    for _ in range(2):
        lost = AnnotatedTomogram(Tomogram(np.load(file), path=file))
        Document.of(lost)
        lost.add_feature("A").add_box(1, 2, 3)
    del lost
    gc.collect()
    session = Session()
    first, second = session.recoverable()
    assert session.recover(first).annotated.tomogram.available
    session.close(session.active, discard_changes=True)
    file.unlink()
    assert not session.recover(second).annotated.tomogram.available
