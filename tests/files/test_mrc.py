from __future__ import annotations

import bz2
import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import read_mrc, read_segmentation, save_tomogram, write_mrc
from ais_jupyter.core.files.raw_volume import RawVolume

SHAPE = (5, 6, 7)


def volume(dtype: str) -> np.ndarray:
    values = np.arange(np.prod(SHAPE)).reshape(SHAPE) - 40
    return values.astype(dtype)


def patched(path: Path, offset: int, value: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[offset : offset + len(value)] = value
    path.write_bytes(bytes(data))
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(volume("f4"))
        mrc.voxel_size = 7.84
    return path


@pytest.mark.parametrize(("dtype", "mode"), [("i1", 0), ("i2", 1), ("f4", 2), ("u2", 6), ("f2", 12)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_mode_in_both_byte_orders(tmp_path: Path, dtype: str, mode: int, order: str) -> None:
    path = tmp_path / "a.rec"
    with mrcfile.new(path) as mrc:
        mrc.set_data(volume(dtype).astype(np.dtype(dtype).newbyteorder(order)))
        mrc.voxel_size = (3.0, 2.0, 1.0)
        assert mrc.header.mode == mode
    tomogram = read_mrc(path)
    expected = volume(dtype)
    assert tomogram.dtype == expected.dtype
    np.testing.assert_array_equal(tomogram.slab(0, SHAPE[0]), expected)
    assert tomogram.voxel_size == (1.0, 2.0, 3.0)


@pytest.mark.parametrize("mode", [3, 4, 16, 101])
def test_unsupported_modes_are_named(good: Path, mode: int) -> None:
    patched(good, 12, mode.to_bytes(4, "little"))
    with pytest.raises(FileFormatError, match=f"mode {mode}, "):
        read_mrc(good)


def test_bytes_of_segmentations_stay_signed(tmp_path: Path) -> None:
    write_mrc(tmp_path / "t__Blob.mrc", np.full(SHAPE, 127, np.int8), 10.0)
    segmentation = read_segmentation(tmp_path / "t__Blob.mrc")
    assert (segmentation.tomogram_name, segmentation.feature, segmentation.full_scale) == ("t", "Blob", 127.0)
    assert segmentation.probability(0).max() == 1.0


@given(st.data())
def test_indexing_agrees_with_numpy(data: st.DataObject) -> None:
    whole = volume("i2")

    def index(size: int) -> st.SearchStrategy:
        return st.one_of(st.integers(-size, size - 1), st.slices(size))

    key = tuple(data.draw(index(n)) for n in SHAPE)[: data.draw(st.integers(1, 3))]
    with TemporaryRaw(whole) as raw:
        got = raw[key]
    assert got.shape == whole[key].shape
    assert got.dtype == whole.dtype
    np.testing.assert_array_equal(got, whole[key])


class TemporaryRaw:
    def __init__(self, array: np.ndarray) -> None:
        import io

        self.raw = RawVolume(io.BytesIO(b"skip" + array.astype(">i2").tobytes()), 4, array.shape, np.dtype(">i2"))

    def __enter__(self) -> RawVolume:
        return self.raw

    def __exit__(self, *error: object) -> None: ...


def test_slices_along_every_axis(good: Path) -> None:
    tomogram = read_mrc(good)
    np.testing.assert_array_equal(tomogram.slice(2), volume("f4")[2])
    np.testing.assert_array_equal(tomogram.slice(2, "y"), volume("f4")[:, 2])
    np.testing.assert_array_equal(tomogram.slice(2, "x"), volume("f4")[:, :, 2])
    np.testing.assert_array_equal(tomogram.data[..., 1:3], volume("f4")[..., 1:3])
    np.testing.assert_array_equal(np.asarray(tomogram.data), volume("f4"))


def test_samples_read_as_ais_reads_them(shared: Path) -> None:
    expected = json.loads((shared / "samples/manifest.json").read_text())["tomo"]
    for name, facts in expected.items():
        tomogram = open_file(shared / "samples/tomo" / name)
        whole = tomogram.slab(0, tomogram.shape[0])
        assert list(tomogram.shape) == facts["shape_zyx"]
        assert str(tomogram.dtype) == facts["as_ais_reads"]["dtype"].split()[0]
        assert tomogram.pixel_size == pytest.approx(facts["voxel_size_A"], abs=1e-5)
        assert float(whole.min()) == facts["as_ais_reads"]["min"]
        assert float(whole.max()) == facts["as_ais_reads"]["max"]
        assert float(whole.mean()) == pytest.approx(facts["as_ais_reads"]["mean"], rel=1e-5)


@pytest.mark.parametrize(("suffix", "pack"), [(".mrc.gz", gzip.compress), (".mrc.bz2", bz2.compress)])
def test_compressed_volumes(tmp_path: Path, good: Path, suffix: str, pack) -> None:
    packed = tmp_path / f"tomo{suffix}"
    packed.write_bytes(pack(good.read_bytes()))
    tomogram = open_file(packed)
    assert tomogram.name == "tomo"
    np.testing.assert_array_equal(tomogram.slice(3), volume("f4")[3])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["good.mrc", f"tomo{suffix}"]
    whole = packed.read_bytes()
    for broken in (whole[:-40], whole[:30], whole[:40] + bytes(40) + whole[80:]):
        packed.write_bytes(broken)
        with pytest.raises(FileFormatError, match="truncated|damaged|MRC"):
            open_file(packed)


def test_a_compressed_file_cannot_fill_the_disk(tmp_path: Path, good: Path) -> None:
    header = bytearray(good.read_bytes()[:1024])
    for offset in (0, 4, 8):
        header[offset : offset + 4] = (60000).to_bytes(4, "little")
    for suffix, pack in ((".gz", gzip.compress), (".bz2", bz2.compress)):
        bomb = tmp_path / f"bomb.mrc{suffix}"
        bomb.write_bytes(pack(bytes(header) + bytes(1 << 20)))
        with pytest.raises(FileFormatError, match="truncated|temporary space"):
            read_mrc(bomb)


# headers as other programs write them --------------------------------------------------------------------------------


def test_a_wrong_machine_stamp_and_no_map_word(good: Path) -> None:
    patched(good, 208, bytes(8))
    np.testing.assert_array_equal(open_file(good).slice(1), volume("f4")[1])
    patched(good, 212, bytes([0x11, 0x11]))
    np.testing.assert_array_equal(open_file(good).slice(1), volume("f4")[1])


def test_wrong_axes_and_unknown_voxel_size(good: Path) -> None:
    patched(good, 64, bytes(12))  # mapc, mapr, maps
    patched(good, 40, bytes(12))  # cell
    tomogram = read_mrc(good)
    assert tomogram.voxel_size == (0.0, 0.0, 0.0)
    patched(good, 40, np.array([np.nan, -3, np.inf], "<f4").tobytes())
    assert read_mrc(good).voxel_size == (0.0, 0.0, 0.0)


def test_zero_sampling_uses_the_size(good: Path) -> None:
    patched(good, 28, bytes(12))
    assert read_mrc(good).pixel_size == pytest.approx(7.84, abs=1e-5)


def test_extended_header_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "x.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(volume("f4"))
        mrc.set_extended_header(np.zeros(333, "V1"))
    np.testing.assert_array_equal(read_mrc(path).slice(4), volume("f4")[4])


def test_origin_from_header_or_from_start(good: Path) -> None:
    patched(good, 16, np.array([1, 2, 3], "<i4").tobytes())
    assert read_mrc(good).origin == pytest.approx((3 * 7.84, 2 * 7.84, 7.84), abs=1e-4)
    patched(good, 196, np.array([10, 20, 30], "<f4").tobytes())
    assert read_mrc(good).origin == (30.0, 20.0, 10.0)


def test_nan_and_infinity_are_given_as_they_are(tmp_path: Path) -> None:
    array = volume("f4")
    array[0, 0, 0], array[1, 1, 1] = np.nan, np.inf
    write_mrc(tmp_path / "n.mrc", array, 5.0)
    np.testing.assert_array_equal(read_mrc(tmp_path / "n.mrc").slab(0, 5), array)
    with mrcfile.open(tmp_path / "n.mrc") as mrc:
        assert np.isfinite([mrc.header.dmin, mrc.header.dmax, mrc.header.dmean, mrc.header.rms]).all()


# files that are not what they should be -------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 10, 1023, 1024, 1500, -1])
def test_truncated(good: Path, keep: int) -> None:
    good.write_bytes(good.read_bytes()[:keep])
    with pytest.raises(FileFormatError, match="truncated|empty|header"):
        open_file(good)


def test_header_announces_more_than_the_file_has(good: Path) -> None:
    patched(good, 8, (50000).to_bytes(4, "little"))
    with pytest.raises(FileFormatError, match="50000×6×7 voxels of float32 need .* but the file has"):
        read_mrc(good)


def test_extended_header_larger_than_the_file(good: Path) -> None:
    patched(good, 92, (2_000_000_000).to_bytes(4, "little"))
    with pytest.raises(FileFormatError, match="extended header of 2000000000 bytes"):
        read_mrc(good)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("value", [0, -4])
def test_empty_and_negative_sizes(good: Path, axis: int, value: int) -> None:
    patched(good, 4 * axis, value.to_bytes(4, "little", signed=True))
    with pytest.raises(FileFormatError, match="each must be at least 1"):
        read_mrc(good)


@pytest.mark.parametrize("length", [20, 5000])
def test_text_named_mrc(tmp_path: Path, length: int) -> None:
    path = tmp_path / "notes.mrc"
    path.write_text(("grid 3, look again at tomogram 7\n" * 200)[:length])
    with pytest.raises(FileFormatError, match="text file, beginning “grid 3"):
        open_file(path)


@pytest.mark.parametrize("width", [123, 91, 32, 1152])
def test_widths_whose_bytes_begin_other_formats(tmp_path: Path, width: int) -> None:
    path = tmp_path / "volume"
    write_mrc(path, np.ones((2, 3, width), np.float32), 10.0)
    patched(path, 208, bytes(4))
    assert open_file(path).shape == (2, 3, width)


def test_signed_bytes_are_saved_as_they_were(tmp_path: Path) -> None:
    write_mrc(tmp_path / "a.mrc", volume("i1"), 10.0)
    save_tomogram(read_mrc(tmp_path / "a.mrc"), tmp_path / "b.mrc")
    np.testing.assert_array_equal(mrcfile.read(tmp_path / "b.mrc"), volume("i1"))


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="No such file"):
        open_file(tmp_path / "none.mrc")
    with pytest.raises(FileFormatError, match="folder"):
        open_file(tmp_path)
    with pytest.raises(FileFormatError, match="folder"):
        read_mrc(tmp_path)


def test_a_file_that_shrinks_while_open(good: Path) -> None:
    tomogram = read_mrc(good)
    good.write_bytes(good.read_bytes()[:1100])
    with pytest.raises(FileFormatError, match="has changed or is damaged"):
        tomogram.slice(4)


MEASURE = """
import resource, sys
from ais_jupyter.core.files.mrc import read_mrc
tomogram = read_mrc(sys.argv[1])
tomogram.slice(0)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for z in range(tomogram.shape[0]):
    tomogram.slice(z)
tomogram.slice(5, "y"), tomogram.slice(5, "x")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
def test_reading_needs_no_memory_for_the_volume(tmp_path: Path) -> None:
    assert resource.getpagesize()
    path = tmp_path / "large.mrc"
    write_mrc(path, np.zeros((200, 512, 512), np.float32), 10.0)  # 210 MB
    out = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    assert int(out.stdout) < 8_000, "kilobytes above one slice"
