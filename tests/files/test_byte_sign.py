"""Signed and unsigned bytes, as IMOD, mrcfile, Ais and others write them."""

from __future__ import annotations

from pathlib import Path

import mrcfile
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.cli.program import run as main
from ais_jupyter.core.files.byte_sign import voxels_decide
from ais_jupyter.core.files.mrc import read_mrc, read_segmentation, save_tomogram
from ais_jupyter.core.files.mrc_header import IMOD_STAMP

GREY = np.clip(np.random.default_rng(0).normal(128, 20, (6, 40, 50)), 0, 255).round()


def write(path: Path, stored: np.ndarray, flags: int | None = None, statistics: bool = True) -> Path:
    """Write bytes with mrcfile, and the stamp and flags of IMOD where they are given."""
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(stored)
        if not statistics:
            file.header.dmin, file.header.dmax, file.header.dmean = 0, 0, 0
    if flags is not None:
        content = bytearray(path.read_bytes())
        content[152:160] = np.array([IMOD_STAMP, flags], "<i4").tobytes()
        path.write_bytes(bytes(content))
    return path


def voxels(path: Path, **options) -> np.ndarray:
    return read_mrc(path, **options).slab(0, len(GREY))


AS_SIGNED = (GREY - 128).astype(np.int8)
AS_UNSIGNED = GREY.astype(np.uint8).view(np.int8)


@pytest.mark.parametrize(
    ("stored", "flags", "statistics", "expected"),
    [
        (AS_SIGNED, 1, True, GREY),  # IMOD: 128 added, grey values as 3dmod shows them
        (AS_SIGNED, 1, False, GREY),
        (AS_SIGNED, 5, True, GREY),  # other flags beside it
        (AS_UNSIGNED, 0, True, GREY),
        (AS_UNSIGNED, 4, True, GREY),
        (AS_SIGNED, None, True, AS_SIGNED),  # negative minimum, grey values that hang together as signed
        (AS_UNSIGNED, None, True, GREY),  # Ais and others: unsigned bytes through mrcfile
        (AS_UNSIGNED, None, False, GREY),
        (np.zeros_like(AS_SIGNED) + np.arange(50, dtype=np.int8), None, True, np.zeros_like(GREY) + np.arange(50)),
        ((GREY > 140).astype(np.int8), None, True, GREY > 140),
        (-(GREY > 140).astype(np.int8), None, True, -(GREY > 140).astype(int)),
    ],
)
def test_the_values_that_were_meant_are_read(tmp_path, stored, flags, statistics, expected):
    found = voxels(write(tmp_path / "a.mrc", stored, flags, statistics))
    np.testing.assert_array_equal(found.astype(int), np.asarray(expected).astype(int))


@pytest.mark.parametrize("flags", [None, 0, 1])
def test_a_person_can_say_how_bytes_are_read(tmp_path, flags):
    path = write(tmp_path / "a.mrc", AS_SIGNED, flags)
    np.testing.assert_array_equal(ais.open(path, signed_bytes=True).slab(0, 6), AS_SIGNED)
    np.testing.assert_array_equal(ais.open(path, signed_bytes=False).slab(0, 6), AS_SIGNED.view(np.uint8))


def test_info_says_what_was_decided_and_why(tmp_path, capsys):
    assert main(["info", str(write(tmp_path / "imod.mrc", AS_SIGNED, 1))]) == 0
    assert "signed, shown as 0–255 (IMOD's flag" in capsys.readouterr().out
    assert main(["info", str(write(tmp_path / "ais.mrc", AS_UNSIGNED))]) == 0
    assert "unsigned (the header's minimum is -128" in capsys.readouterr().out


def test_a_mask_that_imod_saved_is_a_mask(tmp_path):
    truth = GREY > 140
    path = write(tmp_path / "truth.mrc", (truth.astype(int) - 128).astype(np.int8), 1)
    np.testing.assert_array_equal(voxels(path) != 0, truth)
    result = tmp_path / "t__A.mrc"
    with mrcfile.new(result) as file:
        file.set_data((truth * 255).astype(np.uint16))
    assert ais.evaluate(result, path).dice == 1.0


@pytest.mark.parametrize(("stored", "flags"), [(AS_SIGNED, 1), (AS_UNSIGNED, None), (AS_SIGNED, None)])
def test_saved_again_they_are_the_same(tmp_path, stored, flags):
    first = read_mrc(write(tmp_path / "a.mrc", stored, flags))
    save_tomogram(first, tmp_path / "b.mrc")
    again = read_mrc(tmp_path / "b.mrc")
    np.testing.assert_array_equal(again.slab(0, 6), first.slab(0, 6))
    assert again.dtype == first.dtype
    assert (tmp_path / "b.mrc").stat().st_size == (tmp_path / "a.mrc").stat().st_size


def test_results_of_ais_in_bytes_stay_0_to_127(tmp_path):
    path = write(tmp_path / "t__A.mrc", (GREY / 2).astype(np.int8))
    assert read_segmentation(path).full_scale == 127.0
    np.testing.assert_array_equal(read_segmentation(path).volume.slab(0, 6), (GREY / 2).astype(np.int8))


def test_a_sample_decides_by_where_the_histogram_would_be_torn(tmp_path):
    header = read_mrc(write(tmp_path / "a.mrc", AS_SIGNED)).data.header
    assert voxels_decide(AS_SIGNED.view(np.uint8), header).signed
    assert not voxels_decide(AS_UNSIGNED.view(np.uint8), header).signed
