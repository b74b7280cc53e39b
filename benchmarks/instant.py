"""The instant forest: Dice on slices that were not annotated, after 1, 2 and 6 annotated ones, and what it costs.

    python benchmarks/instant.py [--folder DIR] [--data TOMOGRAM.mrc TRUTH.mrc]...

Without ``--data`` the simulated sample with a seed of its own is taken. It learns from boxes (7, 14 or 40 of 64 px) and
from whole painted slices without boxes. The settings of the forest were chosen on nine slices of ``sim_ribosomes``
(`CHOSEN_ON`), so that its scores leave out these slices and their neighbours, and those of annotated ones.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from measure import describe_machine

import ais_jupyter as ais
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.workflows import annotate_from_mask

BOX_SIZE, SEED = 64, 11
#: Annotated slices → boxes on them.
AMOUNTS = {1: 7, 2: 14, 6: 40}
#: Slices of ``sim_ribosomes`` on which trees, levels and rate were chosen; in other tomograms they mean nothing.
CHOSEN_ON = (0, 12, 31, 50, 69, 88, 107, 126, 138)
NEAR = 3
SCORED = 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None, help="keep the sample here for the next run")
    parser.add_argument("--data", nargs=2, action="append", metavar=("TOMOGRAM", "TRUTH"), default=[])
    options = parser.parse_args()
    print(describe_machine())
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        data = options.data or [sample(folder)]
        for tomogram, truth in data:
            measure(ais.open(tomogram), ais.open(truth))


def sample(folder: Path) -> tuple[Path, Path]:
    paths = ais.sample_tomogram(folder, seed=SEED)
    return paths.tomogram, paths.ribosome_mask


def measure(tomogram: ais.Tomogram, truth: ais.Tomogram) -> None:
    mask = truth.slab(0, truth.shape[0]) != 0
    depth = tomogram.shape[0]
    every = [int(z) for z in np.linspace(0.174, 0.82, max(AMOUNTS)) * depth]
    taken = {1: every[2:3], 2: every[1:5:3], 6: every}
    left_out = [*every, *(CHOSEN_ON if "sim" in str(tomogram.path) else ())]
    rest = [z for z in range(depth) if min(abs(z - one) for one in left_out) >= NEAR]
    scored = [rest[i] for i in np.linspace(0, len(rest) - 1, min(SCORED, len(rest))).astype(int)]
    print(f"\n{tomogram!r}; scored on {len(scored)} of its slices: {scored}\n")
    print("| annotated | learns from | to learn | processor time | per slice | Dice at 0.5 | best Dice |")
    print("|---|---|---|---|---|---|---|")
    for count, boxes in AMOUNTS.items():
        for way in ("boxes", "painted slices"):
            annotated = ais.AnnotatedTomogram(tomogram)
            annotate_from_mask(annotated, "Ribosome", mask, taken[count], boxes, BOX_SIZE)
            source = ais.extract(annotated, "Ribosome", box_size=BOX_SIZE, depth=5) if way == "boxes" else annotated
            if way != "boxes":
                for z in taken[count]:
                    annotated.features[0].set_boxes(z, [])
            model = ais.SegmentationModel("Instant forest", "Ribosome")
            wall, cpu = time.perf_counter(), time.process_time()
            model.train(source, seed=0).result()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            found, each = applied(model, tomogram, scored)
            at_half, best = dice(found, mask[scored])
            amount = f"{count} slices, {boxes} boxes" if way == "boxes" else f"{count} slices"
            print(f"| {amount} | {way} | {wall:.2f} s | {cpu:.2f} s | {each:.2f} s | {at_half:.3f} | {best:.3f} |")


def applied(model: ais.SegmentationModel, tomogram: ais.Tomogram, slices: list[int]) -> tuple[np.ndarray, float]:
    """Probabilities of some slices, and the median seconds for one."""
    segmenter = Segmenter(model.engine(), model.info, tomogram)
    segmenter.slice(slices[0])  # the statistic of the tomogram is measured once
    found, seconds = [], []
    for z in slices:
        began = time.perf_counter()
        found.append(segmenter.slice(z))
        seconds.append(time.perf_counter() - began)
    return np.stack(found), float(np.median(seconds))


def dice(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Dice at probability 0.5, and the best over thresholds."""
    scores = {
        threshold: 2 * ((found > threshold) & truth).sum() / max(1, (found > threshold).sum() + truth.sum())
        for threshold in np.linspace(0.05, 0.95, 19).round(2)
    }
    return float(scores[0.5]), float(max(scores.values()))


if __name__ == "__main__":
    main()
