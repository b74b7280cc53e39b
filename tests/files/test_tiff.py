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


# stacks as other programs write them --------------------------------------------------------------------------------

DEEP = np.arange(6 * 20 * 24, dtype=np.uint16).reshape(6, 20, 24)


def appended(path: Path) -> None:
    for plane in DEEP:
        tifffile.imwrite(path, plane, append=True)


def mixed_compression(path: Path) -> None:
    with tifffile.TiffWriter(path) as file:
        for number, plane in enumerate(DEEP):
            file.write(plane, contiguous=False, metadata=None, compression="zlib" if number % 2 else None)


def thumbnail_first(path: Path) -> None:
    with tifffile.TiffWriter(path) as file:
        file.write(DEEP[0, :10, :12], metadata=None)
        for plane in DEEP:
            file.write(plane, contiguous=False, metadata=None)


def thumbnail_last(path: Path) -> None:
    with tifffile.TiffWriter(path) as file:
        file.write(DEEP, photometric="minisblack", metadata=None)
        file.write(DEEP[0, :10, :12], metadata=None)


def pyramid_in_sub_images(path: Path) -> None:
    with tifffile.TiffWriter(path) as file:
        for plane in DEEP:
            file.write(plane, subifds=1, metadata=None, contiguous=False)
            file.write(plane[::2, ::2], subfiletype=1, metadata=None)


def tiled(path: Path) -> None:
    tifffile.imwrite(path, DEEP, tile=(16, 16), photometric="minisblack", compression="zlib")


def differenced(path: Path) -> None:
    tifffile.imwrite(path, DEEP, photometric="minisblack", compression="zlib", predictor=True)


def by_pillow(path: Path) -> None:
    from PIL import Image

    first, *rest = (Image.fromarray(plane) for plane in DEEP)
    first.save(path, save_all=True, append_images=rest, compression="tiff_deflate")


def by_imagej(path: Path) -> None:
    tifffile.imwrite(path, DEEP, imagej=True, metadata={"axes": "ZYX"})


def by_ome(path: Path) -> None:
    tifffile.imwrite(path, DEEP, ome=True, metadata={"axes": "ZYX"})


@pytest.mark.filterwarnings("ignore:.*left out")
@pytest.mark.parametrize(
    "write",
    [appended, mixed_compression, thumbnail_first, thumbnail_last, pyramid_in_sub_images, tiled, differenced, by_pillow,
     by_imagej, by_ome],
)  # fmt: skip
def test_all_slices_of_a_stack_are_read_in_order(tmp_path: Path, write) -> None:
    write(tmp_path / "a.tif")
    tomogram = open_file(tmp_path / "a.tif")
    assert tomogram.shape == DEEP.shape
    np.testing.assert_array_equal(tomogram.slab(0, 6), DEEP)
    np.testing.assert_array_equal(tomogram.slice(7, "x"), DEEP[:, :, 7])


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    thumbnail_first(tmp_path / "a.tif")
    with pytest.warns(UserWarning, match="1 smaller images"):
        open_file(tmp_path / "a.tif")


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8", "?"])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_every_kind_of_number(tmp_path: Path, dtype: str, compression: str | None) -> None:
    stack = (DEEP % 2 if dtype == "?" else DEEP % 100).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack", compression=compression)
    np.testing.assert_array_equal(open_file(tmp_path / "a.tif").slab(0, 6), stack)


def test_two_tomograms_in_one_file_are_not_made_one(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "two.ome.tif", ome=True) as file:
        for _ in range(2):
            file.write(DEEP, photometric="minisblack", metadata={"axes": "ZYX"})
    with pytest.raises(FileFormatError, match="holds 2 images of 6, 6 slices"):
        open_file(tmp_path / "two.ome.tif")
    with tifffile.TiffWriter(tmp_path / "kinds.tif") as file:
        file.write(DEEP[0], metadata=None)
        file.write(DEEP[1].astype(np.float32), metadata=None)
    with pytest.raises(FileFormatError, match="one stack of equal slices"):
        open_file(tmp_path / "kinds.tif")


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("back_to", [0, 1])
def test_pages_in_a_circle(tmp_path: Path, big: bool, back_to: int) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path, bigtiff=big) as file:
        for plane in DEEP[:3]:
            file.write(plane, metadata=None, contiguous=False)
    with tifffile.TiffFile(path) as tiff:
        pages = [page.offset for page in tiff.pages]
        entries = len(tiff.pages[2].tags)
    content = bytearray(path.read_bytes())
    at = pages[2] + (8 + entries * 20 if big else 2 + entries * 12)
    size = 8 if big else 4
    content[at : at + size] = pages[back_to].to_bytes(size, "little")
    path.write_bytes(bytes(content))
    with pytest.raises(FileFormatError, match="back to an earlier one"):
        open_file(path)


def imagej_stack(path: Path, unit: str, size: float) -> None:
    """Write a stack as ImageJ does, with units that are not ASCII, too."""
    room = "Q" * max(1, len(unit.encode()))
    metadata = {"unit": room, "axes": "ZYX", "spacing": size}
    tifffile.imwrite(path, DEEP, imagej=True, resolution=(1 / size, 1 / size), metadata=metadata)
    content = path.read_bytes()
    assert content.count(f"unit={room}".encode()) == 1
    path.write_bytes(content.replace(f"unit={room}".encode(), f"unit={unit or ' '}".encode()))


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("nm", 20.0), ("Nanometers", 20.0), ("nanometres", 20.0), ("Å", 2.0), ("\u212b", 2.0), ("Angstrom", 2.0),
     ("angstroms", 2.0), ("A", 2.0), ("pm", 0.02), ("micron", 0.0), ("pixel", 0.0), ("", 0.0)],
)  # fmt: skip
def test_units_in_every_spelling(tmp_path: Path, unit: str, expected: float) -> None:
    imagej_stack(tmp_path / "a.tif", unit, 2.0)
    assert open_file(tmp_path / "a.tif").pixel_size == pytest.approx(expected)


@pytest.mark.parametrize("micro", ["µm", "μm", "um", "\\u00B5m", "micron", "Micrometers"])
def test_the_micrometre_of_imagej(tmp_path: Path, micro: str) -> None:
    imagej_stack(tmp_path / "a.tif", micro, 0.001)
    assert open_file(tmp_path / "a.tif").pixel_size == pytest.approx(10.0)


def test_a_description_that_speaks_of_apix_makes_no_training_set(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="minisblack", description="motion corrected, apix=1.2")
    assert open_file(tmp_path / "a.tif").shape == DEEP.shape
    tifffile.imwrite(tmp_path / "b.tif", DEEP, photometric="minisblack", description="apix=1.2", metadata=None)
    assert open_file(tmp_path / "b.tif").shape == DEEP.shape


def test_the_package_for_other_compressions_is_named(tmp_path: Path, monkeypatch) -> None:
    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="minisblack", compression="zlib")
    with tifffile.TiffFile(tmp_path / "a.tif") as tiff:
        places = [page.tags["Compression"].valueoffset for page in tiff.pages]
    content = bytearray((tmp_path / "a.tif").read_bytes())
    for place in places:
        content[place : place + 2] = (50001).to_bytes(2, "little")  # WebP
    (tmp_path / "a.tif").write_bytes(bytes(content))
    try:
        import imagecodecs  # noqa: F401
    except ImportError:
        with pytest.raises(FileFormatError, match=r"pip install ais_jupyter\[tiff\]"):
            open_file(tmp_path / "a.tif").slice(0)
