"""A day in fast motion: 10,000 strokes, hundreds of tomograms in the queue; nothing grows and nothing slows down."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import threading
import time
from pathlib import Path

import mrcfile
import numpy as np
import psutil
import pytest

import ais_jupyter as ais
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.packing import pack_mask
from ais_jupyter.core.editing.patch import Patch
from ais_jupyter.core.safekeeping.folder import recovery_folder
from ais_jupyter.core.safekeeping.journal import COMPACT_BYTES
from ais_jupyter.core.session.segmentation_queue import ENDED
from ais_jupyter.widgets import Annotator, Segmenter, Trainer, Workspace

sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))
from brightness import brightness_model

STROKES = 10_000
SIZE = 512
KINDS = (Workspace, Annotator, Trainer, Segmenter)


def held() -> tuple[int, int, int]:
    """Threads, file handles and megabytes of this process."""
    process = psutil.Process()
    return threading.active_count(), len(os.listdir("/proc/self/fd")), process.memory_info().rss >> 20


def fewest_threads(wanted: int) -> int:
    """Wait until there are no more threads than `wanted`: they end when they have nothing left to do."""
    until = time.monotonic() + 20
    while threading.active_count() > wanted and time.monotonic() < until:
        time.sleep(0.05)
    return threading.active_count()


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path))
    return tmp_path


class Painter:
    """A page that paints discs all over a tomogram."""

    def __init__(self, annotator: Annotator) -> None:
        self.annotator, self.seq = annotator, 0
        self.annotated = annotator.annotated[0]
        self.feature = self.annotated.add_feature("A")
        self.rng = np.random.default_rng(0)
        y, x = np.ogrid[-12:12, -12:12]
        self.disc = (y * y + x * x < 140).astype(np.uint8)
        self.answers: list[dict] = []
        annotator.send = lambda content, buffers=None: self.answers.append(content) if "id" in content else None

    def ask(self, kind: str, buffers=(), **content) -> dict:
        self.seq += 1
        asked = {"id": "q", "kind": kind, "tomogram": self.annotated.uid, "client": "page", "seq": self.seq, **content}
        self.annotator._receive(self.annotator, asked, buffers)
        answer = self.answers.pop()
        assert "error" not in answer, answer
        return answer

    def stroke(self) -> None:
        z, y, x = (int(v) for v in self.rng.integers(0, (20, SIZE - 24, SIZE - 24)))
        region = Region(y, y + 24, x, x + 24)
        before = self.feature.mask(z)
        old = None if before is None else before[region.slices]
        new = self.disc if old is None else self.disc | old
        patch = Patch(self.annotated.uid, self.feature.uid, z, region, None if old is None else pack_mask(old),
                      pack_mask(new))  # fmt: skip
        self.ask("edit", [patch.to_bytes()], name="Brush", key=f"page:{self.seq + 1}",
                 edits=[{"edit": "patch", "blob": 0}])  # fmt: skip

    def undo_seconds(self) -> float:
        """Median of twenty undos, each made again."""
        took = []
        for _ in range(20):
            begin = time.perf_counter()
            self.ask("undo", expect=None)
            took.append(time.perf_counter() - begin)
            self.ask("redo", expect=None)
        return statistics.median(took)


@pytest.mark.skipif(sys.platform != "linux", reason="handles are counted in /proc")
def test_ten_thousand_strokes(home):
    annotator = Annotator(ais.Tomogram(np.zeros((20, SIZE, SIZE), np.uint8), 10.0, name="day"))
    painter = Painter(annotator)
    for _ in range(STROKES // 10):
        painter.stroke()
    threads, handles, memory = held()
    early = painter.undo_seconds()
    for _ in range(STROKES - STROKES // 10):
        painter.stroke()
    late = painter.undo_seconds()
    now = held()
    assert fewest_threads(threads) <= threads
    assert now[1] <= handles
    assert now[2] - memory < 60, "memory grew with the strokes"
    (journal,) = recovery_folder().glob("*.journal")
    assert journal.stat().st_size < 2 * COMPACT_BYTES
    assert late < 5 * early + 0.002  # both are noisy; history without end, or journals read again, would be 100 times
    assert len(Document.of(painter.annotated).history) <= 1000
    Document.of(painter.annotated).discard()
    annotator.close()


@pytest.mark.skipif(sys.platform != "linux", reason="handles are counted in /proc")
def test_three_hundred_tomograms_in_the_queue(home):
    values = np.random.default_rng(0).normal(100, 10, (2, 48, 48)).astype(np.float32)
    paths = [home / f"t{number:03d}.mrc" for number in range(300)]
    for path in paths:
        with mrcfile.new(path, values) as file:
            file.voxel_size = 10.0
    widget = Segmenter(models=brightness_model())
    widget.send = lambda content, buffers=None: None
    queue = widget.session.segmentations
    queue.add([brightness_model()], paths[:20], home / "out")
    ended(queue)
    threads, handles, memory = held()
    queue.add([brightness_model()], paths[20:], home / "out")
    ended(queue)
    now = held()
    assert {entry.state for entry in queue} == {"done"}
    assert len(list((home / "out").glob("*.mrc"))) == 300
    assert fewest_threads(threads) <= threads
    assert now[1] <= handles
    assert now[2] - memory < 60
    widget.close()


def ended(queue, seconds=120.0):
    until = time.monotonic() + seconds
    while any(entry.state not in ENDED for entry in queue):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="handles are counted in /proc")
def test_a_hundred_windows_leave_no_memory(home):
    """Each holds a tomogram of 16 MB with a painted slice; a leak of one of them in ten would be seen."""
    values = np.random.default_rng(0).normal(100, 10, (16, SIZE, SIZE)).astype(np.float32)

    def opened_and_closed(kind):
        window = kind(ais.Tomogram(values.copy(), 10.0, name="cell"), models=brightness_model())
        window.send = lambda content, buffers=None: None
        feature = window.annotated[0].add_feature("A")
        feature.set_mask(3, np.ones((SIZE, SIZE), bool))
        window._receive(window, {"id": "a", "kind": "slice", "tomogram": window.annotated[0].uid, "axis": "z",
                                 "index": 1}, [])  # fmt: skip
        window.session.documents[0].discard()
        window.close()

    before = threading.active_count()
    for kind in KINDS * 3:
        opened_and_closed(kind)
    gc.collect()
    _, handles, memory = held()
    for kind in KINDS * 25:
        opened_and_closed(kind)
    assert fewest_threads(before) <= before
    gc.collect()
    now = held()
    assert now[1] <= handles
    assert now[2] - memory < 100
