"""Volumes that the desktop program made with a known network, made again."""

from __future__ import annotations

import json

import mrcfile
import numpy as np
import pytest
from linear_test import linear_model

from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.workflows import segment

GUI = [
    "sample_f32__global_full", "sample_f32__perslice", "sample_f32__tiled_average", "sample_f32__tiled_best",
    "sample_f32__tiled_perslice", "sample_f32__crop", "sample_f32__tta4", "sample_f32__tta8", "sample_f32__rescale15A",
    "sample_f32__depth5", "sample_f32__depth5_tta16", "sample_f32__trim", "sample_i8__i8", "sample_i16__i16",
]  # fmt: skip

#: Folder → output, model and options of the command line (``ais segment``).
CLI = {
    "default": ("sample_f32__LinearTest2D", {}, {}),
    "i8": ("sample_i8__LinearTest2D", {}, {}),
    "tta4": ("sample_f32__LinearTest2D", {}, {"tta": 4}),
    "tta8": ("sample_f32__LinearTest2D", {}, {"tta": 8, "center": 25}),
    "legacynorm": ("sample_f32__LinearTest2D", {"normalization": None}, {"center": 25}),
    "center50_sigma": ("sample_f32__LinearTest2D", {}, {"center": 50, "sigma": 15}),
    "depth5": ("sample_f32__LinearTest25D", {"depth": 5}, {"center": 25}),
    "rescale": ("sample_f32__LinearTest2D_15A", {"voxel_size": 15.68}, {"center": 25, "resize_alignment": "corners"}),
    "dataapix0": ("sample_f32__LinearTest2D_15A", {"voxel_size": 15.68}, {"center": 25, "voxel_size": 0.0}),
}


def assert_same_volume(ours, theirs):
    """At most one grey level off, at a handful of voxels."""
    difference = np.abs(ours.astype(int) - theirs.astype(int))
    assert difference.max() <= 1
    assert (difference > 0).sum() <= 20


@pytest.mark.parametrize("name", GUI)
def test_volumes_of_the_desktop_program(shared, tmp_path, name):
    rows = json.loads((shared / "samples/golden_inference/manifest_gui.json").read_text())
    row = next(r for r in rows if r["file"] == name + ".mrc")
    source, settings = row["tomogram"].split(".")[0], row["settings"]
    model = linear_model(
        title=row["models"][0],
        depth=5 if "25D" in row["models"][0] else 1,
        voxel_size=15.68 if "15A" in row["models"][0] else 7.84,
    )
    tomogram = open_file(shared / f"samples/tomo/{source}.mrc")
    job = segment(
        model,
        tomogram,
        tmp_path,
        z_range=row["export_range"],
        roi=Region.from_ais(row["crop_roi"], tomogram.shape[1]),
        precision="float32",
        tta=row["tta"],
        tiled=bool(settings["TILED_MODE"]),
        overlap=row["overlap"],
        overlap_mode="best" if settings["OVERLAP_MODE"] else "average",
        trim_edges=bool(settings["TRIM_EDGES"]),
        normalization="per-slice" if settings["NORMALIZATION"] == "per-slice" else "model",
    )
    (outcome,) = job.result()
    assert outcome.error is None
    assert_same_volume(mrcfile.read(outcome.outputs[0]), mrcfile.read(shared / f"samples/golden_inference/{name}.mrc"))


@pytest.mark.parametrize("name", CLI)
def test_volumes_of_the_command_line(shared, tmp_path, name):
    output, model, options = CLI[name]
    source, title = output.split("__")
    tomogram = open_file(shared / f"samples/tomo/{source}.mrc")
    job = segment(linear_model(title=title, **model), tomogram, tmp_path, precision="float32", **options)
    (outcome,) = job.result()
    assert outcome.error is None
    assert_same_volume(
        mrcfile.read(outcome.outputs[0]), mrcfile.read(shared / f"samples/golden_inference/cli/{name}/{output}.mrc")
    )
