"""What each part of the training recipe gives: Dice on slices and on a tomogram that were not annotated.

    python benchmarks/recipes.py choose --folder DIR
    python benchmarks/recipes.py report TOMOGRAM.mrc TRUTH.mrc [--rows brief plain …] [--seeds 0 1]

"choose" works on the package's own simulator, with another tomogram of it as the unseen one; what it decides is then
measured by "report" on a tomogram that decided nothing. 40 boxes of 64 px on 6 slices are annotated from the truth, as
`ribosomes.py` does. Each row of `ROWS` is one training, which changes one part of the recipe or all. Its line says how
long it took, and Dice at the best threshold and at 0.5.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

import ais_jupyter as ais
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.recipe import RECIPES, Recipe
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.workflows import annotate_from_mask
from ais_jupyter.sample import sample_tomogram

SLICES, BOXES, BOX_SIZE = 6, 40, 64
#: Trained on this sample, seen and unseen; none of them decides anything about other tomograms.
CHOOSE, UNSEEN = 3, 4


@dataclass(frozen=True)
class Row:
    """One way to train."""

    recipe: Recipe = RECIPES["brief"]
    architecture: str = "UNet 2.5D"
    depth: int = 5
    margin: int = BOX_SIZE // 2
    steps: int = 400
    options: dict = field(default_factory=dict)


BRIEF = RECIPES["brief"]
ROWS = {
    "brief": Row(),
    "brief, 1000 steps": Row(steps=1000),
    "brief, 2000 steps": Row(steps=2000),
    "without grey values": Row(replace(BRIEF, vary=False)),
    "without Dice": Row(replace(BRIEF, dice=0.0)),
    "without moves": Row(replace(BRIEF, move=False)),
    "without margin": Row(margin=0),
    "one slice": Row(depth=1),
    "plain": Row(RECIPES["plain"], margin=0),
    "VGGNet M plain": Row(RECIPES["plain"], "VGGNet M", 1, 0, 800),
    "VGGNet M brief": Row(BRIEF, "VGGNet M", 1, steps=800),
    "VGGNet S plain": Row(RECIPES["plain"], "VGGNet S", 1, 0, 400),
    "VGGNet S brief": Row(BRIEF, "VGGNet S", 1),
    "UNet S plain": Row(RECIPES["plain"], "UNet S", 1, 0, 400),
    "UNet S brief": Row(BRIEF, "UNet S", 1),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("choose", "report"))
    parser.add_argument("files", nargs="*", help="tomogram and truth, for report")
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS), metavar="ROW")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--every", type=int, default=8, help="score every so many slices (1: all)")
    parser.add_argument("--folder", type=Path, help="where samples are kept between runs")
    options = parser.parse_args()
    if options.what == "choose":
        folder = options.folder or Path(tempfile.mkdtemp())
        pairs = [sample_tomogram(folder / str(seed), seed=seed)[:2] for seed in (CHOOSE, UNSEEN)]
    else:
        pairs = [options.files]
    opened = [(ais.open(tomogram), _mask(truth)) for tomogram, truth in pairs]
    for name in options.rows:
        for seed in options.seeds:
            print(
                json.dumps({"row": name, "seed": seed, **measured(ROWS[name], opened, seed, options.every)}), flush=True
            )


def _mask(path: str | Path) -> np.ndarray:
    truth = ais.open(path)
    return truth.slab(0, truth.shape[0]) != 0


def measured(row: Row, opened: list[tuple[Tomogram, np.ndarray]], seed: int, every: int) -> dict:
    """Train once and score; the first tomogram is annotated."""
    tomogram, mask = opened[0]
    slices = [int(z) for z in np.linspace(0.174, 0.82, SLICES) * tomogram.shape[0]]
    annotated = ais.AnnotatedTomogram(tomogram)
    annotate_from_mask(annotated, "Ribosome", mask, slices, BOXES, BOX_SIZE)
    boxes = ais.extract(annotated, "Ribosome", box_size=BOX_SIZE, depth=row.depth, margin=row.margin)
    RECIPES["measured"] = row.recipe
    model = ais.SegmentationModel(row.architecture, "Ribosome")
    epochs, copies = row.steps // 40, 8  # of 5 batches of 8 boxes each time
    began, computed = time.perf_counter(), time.process_time()
    job = model.train(boxes, epochs=epochs, batch_size=8, n_copies=copies, seed=seed, recipe="measured", **row.options)
    job.result()
    result = {
        "steps": sum("batch_loss" in line for line in job.history),
        "train_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(time.process_time() - computed, 1),
    }
    for which, (volume, truth) in zip(("own", "unseen"), opened):
        left = [z for z in range(every // 4, volume.shape[0], every) if which == "unseen" or z not in slices]
        best, half, seconds = scored(model, volume, truth, left)
        result.update({which: [round(best, 4), round(half, 4)], "slice_s": round(seconds, 3)})
    return result


def scored(
    model: ais.SegmentationModel, tomogram: Tomogram, truth: np.ndarray, numbers: list[int]
) -> tuple[float, float, float]:
    """Best Dice over thresholds, Dice at 0.5, and median seconds for a slice."""
    segmenter = Segmenter(model.engine(), model.info, tomogram)
    found, true, seconds = np.zeros(257), np.zeros(257), []
    for z in numbers:
        began = time.perf_counter()
        levels = np.rint(segmenter.slice(z) * 255).astype(int)
        seconds.append(time.perf_counter() - began)
        found += np.bincount(levels.ravel(), minlength=257)
        true += np.bincount(levels[truth[z]].ravel(), minlength=257)
    above, hits = found[::-1].cumsum()[::-1], true[::-1].cumsum()[::-1]
    dice = 2 * hits / np.maximum(above + hits[0], 1)
    return float(dice.max()), float(dice[128]), float(np.median(seconds))


if __name__ == "__main__":
    main()
