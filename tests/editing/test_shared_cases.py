"""The cases in tests/cases hold in the kernel; vitest checks that they hold in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from painting_reference.brush import sphere, stroke
from painting_reference.fill import fill_enclosed, lasso
from painting_reference.filters import Filter, apply_filters
from painting_reference.flood import flood

from ais_jupyter.core.editing.packing import pack_mask, unpack_mask

FOLDER = Path(__file__).resolve().parent.parent / "cases"


def read(name):
    cases = json.loads((FOLDER / name).read_text())
    assert len(cases) > 2
    return cases


def pixels(rows):
    return np.array([[pixel == "#" for pixel in row] for row in rows])


def whole(painted, shape):
    region, mask = painted
    result = np.zeros(shape, bool)
    result[region.slices] = mask
    return result


@pytest.mark.parametrize("case", read("brush.json"), ids=lambda case: f"{case['points']}-{case['radius']}")
def test_brush(case):
    painted = stroke(case["shape"], [tuple(p) for p in case["points"]], case["radius"], case["aspect"])
    assert np.array_equal(whole(painted, case["shape"]), pixels(case["mask"]))


def test_sphere():
    for case in read("sphere.json"):
        found = sphere(case["shape"], *case["centre"], case["radius"], case["z_aspect"])
        assert {str(z) for z in found} == set(case["slices"])
        for z, painted in found.items():
            assert np.array_equal(whole(painted, case["shape"][1:]), pixels(case["slices"][str(z)]))


def test_flood():
    first, *cases = read("flood.json")
    for case in cases:
        image = np.array(first["image"]) * case["scale"] + case["offset"]
        found = flood(image, case["y"], case["x"], case["radius"], case["sensitivity"], case["rule"], case["spread"])
        assert np.array_equal(whole(found, image.shape), pixels(case["mask"]))


def test_fill():
    for case in read("fill.json"):
        if case["tool"] == "lasso":
            painted = lasso(case["shape"], case["points"])
        else:
            painted = fill_enclosed(stroke(case["shape"], [tuple(p) for p in case["points"]], case["radius"]))
        assert np.array_equal(whole(painted, case["shape"]), pixels(case["mask"]))


def test_filters():
    first, *cases = read("filters.json")
    for case in cases:
        found = apply_filters(np.array(first["image"]), [Filter(**item) for item in case["filters"]])
        assert np.abs(found - np.array(case["result"])).max() < 1e-4


def test_packing():
    for case in read("packing.json"):
        mask = pixels(case["mask"])
        assert list(pack_mask(mask, compress=False)) == case["bytes"]
        assert np.array_equal(unpack_mask(bytes(case["bytes"]), mask.shape), mask)
