"""Blob picking beside the plain way, SciPy and scikit-image on the whole volume, in interleaved rounds of one run.

python benchmarks/picking.py
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from measure import describe_machine
from scipy import ndimage
from skimage.feature import peak_local_max

from ais_jupyter.core.analysis.picking import pick_particles
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram

SHAPE, VOXEL = (160, 384, 384), 10.0
SPACING, MIN_SIZE, MARGIN = 10, 100, 16  # voxels


def particles(rng: np.random.Generator) -> np.ndarray:
    """150 balls as large as ribosomes."""
    levels = np.zeros(SHAPE, np.uint8)
    ball = (np.square(np.indices((25, 25, 25)) - 12).sum(axis=0)) <= 12**2
    for z, y, x in rng.integers((13, 13, 13), np.array(SHAPE) - 13, (150, 3)):
        levels[z - 12 : z + 13, y - 12 : y + 13, x - 12 : x + 13][ball] = 255
    return levels


def field(rng: np.random.Generator, share: float) -> np.ndarray:
    """Blobs without a shape of their own, in this share of the volume."""
    smooth = ndimage.gaussian_filter(rng.normal(size=SHAPE).astype(np.float32), 4)
    return ((smooth > np.quantile(smooth, 1 - share)) * 255).astype(np.uint8)


def plain(levels: np.ndarray) -> list:
    labels, _ = ndimage.label(levels > 128)
    keep = np.bincount(labels.ravel()) >= MIN_SIZE
    keep[0] = False
    distance = ndimage.distance_transform_edt(keep[labels])
    points = peak_local_max(distance, min_distance=SPACING)
    inside = np.all((points >= MARGIN) & (points < np.array(SHAPE) - MARGIN), axis=1)
    return points[inside].tolist()


def ours(levels: np.ndarray) -> list:
    segmentation = Segmentation(Tomogram(levels, VOXEL, name="t__p"), "t", "p")
    options = PickingOptions(spacing=SPACING * VOXEL, min_size=MIN_SIZE * VOXEL**3, margin=MARGIN)
    return pick_particles(segmentation, options).picks.positions.tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(describe_machine())
    rng = np.random.default_rng(0)
    inputs = {"150 particles": particles(rng), "4 % of the volume": field(rng, 0.04), "25 %": field(rng, 0.25)}
    print(f"{'×'.join(map(str, SHAPE))}, processor seconds (wall), medians of {options.rounds} rounds")
    for name, levels in inputs.items():
        taken: dict = {plain: [], ours: []}
        found = {}
        for _ in range(options.rounds):
            for way, times in taken.items():
                wall, cpu = time.perf_counter(), time.process_time()
                found[way] = sorted(way(levels))
                times.append((time.process_time() - cpu, time.perf_counter() - wall))
        (cpu_plain, plain_wall), (cpu_ours, ours_wall) = (
            [statistics.median(column) for column in zip(*times)] for times in taken.values()
        )
        same = "the same picks" if found[plain] == [[int(c) for c in place] for place in found[ours]] else "OTHER PICKS"
        print(
            f"{name}: plain {cpu_plain:.2f} ({plain_wall:.2f}), ours {cpu_ours:.2f} ({ours_wall:.2f}), "
            f"{cpu_plain / cpu_ours:.1f}× ({plain_wall / ours_wall:.1f}×); {len(found[ours])} picks, {same}"
        )


if __name__ == "__main__":
    main()
