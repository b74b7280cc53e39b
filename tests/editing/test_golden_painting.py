"""Brush, flood brush, filters, contrast and histogram against what the desktop program gave."""

from __future__ import annotations

import json

import numpy as np
from painting_reference.brush import disc
from painting_reference.display import autocontrast, histogram
from painting_reference.filters import Filter, apply_filters
from painting_reference.flood import flood


def test_brush_and_flood_masks_are_those_of_the_desktop_program(shared):
    folder = shared / "samples" / "golden_brush"
    masks = np.load(folder / "masks.npz")
    for case in json.loads((folder / "manifest.json").read_text()):
        expected = masks[case["key"]]
        y, x, radius = case["y"], case["x"], case["brush_radius_px"]
        if "image" in case:
            image = np.load(shared / "samples" / "golden_filters" / case["image"])
            region, mask = flood(image, y, x, radius, case["sensitivity"])
        else:
            region, mask = disc(expected.shape, y, x, radius)
        found = np.zeros(expected.shape, np.uint8)
        found[region.slices] = mask
        assert np.array_equal(found, expected), case["key"]
        assert found.sum() == case["n"]


def test_filters_contrast_and_histogram_are_those_of_the_desktop_program(shared):
    folder = shared / "samples" / "golden_filters"
    image = np.load(folder / "raw_slice16.npy")
    for case in json.loads((folder / "manifest.json").read_text()):
        filters = [Filter(f["type"], f["param"], f["weight"]) for f in case["filters"]]
        found = apply_filters(image, filters)
        expected = np.load(folder / case["file"])
        scale = np.abs(expected).max()
        assert np.abs(found - expected).max() <= 5e-7 * scale, case["file"]
        assert np.allclose(autocontrast(expected), case["autocontrast"], rtol=1e-7)
        edges, counts = histogram(expected)
        assert np.allclose([edges[0], edges[-1]], case["hist_bins_first_last"], rtol=1e-7)
        assert np.allclose(counts, case["hist_log_counts"], atol=1e-5)
