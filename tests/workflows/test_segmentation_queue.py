"""A queue of segmentations: order, results, failures that leave the others alone, cancel and retry."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from brightness import brightness_model

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.session.segmentation_queue import ENDED, SegmentationQueue
from ais_jupyter.core.workflows import open as ais_open


@pytest.fixture
def files(tmp_path) -> list[Path]:
    paths = [tmp_path / f"cell{i}.mrc" for i in range(3)]
    for i, path in enumerate(paths):
        values = np.random.default_rng(i).normal(100, 10, (6, 40, 48)).astype(np.float32)
        write_mrc(path, values, 10.0)
    return paths


def wait(queue, timeout=60.0):
    until = time.monotonic() + timeout
    while any(entry.state not in ENDED for entry in queue):
        assert time.monotonic() < until, [entry.state for entry in queue]
        time.sleep(0.02)


def test_every_tomogram_gets_its_result_and_changes_are_told(files, tmp_path):
    queue = SegmentationQueue()
    told = []
    queue.changed.connect(lambda entry: told.append((entry.name, entry.state)))
    entries = queue.add([brightness_model()], files, tmp_path / "out")
    wait(queue)
    assert [entry.state for entry in entries] == ["done"] * 3
    assert [path.name for entry in entries for path in entry.outputs] == [f"cell{i}__Bright.mrc" for i in range(3)]
    assert ("cell0.mrc", "running") in told
    assert told[-1] == ("cell2.mrc", "done")


def test_a_second_time_is_skipped_and_made_again_on_request(files, tmp_path):
    queue = SegmentationQueue()
    (entry,) = queue.add([brightness_model()], files[:1], tmp_path / "out")
    wait(queue)
    made = entry.outputs[0].stat().st_mtime_ns
    queue.retry(entry.uid)
    wait(queue)
    assert entry.state == "skipped"
    assert entry.outputs[0].stat().st_mtime_ns == made
    queue.retry(entry.uid, overwrite=True)
    wait(queue)
    assert entry.state == "done"
    assert entry.outputs[0].stat().st_mtime_ns > made


def test_a_tomogram_that_was_removed_fails_alone_and_can_be_retried(files, tmp_path):
    queue = SegmentationQueue()
    opened = [ais_open(path) for path in files]
    content = files[1].read_bytes()
    files[1].unlink()
    entries = queue.add([brightness_model()], opened, tmp_path / "out")
    wait(queue)
    assert [entry.state for entry in entries] == ["done", "failed", "done"]
    assert "moved or deleted" in str(entries[1].error)
    assert not list((tmp_path / "out").glob("*cell1*"))
    files[1].write_bytes(content)
    queue.retry(entries[1].uid)
    wait(queue)
    assert entries[1].state == "done"


class RemovedMidway:
    """A volume whose file is removed when half of its slices have been read."""

    def __init__(self, tomogram, path):
        self._data, self._path = tomogram.data, path
        self.shape, self.dtype = self._data.shape, self._data.dtype

    def __getitem__(self, key):
        z = key[0] if isinstance(key, tuple) else key
        if isinstance(z, slice):
            z = z.start or 0
        if int(z) >= 3:
            self._path.unlink(missing_ok=True)
        return self._data[key]


def test_a_tomogram_removed_while_it_is_read_leaves_nothing_half_written(files, tmp_path):
    tomogram = ais_open(files[0])
    vanishing = Tomogram(RemovedMidway(tomogram, files[0]), 10.0, name="cell0", path=files[0])
    model = brightness_model()
    model.info.normalization = None  # each slice by itself: nothing is read ahead
    queue = SegmentationQueue()
    first, second = queue.add([model], [vanishing, files[1]], tmp_path / "out")
    wait(queue)
    assert (first.state, second.state) == ("failed", "done")
    assert "cell0.mrc was moved or deleted" in str(first.error)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["cell1__Bright.mrc"]


def test_waiting_and_running_ones_can_be_cancelled(tmp_path):
    slow = Tomogram(np.zeros((4000, 64, 64), np.float32), 10.0, name="slow")
    queue = SegmentationQueue()
    first, second = queue.add([brightness_model()], [slow, slow], tmp_path / "out")
    while first.state == "waiting":
        time.sleep(0.01)
    queue.cancel_all()
    wait(queue)
    assert (first.state, second.state) == ("cancelled", "cancelled")
    assert not list((tmp_path / "out").glob("*.mrc"))
    queue.remove_ended()
    assert len(queue) == 0


def test_says_beforehand_that_slices_are_rescaled(files, tmp_path):
    model = brightness_model()
    model.info.voxel_size = 20.0
    (entry,) = SegmentationQueue().add([model], [AnnotatedTomogram(ais_open(files[0]))], tmp_path / "out")
    assert "trained at 20.00 Å" in entry.notes[0]


def test_nothing_is_queued_where_something_is_missing(files, tmp_path):
    queue = SegmentationQueue()
    with pytest.raises(InputError, match="at least one model"):
        queue.add([], files, tmp_path)
    with pytest.raises(InputError, match="different titles"):
        queue.add([brightness_model(), brightness_model()], files, tmp_path)
    assert len(queue) == 0


def _segment_with_little_room(folder: str) -> None:
    """Run where no file may grow beyond 20 kB: writes then fail as on a full disk."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    queue = SegmentationQueue()
    root = Path(folder)
    model = brightness_model()
    model.engine()  # compiled before: that writes files of its own
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    (entry,) = queue.add([model], [root / "cell0.mrc"], root / "out")
    wait(queue)
    print(entry.state, "|", entry.error, "|", sorted(path.name for path in (root / "out").iterdir()))


def test_a_full_disk_fails_with_words_and_leaves_nothing(files, tmp_path):
    code = f"import test_segmentation_queue as t; t._segment_with_little_room({str(tmp_path)!r})"
    here = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=here, capture_output=True, text=True, timeout=120,
        env={**__import__("os").environ, "PYTHONPATH": f"{here}:{here.parents[1]}"},
    )  # fmt: skip
    state, error, left = run.stdout.strip().splitlines()[-1].split(" | ")
    assert state == "failed", run.stdout + run.stderr
    assert "cell0__Bright.mrc" in error
    assert left == "[]"
