"""Scores against counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ais_jupyter.core.analysis.evaluation import evaluate
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram


def volumes(seed=0, shape=(5, 12, 14)):
    rng = np.random.default_rng(seed)
    truth = rng.random(shape) < 0.3
    levels = np.clip(rng.normal(90, 50, shape) + 80 * truth, 0, 255).astype(np.uint8)
    return levels, truth


def by_hand(found, truth):
    tp, fp, fn = (found & truth).sum(), (found & ~truth).sum(), (~found & truth).sum()
    return 2 * tp / (2 * tp + fp + fn), tp / (tp + fp + fn), tp / (tp + fp), tp / (tp + fn)


@given(st.integers(0, 10_000), st.integers(0, 254))
def test_whole_and_per_slice_as_counted(seed, threshold):
    levels, truth = volumes(seed, (3, 8, 9))
    scores = evaluate(levels, truth, threshold=threshold)
    found = levels > threshold
    with np.errstate(invalid="ignore"):
        assert (scores.dice, scores.iou, scores.precision, scores.recall) == pytest.approx(
            by_hand(found, truth), nan_ok=True
        )
        for z in range(3):
            per_slice = [values[z] for values in scores.per_slice.values()]
            assert per_slice == pytest.approx(by_hand(found[z], truth[z]), nan_ok=True)
    assert scores.curve[threshold] == pytest.approx(scores.dice)


def test_best_threshold_is_the_best():
    levels, truth = volumes()
    scores = evaluate(levels, truth)
    every = [evaluate(levels, truth, threshold=t).dice for t in range(255)]
    assert scores.best_dice == pytest.approx(max(every))
    assert every[scores.best_threshold] == pytest.approx(max(every))
    assert scores.at(scores.best_threshold).dice == pytest.approx(max(every))


def test_a_plateau_of_thresholds_gives_its_middle():
    truth = np.zeros((1, 4, 4), bool)
    truth[0, :2] = True
    scores = evaluate(np.where(truth, 200, 20).astype(np.uint8), truth)
    assert scores.best_dice == 1.0
    assert 100 <= scores.best_threshold <= 120


@pytest.mark.parametrize(
    "convert",
    [
        lambda v: v,
        lambda v: v.astype(np.uint16),
        lambda v: (v / np.float32(255)).astype(np.float32),
        Tomogram,
        lambda v: Segmentation(Tomogram(v), "tomogram", "feature"),
    ],
    ids=["uint8", "uint16", "float", "tomogram", "segmentation"],
)
def test_every_scale_and_container_gives_the_same(convert):
    levels, truth = volumes()
    levels[levels == 127] = 129  # rounding of floats at the threshold is not what is tested
    levels[levels == 128] = 129
    assert evaluate(convert(levels), truth).dice == pytest.approx(evaluate(levels, truth).dice)


def test_signed_bytes_reach_127_and_masks_are_certain():
    levels, truth = volumes()
    assert evaluate((levels // 2).astype(np.int8), truth).dice == pytest.approx(evaluate(levels, truth).dice, abs=0.02)
    assert evaluate(truth, truth).dice == 1.0
    assert evaluate(~truth, truth).dice == 0.0


def test_ignored_slices_and_voxels_do_not_count():
    levels, truth = volumes()
    some = evaluate(levels, truth, ignore=[1, 3])
    assert some.slices.tolist() == [0, 2, 4]
    assert some.dice == pytest.approx(by_hand(levels[[0, 2, 4]] > 127, truth[[0, 2, 4]])[0])
    region = np.zeros(truth.shape, np.int8)
    region[[1, 3]] = 1
    assert evaluate(levels, truth, ignore=region).dice == pytest.approx(some.dice)
    assert evaluate(levels, truth, z=(1, 3)).slices.tolist() == [1, 2]


def test_nothing_against_nothing_is_not_a_number():
    empty = np.zeros((2, 3, 3), bool)
    scores = evaluate(empty, empty)
    assert np.isnan(scores.dice)
    assert 0 <= scores.best_threshold < 256
    assert "nan" in repr(scores)


def test_rows_are_ready_for_a_table():
    levels, truth = volumes()
    rows = evaluate(levels, truth, z=(2, 4)).as_rows()
    assert [r["slice"] for r in rows] == ["all", 2, 3]
    assert set(rows[0]) == set(rows[1]) == {"slice", "dice", "iou", "precision", "recall"}


@pytest.mark.parametrize(
    ("segmentation", "ignore", "expected"),
    [
        (np.zeros((5, 12, 13), np.uint8), None, "must agree"),
        (np.full((5, 12, 14), 3.0), None, "0–1"),
        (np.full((5, 12, 14), np.nan), None, "0–1"),
        (np.zeros((5, 12, 14), np.uint8), range(5), "nothing to compare"),
        (np.zeros((5, 12, 14), np.uint8), np.zeros((5, 12, 13)), "must agree"),
    ],
)
def test_input_that_makes_no_sense(segmentation, ignore, expected):
    with pytest.raises(InputError, match=expected):
        evaluate(segmentation, volumes()[1], ignore=ignore)


def test_only_one_slice_at_a_time_is_read():
    levels, truth = volumes()

    class OneSlice:
        shape, dtype = levels.shape, levels.dtype

        def __getitem__(self, key):
            part = levels[key]
            assert part.ndim == 2
            return part

    assert evaluate(Tomogram(OneSlice()), truth).dice == pytest.approx(evaluate(levels, truth).dice)


# scales and ranges ---------------------------------------------------------------------------------------------------

TRUTH = np.random.default_rng(0).random((4, 20, 24)) > 0.7


@pytest.mark.parametrize(
    "perfect",
    [TRUTH, TRUTH.astype(np.uint8), TRUTH.astype(np.int8), TRUTH.astype(np.uint16), TRUTH.astype(np.int64),
     TRUTH.astype(np.float32), TRUTH * np.uint8(255), TRUTH * np.int16(255), TRUTH * np.int8(127)],
    ids=lambda a: f"{a.dtype} to {a.max()}",
)  # fmt: skip
def test_a_perfect_result_is_perfect_in_every_scale(perfect):
    assert evaluate(perfect, TRUTH).dice == 1.0


def test_values_of_no_scale_are_asked_about():
    with pytest.raises(InputError, match="found 0 to 1000"):
        evaluate(TRUTH * np.int16(1000), TRUTH)
    with pytest.raises(InputError, match="found -1 to 0"):
        evaluate(-TRUTH.astype(np.int16), TRUTH)


@pytest.mark.parametrize("name", ["truth.mrc", "truth.tif", "truth.mrc.gz", "truth.rec"])
def test_every_volume_that_opens_can_be_a_truth_and_a_result(tmp_path, monkeypatch, name):
    import gzip

    import tifffile

    import ais_jupyter as ais
    from ais_jupyter.core.files.mrc import write_mrc

    path = tmp_path / name
    if name.endswith(".tif"):
        tifffile.imwrite(path, TRUTH.astype(np.uint8), photometric="minisblack")
    else:
        write_mrc(tmp_path / "t.mrc", TRUTH.astype(np.int8), 10.0)
        content = (tmp_path / "t.mrc").read_bytes()
        path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    write_mrc(tmp_path / "found.mrc", TRUTH * np.uint8(255), 10.0)
    assert ais.evaluate(tmp_path / "found.mrc", path).dice == 1.0
    assert ais.evaluate(path, path).dice == 1.0
    monkeypatch.setenv("HOME", str(tmp_path))
    assert ais.evaluate("~/found.mrc", f"~/{name}").dice == 1.0


def test_only_what_was_segmented_is_scored(tmp_path):
    import ais_jupyter as ais
    from ais_jupyter.core.data.geometry import Region
    from ais_jupyter.core.data.segmentation import Extent
    from ais_jupyter.core.files.volume_writer import VolumeWriter

    extent = Extent((1, 3), Region(2, 12, 3, 20))
    with VolumeWriter(tmp_path / "t__A.mrc", TRUTH.shape, np.uint8, 10.0, labels=[extent.label]) as writer:
        for z in range(1, 3):
            plane = np.zeros(TRUTH.shape[1:], np.uint8)
            plane[extent.region.slices] = TRUTH[z][extent.region.slices] * 255
            writer.write(z, plane)
    scores = ais.evaluate(tmp_path / "t__A.mrc", TRUTH)
    assert scores.dice == 1.0
    assert scores.slices.tolist() == [1, 2]
    assert int(scores.positive.sum() + scores.negative.sum()) == 2 * 10 * 17
    assert ais.evaluate(tmp_path / "t__A.mrc", TRUTH, z=(0, 4)).slices.tolist() == [0, 1, 2, 3]
