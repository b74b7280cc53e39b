"""Ribosomes from little annotation: Dice on the slices that were not annotated.

    python benchmarks/ribosomes.py TOMOGRAM.mrc TRUTH.mrc [--unseen TOMOGRAM.mrc TRUTH.mrc] --out FOLDER

Annotates 40 boxes of 64 px on 6 slices from the truth, trains, segments the whole volume and scores it. Prints the
untouched numbers and draws an overview with the loss curve.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import ais_jupyter as ais
from ais_jupyter.core.workflows import annotate_from_mask
from ais_jupyter.sample.overview import draw_overview

SLICES, BOXES, BOX_SIZE = 6, 40, 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tomogram")
    parser.add_argument("truth")
    parser.add_argument("--unseen", nargs=2, metavar=("TOMOGRAM", "TRUTH"))
    parser.add_argument("--out", type=Path, default=Path("ribosomes"))
    parser.add_argument("--architecture", default="VGGNet M")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--depth", type=int, default=1)
    parser.add_argument("--tta", type=int, default=1)
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--model", help="score this model instead of training one")
    options = parser.parse_args()

    tomogram, truth = ais.open(options.tomogram), ais.open(options.truth)
    mask = truth.slab(0, truth.shape[0])
    annotated = ais.AnnotatedTomogram(tomogram)
    slices = [int(z) for z in np.linspace(0.174, 0.82, SLICES) * tomogram.shape[0]]
    annotate_from_mask(annotated, "Ribosome", mask, slices, BOXES, BOX_SIZE)
    history: list[dict] = []
    if options.model:
        model = ais.open(options.model)
    else:
        boxes = ais.extract(annotated, "Ribosome", box_size=BOX_SIZE, depth=options.depth)
        print(f"{boxes!r}, annotated slices {slices}", flush=True)
        model, history = train(boxes, options)
    results = [(options.tomogram, options.truth, slices)]
    if options.unseen:
        results.append((*options.unseen, []))
    for source, known, ignored in results:
        began = time.perf_counter()
        (outcome,) = ais.segment(model, source, options.out, overwrite=True, tta=options.tta).follow()
        if outcome.error:
            raise outcome.error
        scores = ais.evaluate(outcome.outputs[0], known, ignore=ignored)
        print(f"{outcome.tomogram}: {scores}; segmented in {time.perf_counter() - began:.0f} s", flush=True)
        if ignored:
            shown = next(z for z in range(tomogram.shape[0] // 2, tomogram.shape[0]) if z not in slices)
            draw_overview(
                options.out / "overview.png",
                image=tomogram.slice(shown),
                truth=mask[shown],
                probability=ais.open(outcome.outputs[0]).slice(shown) / 255,
                pixel_size=tomogram.pixel_size,
                scores=scores,
                history=history,
                annotated_slices=slices,
                title=f"Ribosomes in {tomogram.name}",
                subtitle=f"{model.info.architecture}, {BOXES} boxes on {SLICES} slices, slice {shown + 1}",
            )


def train(boxes: ais.TrainingSet, options: argparse.Namespace) -> tuple[ais.SegmentationModel, list[dict]]:
    model = ais.SegmentationModel(options.architecture, "Ribosome")
    began, computed = time.perf_counter(), time.process_time()
    job = model.train(
        boxes, epochs=options.epochs, batch_size=options.batch, n_copies=options.copies, augment=options.augment, seed=0
    )
    job.follow()
    steps = sum("batch_loss" in row for row in job.history)
    wall, cpu = time.perf_counter() - began, time.process_time() - computed
    print(f"trained {steps} steps of batch {options.batch} in {wall:.0f} s ({cpu:.0f} s of processor time)")
    for row in job.history:
        if "precision" in row and (row["epoch"] % 5 == 0 or row["epoch"] == options.epochs):
            print({key: round(value, 4) for key, value in row.items()})
    options.out.mkdir(parents=True, exist_ok=True)
    model.save(options.out / "Ribosome.scnm", overwrite=True)
    return model, job.history


if __name__ == "__main__":
    main()
