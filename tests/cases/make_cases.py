"""Write the cases that the kernel's tests (pytest) and the browser's (vitest) both check.

Run from the root of the repository after a change of the painting rules:
``PYTHONPATH=tests python tests/cases/make_cases.py``. Positions are [y, x]; row 0 comes first; masks are rows of ``#``
(painted) and ``.``. Images are whole numbers, to be multiplied by "scale" and added to "offset".
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from painting_reference.brush import sphere, stroke
from painting_reference.fill import fill_enclosed, lasso
from painting_reference.filters import (
    BOX,
    GAUSSIAN,
    OFFSET_GAUSSIAN,
    SOBEL_HORIZONTAL,
    SOBEL_VERTICAL,
    Filter,
    apply_filters,
)
from painting_reference.flood import flood

from ais_jupyter.core.editing.packing import pack_mask

FOLDER = Path(__file__).parent


def rows(painted, shape) -> list[str]:
    region, mask = painted
    whole = np.zeros(shape, bool)
    whole[region.slices] = mask
    return ["".join("#" if pixel else "." for pixel in row) for row in whole]


def write(name: str, cases: list[dict]) -> None:
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n")


def brush_cases() -> list[dict]:
    shape, cases = [18, 26], []
    for points, radius, aspect in [
        ([[8, 12]], 1.0, 1.0),
        ([[8, 12]], 2.5, 1.0),
        ([[8, 12]], 3.0, 1.0),
        ([[8, 12]], 7.3, 1.0),
        ([[0, 0]], 5.0, 1.0),
        ([[17, 25]], 4.2, 1.0),
        ([[-2, 12]], 4.0, 1.0),
        ([[30, 40]], 4.0, 1.0),
        ([[3, 2], [3, 20]], 1.0, 1.0),
        ([[2, 3], [14, 22]], 1.0, 1.0),
        ([[14, 22], [2, 3]], 1.0, 1.0),
        ([[2, 3], [15, 8]], 2.5, 1.0),
        ([[5, 4], [5, 4], [12, 9], [3, 21], [16, 21]], 1.8, 1.0),
        ([[-6, -3], [22, 29]], 3.0, 1.0),
        ([[8, 12]], 5.0, 2.0),
        ([[8, 4], [10, 20]], 4.0, 0.5),
    ]:
        mask = rows(stroke(shape, [tuple(p) for p in points], radius, aspect), shape)
        cases.append({"shape": shape, "points": points, "radius": radius, "aspect": aspect, "mask": mask})
    return cases


def sphere_cases() -> list[dict]:
    shape, cases = [5, 9, 9], []
    for centre, radius, z_aspect in [([2, 4, 4], 3.0, 1.0), ([0, 1, 8], 3.6, 1.0), ([2, 4, 4], 4.0, 2.0)]:
        found = sphere(shape, *centre, radius, z_aspect)
        slices = {str(z): rows(painted, shape[1:]) for z, painted in found.items()}
        cases.append({"shape": shape, "centre": centre, "radius": radius, "z_aspect": z_aspect, "slices": slices})
    return cases


def flood_cases() -> list[dict]:
    from scipy.ndimage import gaussian_filter

    rng = np.random.default_rng(4)
    smooth = gaussian_filter(rng.normal(size=(20, 28)), 1.5)
    image = np.round(128 + 100 * smooth / np.abs(smooth).max()).astype(int)
    cases = []
    for scale, offset in [(1.0, 0.0), (0.03125, -4.0), (1.0, -1000.0)]:
        values = image * scale + offset
        for y, x, radius, sensitivity, rule in [
            (10, 14, 6.5, 50.0, "relative"),
            (10, 14, 6.5, 90.0, "relative"),
            (2, 3, 5.0, 30.0, "relative"),
            (19, 27, 8.0, 1.0, "relative"),
            (5, 20, 9.5, 100.0, "relative"),
            (10, 14, 6.5, 50.0, "spread"),
            (10, 14, 6.5, 90.0, "spread"),
            (7, 5, 12.0, 70.0, "spread"),
            (-1, 5, 4.0, 50.0, "relative"),
        ]:
            spread = float(np.std(values))
            cases.append(
                {
                    "y": y, "x": x, "radius": radius, "sensitivity": sensitivity, "rule": rule, "spread": spread,
                    "scale": scale, "offset": offset,
                    "mask": rows(flood(values, y, x, radius, sensitivity, rule, spread), values.shape),
                }
            )  # fmt: skip
    zero = image - image[10, 14]  # nothing is within 0·(1 ± h)
    mask = rows(flood(zero, 10, 14, 6.5, 50.0), zero.shape)
    cases.append(
        {
            "y": 10, "x": 14, "radius": 6.5, "sensitivity": 50.0, "rule": "relative", "spread": 0.0,
            "scale": 1.0, "offset": -float(image[10, 14]), "mask": mask,
        }
    )  # fmt: skip
    return [{"image": image.tolist()}, *cases]


def fill_cases() -> list[dict]:
    shape = [16, 22]
    polygons = [
        [[2, 3], [2, 15], [12, 9]],
        [[2.5, 3.2], [13.1, 4.7], [9.9, 19.3], [1.2, 16.8]],
        [[1, 1], [14, 20], [1, 20], [14, 1]],
        [[-5, -5], [-5, 10], [30, 10], [30, -5]],
        [[3, 3], [3, 9]],
    ]
    strokes = [
        ([[3, 4], [3, 17], [12, 17], [12, 4], [3, 4]], 1.0),
        ([[8, 2], [2, 10], [8, 18], [14, 10], [8, 3]], 1.0),
        ([[3, 4], [3, 17], [12, 17], [12, 4], [9, 4]], 2.5),
        ([[0, 4], [10, 4], [10, 14], [0, 14]], 1.0),
    ]
    cases = [
        {"tool": "lasso", "shape": shape, "points": points, "mask": rows(lasso(shape, points), shape)}
        for points in polygons
    ]
    for points, radius in strokes:
        mask = rows(fill_enclosed(stroke(shape, [tuple(p) for p in points], radius)), shape)
        cases.append({"tool": "stroke", "shape": shape, "points": points, "radius": radius, "mask": mask})
    return cases


def filter_cases() -> list[dict]:
    rng = np.random.default_rng(5)
    image = rng.integers(-100, 100, (11, 14))
    cases: list[dict] = [{"image": image.tolist()}]
    for filters in [
        [Filter(GAUSSIAN, 1.0)],
        [Filter(GAUSSIAN, 3.0, -0.5)],
        [Filter(OFFSET_GAUSSIAN, 2.0)],
        [Filter(BOX, 2.0, 0.5)],
        [Filter(SOBEL_VERTICAL)],
        [Filter(SOBEL_HORIZONTAL)],
        [Filter(GAUSSIAN, 2.0), Filter(SOBEL_HORIZONTAL, 1.0, 0.5), Filter(BOX, 1.0, 1.0, enabled=False)],
    ]:
        result = apply_filters(image, filters)
        listed = [{"kind": f.kind, "parameter": f.parameter, "weight": f.weight, "enabled": f.enabled} for f in filters]
        cases.append({"filters": listed, "result": [[round(float(v), 4) for v in row] for row in result]})
    return cases


def packing_cases() -> list[dict]:
    rng = np.random.default_rng(6)
    cases = []
    for shape in [(1, 1), (3, 5), (4, 8), (7, 9)]:
        mask = rng.integers(0, 2, shape)
        text = ["".join("#" if pixel else "." for pixel in row) for row in mask]
        cases.append({"mask": text, "bytes": list(pack_mask(mask, compress=False))})
    return cases


def plane_cases() -> list[dict]:
    """Volumes whose voxels tell where they are (100 z + 10 y + x), and their planes as shown."""
    shape = (3, 4, 5)
    z, y, x = np.mgrid[: shape[0], : shape[1], : shape[2]]
    volume = 100 * z + 10 * y + x
    cases = []
    for i in (0, 2):
        shown = {"z": volume[i], "y": volume[:, i], "x": volume[:, :, i].T}
        cases += [{"shape": shape, "axis": axis, "index": i, "rows": rows.tolist()} for axis, rows in shown.items()]
    return cases


if __name__ == "__main__":
    write("planes.json", plane_cases())
    write("brush.json", brush_cases())
    write("sphere.json", sphere_cases())
    write("flood.json", flood_cases())
    write("fill.json", fill_cases())
    write("filters.json", filter_cases())
    write("packing.json", packing_cases())
