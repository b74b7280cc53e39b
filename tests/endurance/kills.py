"""Processes that are killed at random moments, and what is left of their work."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import mrcfile
import numpy as np

import ais_jupyter as ais
from ais_jupyter.core.editing.replay import recover
from ais_jupyter.core.safekeeping.model_backups import lost_models
from ais_jupyter.core.safekeeping.unsaved_work import list_recoverable

ROOT = Path(__file__).parents[2]
#: Seconds within which it is killed after it began to work.
WINDOW = {"painting": 0.6, "busy": 1.0, "saving": 0.8, "recovering": 0.6, "exporting": 1.2, "training": 2.0}


def killed(act: str, folder: Path, moment: float, first_acts: int = 0) -> int:
    """Kill an actor so many seconds after its first acts; return how many it had said to be safe."""
    command = [sys.executable, "-m", "tests.endurance.actor", act, str(folder)]
    quiet = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=quiet, cwd=ROOT)
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    if not first.startswith("safe"):
        raise AssertionError(f"{act} did not begin: {first}{process.stderr.read()}")
    for _ in range(first_acts):
        first = process.stdout.readline()
    time.sleep(moment)
    ended = process.poll()
    process.send_signal(signal.SIGKILL)
    said = [first, *process.stdout.read().splitlines()]
    errors = process.stderr.read()
    process.wait()
    assert ended in (None, 0), errors
    return max(int(line.split()[1]) for line in said if line.startswith("safe "))


def rows_in(annotated: ais.AnnotatedTomogram) -> list[int]:
    """Rows that are painted, over all slices; each must be whole and in the slice where it belongs."""
    rows = []
    for z, mask in annotated.feature("A").masks.items():
        painted = np.flatnonzero(mask.any(axis=1))
        assert mask[painted].all(), "half a stroke"
        assert all(row % 4 == z for row in painted), "a stroke in another slice"
        rows += painted.tolist()
    return sorted(rows)


def check_strokes(folder: Path, safe: int) -> None:
    """At most the stroke in progress is lost, and the file, if there is one, is whole."""
    saved = folder / "day.scns"
    in_file = rows_in(ais.open(saved)) if saved.exists() else []
    assert in_file == list(range(len(in_file)))
    entries = list_recoverable()
    assert len(entries) <= 1
    found = in_file
    if entries:
        document = recover(entries[0])
        found = rows_in(document.annotated)
        assert not document.recovery_note, document.recovery_note
        document.discard()
    assert found == list(range(len(found)))
    assert safe <= max(len(found), len(in_file)) <= safe + 1, (safe, len(found), len(in_file))


def check_exports(folder: Path, safe: int) -> None:
    """Every result under its final name is whole, and a second run makes the rest."""
    done = sorted((folder / "out").glob("*.mrc")) if (folder / "out").exists() else []
    assert len(done) >= safe
    for path in done:
        assert mrcfile.validate(path, print_file=io.StringIO())
        with mrcfile.open(path) as volume:
            assert volume.data.any()


def check_training(folder: Path, safe: int) -> None:
    """Weights that were kept can be opened and used."""
    lost = lost_models()
    assert len(lost) >= min(safe, 1)
    for one in lost:
        model = ais.open(one.path)
        assert np.isfinite(model.segment_slice(np.zeros((32, 32), np.float32))).all()


CHECKS = {
    "painting": check_strokes, "busy": check_strokes, "saving": check_strokes, "recovering": check_strokes,
    "exporting": check_exports, "training": check_training,
}  # fmt: skip


def try_moment(act: str, folder: Path, rng: random.Random) -> float:
    """Kill an actor once at a random moment and check what is left; returns the moment."""
    moment = rng.uniform(0, WINDOW[act])
    if act == "recovering":
        killed("painting", folder, 0.1, first_acts=3)
    if act == "exporting":
        values = np.random.default_rng(0).normal(100, 10, (6, 96, 96)).astype(np.float32)
        for number in range(30):
            with mrcfile.new(folder / f"t{number:02d}.mrc", values) as file:
                file.voxel_size = 10.0
    CHECKS[act](folder, killed(act, folder, moment))
    return moment
