from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.raw_volume import RawVolume

STACK = np.random.default_rng(1).normal(size=(4, 5, 6)).astype(np.float32)


def check(path: Path, expected: np.ndarray) -> None:
    tomogram = open_file(path)
    assert tomogram.shape == expected.shape
    np.testing.assert_array_equal(tomogram.slice(2), expected[2])
    np.testing.assert_array_equal(tomogram.slice(2, "y"), expected[:, 2])
    np.testing.assert_array_equal(tomogram.slice(2, "x"), expected[:, :, 2])
    np.testing.assert_array_equal(tomogram.slab(1, 3), expected[1:3])


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}, {"bigtiff": True}, {"byteorder": ">"}])
def test_stacks(tmp_path: Path, options: dict) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack", **options)
    check(tmp_path / "a.tif", STACK)


def test_uncompressed_stacks_are_read_in_place(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK, photometric="minisblack")
    assert isinstance(open_file(tmp_path / "a.tif").data, RawVolume)


def test_one_page(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK[0])
    assert open_file(tmp_path / "a.tif").shape == (1, 5, 6)


def test_sizes_from_imagej_ome_and_tags(tmp_path: Path) -> None:
    axes = {"axes": "ZYX"}
    tifffile.imwrite(
        tmp_path / "a.tif", STACK, imagej=True, resolution=(10, 10), metadata={"unit": "nm", "spacing": 0.2, **axes}
    )
    assert open_file(tmp_path / "a.tif").voxel_size == pytest.approx((2.0, 1.0, 1.0))
    sizes = {f"PhysicalSize{a}": 1.5 for a in "XYZ"} | {f"PhysicalSize{a}Unit": "nm" for a in "XYZ"}
    tifffile.imwrite(tmp_path / "b.ome.tif", STACK, metadata=axes | sizes)
    assert open_file(tmp_path / "b.ome.tif").voxel_size == pytest.approx((15.0, 15.0, 15.0))
    tifffile.imwrite(
        tmp_path / "c.tif", STACK, photometric="minisblack", resolution=(2e7, 2e7), resolutionunit="CENTIMETER"
    )
    assert open_file(tmp_path / "c.tif").voxel_size == pytest.approx((5.0, 5.0, 5.0))
    tifffile.imwrite(tmp_path / "d.tif", STACK, photometric="minisblack", resolution=(72, 72), resolutionunit="INCH")
    assert open_file(tmp_path / "d.tif").voxel_size == (0.0, 0.0, 0.0)


def test_what_is_not_a_tomogram(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "rgb.tif", np.zeros((5, 6, 3), np.uint8), photometric="rgb")
    with pytest.raises(FileFormatError, match="colour"):
        open_file(tmp_path / "rgb.tif")
    tifffile.imwrite(tmp_path / "5d.tif", np.zeros((2, 3, 4, 5, 6), np.uint8), imagej=True)
    with pytest.raises(FileFormatError, match="axes"):
        open_file(tmp_path / "5d.tif")
    tifffile.imwrite(tmp_path / "complex.tif", STACK.astype(np.complex64), photometric="minisblack")
    with pytest.raises(FileFormatError, match="complex64"):
        open_file(tmp_path / "complex.tif")
    whole = tmp_path / "whole.tif"
    tifffile.imwrite(whole, STACK, photometric="minisblack")
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(FileFormatError):
        open_file(whole).slice(3)
