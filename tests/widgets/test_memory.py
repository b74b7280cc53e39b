"""Windows that were used and closed leave nothing: no objects, threads, file handles or locks."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
import weakref
from collections import Counter
from pathlib import Path

import mrcfile
import numpy as np
import plugins
import pytest
from asking import answer_now

import ais_jupyter as ais
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.widgets import Annotator, Segmenter, Trainer, Workspace
from ais_jupyter.widgets.job_view import JobView

sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))
from brightness import brightness_model

ROUNDS = 30
KINDS = (Workspace, Annotator, Trainer, Segmenter)
OPTIONS = {"epochs": 1, "batch_size": 4, "n_copies": 1, "validation_split": 0.0}
EXPORT = {
    "tta": 1, "tiled": False, "overlap": 0.2, "trim_edges": False, "sigma": 0.0, "overwrite": True, "files": "",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    from ais_jupyter.core.learning import architectures

    plugins.install(tmp_path, plugins.TINY)
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    architectures.reload()
    volume = np.random.default_rng(0).normal(100, 10, (4, 64, 64)).astype(np.float32)
    with mrcfile.new(tmp_path / "cell.mrc", volume) as file:
        file.voxel_size = 10.0
    yield tmp_path
    monkeypatch.undo()
    architectures.reload()


def use(window, folder):
    """Do in a window what a person does; return weak references to all that belongs to it."""
    window.send = lambda content, buffers=None: None
    annotated = window.annotated[0]
    feature = annotated.add_feature("Ribosome", box_size=32)
    feature.set_mask(2, np.eye(64, dtype=bool))
    for x in (20, 30, 40, 44):
        feature.add_box(2, 32, x)
    window.session.undo()
    opened = next(iter(window.session.models))
    for kind, content in (
        ("open", {}),
        ("snapshot", {"tomogram": annotated.uid, "client": "page"}),
        ("predict", {"tomogram": annotated.uid, "z": 1}),
    ):
        answer_now(window, kind, content)
    for axis in "zyx":  # in the threads of the window
        window._receive(window, {"id": axis, "kind": "slice", "tomogram": annotated.uid, "axis": axis, "index": 1}, [])
    belongs = [window, window.session, annotated, annotated.tomogram, opened, opened.model]
    return [weakref.ref(one) for one in [*belongs, *window.session.documents, *window._services]]


def train(window):
    answer_now(window, "training_set_make", {})
    wait(lambda: window.training_set is not None)
    options = ais.core.learning.training_options.TrainingOptions.from_values(**OPTIONS)
    opened = window.session.models.add(ais.SegmentationModel("Tiny", "Ribosome"))
    window.session.trainings.train(opened, window.training_set, options).result(60)
    return [weakref.ref(one) for one in (opened, opened.model, window.training_set)]


def segment(window, folder):
    (annotated,), (first, *_) = window.annotated, list(window.session.models)
    content = {**EXPORT, "models": [first.uid], "tomograms": [annotated.uid], "folder": str(folder / "out")}
    answer_now(window, "export", content)
    (entry,) = window.session.segmentations
    view = JobView(entry.job)
    entry.job.wait(60)
    assert entry.state == "done", entry.error
    answer_now(window, "result_slice", {"path": str(entry.outputs[0]), "axis": "z", "index": 1})
    view.close()
    return [weakref.ref(one) for one in (view, entry, entry.job)]


def wait(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def handles():
    """Return what the process has open, by name; pipes and the like have numbers and are counted by kind."""
    folder = Path("/proc/self/fd")
    names = [os.readlink(one) for one in folder.iterdir() if one.exists() or one.is_symlink()]
    return Counter(name.split(":[")[0] for name in names if not name.startswith("/proc"))


def round_trip(folder, number):
    refs = []
    for kind in KINDS:
        window = kind(folder / "cell.mrc", models=brightness_model())
        refs += use(window, folder)
        if number % 10 == 0 and kind is Trainer:
            refs += train(window)
        if number % 10 == 0 and kind is Segmenter:
            refs += segment(window, folder)
        window.session.documents[0].discard()
        window.close()
    return refs


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="file handles are listed by Linux alone")
def test_thirty_windows_of_every_kind_leave_nothing(folder):
    round_trip(folder, 0)  # what is made once and kept, such as Keras, comes now
    gc.collect()
    threads, before = set(threading.enumerate()), handles()
    refs = [ref for number in range(ROUNDS) for ref in round_trip(folder, number)]
    wait(lambda: set(threading.enumerate()) <= threads)
    gc.collect()
    assert Counter(type(one).__name__ for ref in refs if (one := ref()) is not None) == {}
    assert handles() - before == Counter()
    assert len(refs) > ROUNDS * len(KINDS) * 10


def fail_to_open(folder):
    tomogram = ais.open(folder / "cell.mrc")
    for kind in KINDS:
        for source, more in (([tomogram, "/nope.mrc"], {}), (tomogram, {"models": "/nope.scnm"})):
            with pytest.raises(ais.core.data.errors.AisError):
                kind(source, **more)
    with pytest.raises(ais.core.data.errors.InputError):
        Annotator(tomogram, precision="nonsense")
    return weakref.ref(tomogram)


def test_a_window_that_could_not_be_opened_leaves_nothing(folder, monkeypatch):
    said = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    before = handles()
    tomogram = fail_to_open(folder)
    gc.collect()
    assert said == []
    assert tomogram() is None
    assert handles() - before == Counter()


def test_the_view_of_a_job_that_has_ended_does_not_keep_it():
    job = Job(iter(()), title="nothing", start=False)
    view, kept = JobView(job), weakref.ref(job)
    job.start()
    job.wait(10)
    wait(lambda: view.status["state"] == "done")
    del job
    wait(lambda: gc.collect() is not None and kept() is None)
    answer_now(view, "cancel_job", {})  # a button that was pressed too late
    view.close()
