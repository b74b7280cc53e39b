"""Competition and interactions, against the released program's output and by hand."""

from __future__ import annotations

import json

import mrcfile
import numpy as np
import pytest
from scipy.ndimage import correlate

from ais_jupyter.core.analysis.interactions import combine, compete, interact, near_mask
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction, ModelInfo

WEIGHTS = -2.0 * np.array([[0.05, 0.10, 0.05], [0.10, 0.40, 0.10], [0.0, 0.10, 0.10]])


def linear_network(image, bias):
    """The network the reference volumes were made with: 3×3 correlation and a sigmoid, on a padded slice."""
    padded = np.pad(image, 32, mode="reflect")
    response = correlate(padded, WEIGHTS, mode="constant")[32:-32, 32:-32]
    return 1 / (1 + np.exp(-(response + bias)))


def two_models(shared, first, last):
    """Levels 0–255 of the two models of the reference runs."""
    with mrcfile.open(shared / "samples/tomo/sample_f32.mrc", permissive=True) as mrc:
        volume, pixel_size = mrc.data.astype(np.float64), float(mrc.voxel_size.x)
    slices = np.linspace(0, len(volume) - 1, min(32, len(volume))).astype(int)
    margin_y, margin_x = (min(int(0.2 * n), 64) for n in volume.shape[1:])
    inner = volume[slices, margin_y:-margin_y, margin_x:-margin_x]
    centre = inner.mean()
    scale = 1.4826 * np.median(np.abs(inner - np.median(inner))) + 1e-7
    normalized = (volume[first:last] - centre) / scale
    results = {
        title: np.stack([np.floor(linear_network(image, bias) * 255) for image in normalized]).astype(np.uint8)
        for title, bias in (("0", -3.0), ("1", -2.0))
    }
    return results, pixel_size


@pytest.mark.parametrize("run", ["coloc", "avoid", "compete"])
def test_same_as_the_released_program(shared, run):
    manifest = json.loads((shared / "samples/golden_inference/manifest_gui.json").read_text())
    records = [r for r in manifest if r["file"].startswith(f"sample_f32__{run}_")]
    assert len(records) == 2
    record = records[0]
    first, last = record["export_range"]
    results, pixel_size = two_models(shared, first, last)
    models = [ModelInfo(str(i), emit=i in record["emit"], absorb=i in record["absorb"]) for i in (0, 1)]
    interactions = [
        Interaction(str(i["parent"]), str(i["partner"]), i["type"].lower(), i["radius_nm"] * 10, i["threshold"])
        for i in record["interactions"]
    ]
    combined = combine(results, models, interactions, pixel_size)
    for record in records:
        expected = mrcfile.read(shared / "samples/golden_inference" / record["file"])
        ours = combined[str(record["model_index"])].astype(int)
        difference = np.abs(ours - expected[first:last].astype(int))
        assert np.count_nonzero(difference) <= 5, record["file"]
        assert difference.max() <= 1, record["file"]
        assert ours.any()


def brute_force_near(values, threshold, radius):
    above = np.argwhere(values > threshold)
    near = np.zeros(values.shape, bool)
    for y, x in np.ndindex(*values.shape):
        near[y, x] = any((y - a) ** 2 + (x - b) ** 2 < int(radius) ** 2 for a, b in above)
    return near


@pytest.mark.parametrize("radius", [0, 0.9, 1, 1.9, 2, 3, 5])
def test_reach_is_a_strict_disc_of_whole_pixels(radius):
    values = np.zeros((20, 23), np.float32)
    values[[3, 4, 17], [5, 20, 9]] = 0.9
    near = near_mask(values, 0.5, radius)
    assert np.array_equal(near, brute_force_near(values, 0.5, radius))
    if radius < 1:
        assert not near.any()


def test_reach_stays_in_the_slice_and_is_empty_without_partner():
    values = np.zeros((3, 9, 9), np.uint8)
    values[1, 4, 4] = 255
    near = near_mask(values, 0.5, 3)
    assert near[1].any()
    assert not near[[0, 2]].any()


def test_levels_are_compared_with_the_threshold_times_255():
    levels = np.array([[127, 128]], np.uint8)
    assert near_mask(levels, 0.5, 1).tolist() == [[False, True]]


def test_only_the_strictly_weaker_are_absorbed():
    results = {
        "a": np.array([[10, 20, 30]], np.uint8),
        "b": np.array([[10, 25, 5]], np.uint8),
        "c": np.array([[1, 99, 40]], np.uint8),
    }
    competed = compete(results, emitting=["a", "b"], absorbing=["b", "c"])
    assert competed["a"].tolist() == [[10, 20, 30]]
    assert competed["b"].tolist() == [[10, 25, 0]]
    assert competed["c"].tolist() == [[0, 99, 40]]
    assert competed["c"].dtype == np.uint8
    assert results["c"].tolist() == [[1, 99, 40]]  # the input is not touched


def test_a_later_interaction_sees_what_an_earlier_one_left():
    ones = np.ones((4, 4), np.float32)
    nothing = np.zeros((4, 4), np.float32)
    first = Interaction("a", "empty", "colocalize", 10.0)
    second = Interaction("b", "a", "avoid", 10.0)
    results = {"a": ones, "b": ones, "empty": nothing}
    assert interact(results, [first, second], 10.0)["b"].all()
    assert not interact(results, [second, first], 10.0)["b"].any()


def test_interactions_with_absent_models_are_left_out_of_an_export():
    results = {"a": np.ones((4, 4), np.float32)}
    assert combine(results, [ModelInfo("a")], [Interaction("a", "gone", "avoid")], 10.0)["a"].all()
    with pytest.raises(InputError, match="gone"):
        interact(results, [Interaction("a", "gone", "avoid")], 10.0)


def test_a_radius_needs_a_pixel_size():
    results = {"a": np.ones((4, 4), np.float32)}
    assert interact(results, [], 0.0)["a"].all()
    with pytest.raises(InputError, match="voxel size"):
        interact(results, [Interaction("a", "a")], 0.0)
