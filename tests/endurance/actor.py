"""What a person's kernel does all day, in a process of its own, saying after each act what is safe by now.

`python -m tests.endurance.actor ACT FOLDER`: prints "safe N" after N acts, until it is killed.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np

import ais_jupyter as ais
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.editing.document import Document

SHAPE = (4, 400, 32)


def say(count: int) -> None:
    print(f"safe {count}", flush=True)


def painting(folder: Path, save_every: int = 0) -> None:
    """Paint one row after another; with `save_every`, save after so many."""
    annotated = ais.AnnotatedTomogram(ais.Tomogram(np.zeros(SHAPE, np.float32), 10.0, name="day"))
    document = Document.of(annotated)
    feature = annotated.add_feature("A")
    say(0)
    for row in range(SHAPE[1]):
        with document.step("Brush"):
            feature.edit_mask(row % 4, Region(row, row + 1, 0, 32), np.ones((1, 32)))
        if save_every and row % save_every == save_every - 1:
            document.save(folder / "day.scns", overwrite=True)
        say(row + 1)


def saving(folder: Path) -> None:
    """Paint, and save after every third stroke."""
    painting(folder, save_every=3)


def busy(folder: Path) -> None:
    """Paint while another thread holds the interpreter in long calls."""

    def hold() -> None:
        while True:
            sum(range(2_000_000))

    threading.Thread(target=hold, daemon=True).start()
    painting(folder)


def recovering(folder: Path) -> None:
    """Recover what an earlier process left, and paint on."""
    from ais_jupyter.core.editing.replay import recover
    from ais_jupyter.core.safekeeping.unsaved_work import list_recoverable

    (entry,) = list_recoverable()
    document = recover(entry)
    feature = document.annotated.feature("A")
    done = sum(int(mask[:, 0].sum()) for mask in feature.masks.values())
    say(done)
    for row in range(done, SHAPE[1]):
        with document.step("Brush"):
            feature.edit_mask(row % 4, Region(row, row + 1, 0, 32), np.ones((1, 32)))
        say(row + 1)


def exporting(folder: Path) -> None:
    """Segment one tomogram after another."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "workflows"))
    from brightness import brightness_model

    model = brightness_model()  # what is imported for the first volume is no moment of interest
    for number, path in enumerate(sorted(folder.glob("t*.mrc"))):
        (outcome,) = ais.segment(model, path, folder / "out").result()
        assert outcome.state in ("done", "skipped"), outcome.error
        say(number + 1)


def training(folder: Path) -> None:
    """Train a small network, keeping its best weights on the disk as the window does."""
    from ais_jupyter.core.learning.training_options import TrainingOptions
    from ais_jupyter.core.session import Session

    rng = np.random.default_rng(0)
    labels = np.zeros((16, 32, 32), np.uint8)
    labels[:, 8:24, 8:24] = 1
    images = (labels + rng.normal(0, 0.3, labels.shape))[..., None]
    boxes = ais.TrainingSet(images, labels, 10.0, "global_mad", ["A"])
    session = Session()
    opened = session.models.add(ais.SegmentationModel("Tiny", "A"))
    options = TrainingOptions(epochs=100_000, batch_size=8, n_copies=1)
    session.trainings.train(opened, boxes, options)
    seen = 0.0
    while True:
        threading.Event().wait(0.01)
        backup = session.trainings.backups.get(opened.uid)
        if backup is not None and backup.time > seen:
            seen = backup.time
            say(1)


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
