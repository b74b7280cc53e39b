"""Rows and columns of planes as shown: the same in the kernel and in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.planes import as_shown, plane_as_shown, shown_shape
from ais_jupyter.core.data.tomogram import Tomogram

CASES = json.loads((Path(__file__).resolve().parents[1] / "cases" / "planes.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['axis']}{case['index']}")
def test_planes_are_those_of_the_browser(case):
    z, y, x = np.mgrid[tuple(slice(n) for n in case["shape"])]
    tomogram = Tomogram(100 * z + 10 * y + x)
    for axis in (case["axis"], "zyx".index(case["axis"])):
        assert plane_as_shown(tomogram, case["index"], axis).tolist() == case["rows"]
        assert shown_shape(axis, case["shape"]) == (len(case["rows"]), len(case["rows"][0]))


def test_planes_outside_and_unknown_axes_are_refused():
    with pytest.raises(IndexError, match="outside"):
        plane_as_shown(Tomogram(np.zeros((3, 4, 5))), 5, "x")
    with pytest.raises(InputError, match="axis"):
        as_shown(np.zeros((2, 2)), "w")
