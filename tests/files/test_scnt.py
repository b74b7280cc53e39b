from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import mrcfile
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.safe_tar import add_member
from ais_jupyter.core.files.scnt import box_key, read_scnt
from ais_jupyter.core.files.scnt_tiff import read_scnt_tiff, write_scnt_tiff

NAMES_TAR = [
    "cli_32x32x1_7.84Apx_Membrane", "cli_32x32x1_7.84Apx_Ribosome", "cli_merge_32x32x8_7.84Apx_Membrane_Ribosome",
    "tar_gui_32x32x1_15.68Apx", "tar_gui_32x32x8_7.84Apx", "tar_gui_64x64x1_7.84Apx",
]  # fmt: skip
NAMES_TIFF = ["legacy_tiff_ais_1.0.0", "legacy_tiff_ais_1.0.47", "legacy_tiff_2.5d_2026-02"]


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


@pytest.mark.parametrize("name", NAMES_TAR)
def test_tar_samples(shared: Path, name: str) -> None:
    path = shared / "samples/scnt" / f"{name}.scnt"
    facts = json.loads((shared / "samples/manifest.json").read_text())["scnt"][path.name]
    found = open_file(path)
    about = facts["metadata"]
    assert isinstance(found, TrainingSet)
    assert (found.box_size, found.depth, found.z_jitter) == (about["box_size"], about["box_depth"], about["z_jitter"])
    assert (found.voxel_size, found.normalization, found.features) == (
        about["apix"], about["normalization"], about["features"],
    )  # fmt: skip
    assert len(found) == about["n_samples"] == len(facts["samples"])
    for image, label, source in zip(found.images, found.labels, found.sources, strict=True):
        key = box_key(
            source["aisTomogramName"], source["aisFeatureName"],
            *(source[f"aisBoxCoordinate{axis}"] for axis in "ZYX"),
        )  # fmt: skip
        expected = facts["samples"][key]
        assert {k: v for k, v in source.items() if k != "aisTomogramPath"} == {
            k: v for k, v in expected["source"].items() if k != "aisTomogramPath"
        }
        stored = np.moveaxis(image, -1, 0)
        assert list(stored.shape) == expected["x_shape"]
        assert digest(stored) == expected["x_sha256"]
        target = np.moveaxis(label, -1, 0) if label.ndim == 3 else label
        assert list(target.shape) == expected["y_shape"]
        assert digest(target.astype(np.float32)) == expected["y_sha256"]
        counts = {str(v): int((label == v).sum()) for v in np.unique(label)}
        assert counts == expected["label_counts"]


@pytest.mark.parametrize("name", NAMES_TIFF)
def test_tiff_samples(shared: Path, name: str) -> None:
    path = shared / "samples/scnt" / f"{name}.scnt"
    facts = json.loads((shared / "samples/manifest.json").read_text())["scnt"][path.name]
    found = open_file(path)
    n, slices, _, _ = facts["shape"]
    assert (len(found), found.depth, found.voxel_size) == (n, slices - 1, facts["apix"])
    assert found.normalization is None
    for image, label, expected in zip(found.images, found.labels, facts["samples"], strict=True):
        assert float(image.mean()) == pytest.approx(expected["x_mean"], rel=1e-5, abs=1e-5)
        assert {str(v): int((label == v).sum()) for v in np.unique(label)} == expected["label_counts"]


def test_tiff_is_turned_upright(shared: Path) -> None:
    path = shared / "samples/scnt/legacy_tiff_ais_1.0.47.scnt"
    raw = tifffile.imread(path)
    np.testing.assert_array_equal(open_file(path).images[0, :, :, 0], raw[0, 0, ::-1])


def test_extracted_boxes_lie_in_the_tomogram(shared: Path) -> None:
    """The i16 boxes of the TIFF sample are raw values: they must be found unflipped in the tomogram."""
    tomogram = open_file(shared / "samples/tomo/sample_i16.mrc")
    found = open_file(shared / "samples/scnt/legacy_tiff_ais_1.0.47.scnt")
    window = tomogram.slice(16)[40 - 16 : 40 + 16, 36 - 16 : 36 + 16]
    np.testing.assert_array_equal(found.images[0, :, :, 0], window.astype(np.float32))


@st.composite
def training_sets(draw: st.DrawFn, tiff: bool = False) -> TrainingSet:
    n, box, depth = draw(st.integers(1, 3)), draw(st.sampled_from([2, 4])), draw(st.sampled_from([1, 3]))
    jitter = 0 if tiff or depth == 1 else draw(st.sampled_from([0, 2]))
    shape = (n, box, box, depth + jitter)
    values = st.floats(-1e6, 1e6, width=32)
    text = st.text(max_size=5)
    images = draw(hnp.arrays(np.float32, shape, elements=values))
    slab = not tiff and depth > 1 and draw(st.booleans())
    labels = draw(hnp.arrays(np.uint8, shape if slab else shape[:3], elements=st.integers(0, 2)))
    size = draw(st.sampled_from([-1.0, 7.84, 10.0]))
    if tiff:
        return TrainingSet(images, labels, size)
    place = st.integers(-5, 500)
    sources = [
        {"aisTomogramName": draw(text), "aisFeatureName": draw(text)}
        | {f"aisBoxCoordinate{a}": draw(place) for a in "ZYX"}
        for _ in range(n)
    ]
    flavours = {"denoised": (np.array([n - 1]), images[-1:] * 2)} if draw(st.booleans()) else {}
    return TrainingSet(
        images, labels, size, draw(st.sampled_from([None, GLOBAL_MAD])), draw(st.lists(text, max_size=2)),
        jitter, sources if draw(st.booleans()) else [], flavours, draw(st.integers(0, box // 2 - 1)),
    )  # fmt: skip


def assert_same(found: TrainingSet, wanted: TrainingSet) -> None:
    np.testing.assert_array_equal(found.images, wanted.images)
    np.testing.assert_array_equal(found.labels, wanted.labels)
    for name in ("voxel_size", "normalization", "features", "z_jitter", "sources", "margin"):
        assert getattr(found, name) == getattr(wanted, name)
    assert found.flavours.keys() == wanted.flavours.keys()
    for name, (indices, images) in wanted.flavours.items():
        np.testing.assert_array_equal(found.flavours[name][0], indices)
        np.testing.assert_array_equal(found.flavours[name][1], images)


ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


@ONE_FOLDER
@given(training_sets())
def test_tar_round_trip(tmp_path: Path, wanted: TrainingSet) -> None:
    path = wanted.save(tmp_path / "a.scnt", overwrite=True)
    assert_same(open_file(path), wanted)
    assert_same(read_scnt(path), wanted)


@ONE_FOLDER
@given(training_sets(tiff=True))
def test_tiff_round_trip(tmp_path: Path, wanted: TrainingSet) -> None:
    write_scnt_tiff(wanted, tmp_path / "a.scnt")
    assert_same(read_scnt_tiff(tmp_path / "a.scnt"), wanted)


def test_tiff_has_what_old_versions_look_for(tmp_path: Path) -> None:
    images = np.arange(2 * 4 * 4, dtype=np.float32).reshape(2, 4, 4, 1)
    write_scnt_tiff(TrainingSet(images, images[..., 0] > 9, 7.84), tmp_path / "a.scnt")
    with tifffile.TiffFile(tmp_path / "a.scnt") as tiff:
        assert tiff.pages[0].description == "apix=7.84"
        assert tiff.pages[0].description1 == '{"shape": [2, 2, 4, 4]}'
        assert not tiff.is_bigtiff
        np.testing.assert_array_equal(tiff.asarray()[0, 0], images[0, ::-1, :, 0])


def test_tar_has_what_ais_reads(tmp_path: Path) -> None:
    images = np.zeros((1, 4, 4, 1), np.float32)
    source = {"aisTomogramName": "t", "aisFeatureName": "F"} | {f"aisBoxCoordinate{a}": i for i, a in enumerate("ZYX")}
    TrainingSet(images, images[..., 0], 7.84, GLOBAL_MAD, ["F"], sources=[source]).save(tmp_path / "a.scnt")
    key = hashlib.md5(b"t_F_0_1_2").hexdigest()[:16]
    with tarfile.open(tmp_path / "a.scnt") as archive:
        assert set(archive.getnames()) == {"metadata.json", "sources.json", f"x_main/{key}.mrc", f"y/{key}.mrc"}
        archive.extractall(tmp_path, filter="data")
    assert mrcfile.validate(tmp_path / f"x_main/{key}.mrc")
    with mrcfile.open(tmp_path / f"x_main/{key}.mrc") as mrc:
        assert mrc.data.shape == (1, 4, 4)
        assert mrc.voxel_size.x == pytest.approx(7.84)
    with mrcfile.open(tmp_path / f"y/{key}.mrc") as mrc:
        assert mrc.data.shape == (4, 4)
        assert mrc.data.dtype == np.float32


def test_two_boxes_at_one_place_are_both_kept(tmp_path: Path) -> None:
    source = {"aisTomogramName": "t", "aisFeatureName": "F"} | {f"aisBoxCoordinate{a}": 3 for a in "ZYX"}
    wanted = TrainingSet(np.arange(32).reshape(2, 4, 4, 1), np.zeros((2, 4, 4), np.uint8), sources=[source, source])
    assert_same(open_file(wanted.save(tmp_path / "a.scnt", overwrite=True)), wanted)


def test_interpolated_old_labels_become_binary(tmp_path: Path) -> None:
    stack = np.zeros((1, 2, 2, 2))
    stack[0, 1] = [[-0.1, 0.4], [0.6, 1.1]]
    tifffile.imwrite(tmp_path / "a.scnt", stack, description="apix=10.0", photometric="minisblack")
    assert open_file(tmp_path / "a.scnt").labels[0].tolist() == [[1, 1], [0, 0]]


# tolerance and refusals ----------------------------------------------------------------------------------------------


def archive(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            add_member(tar, name, data)
    return path


def mrc_bytes(array: np.ndarray) -> bytes:
    from ais_jupyter.core.files.mrc import mrc_to_bytes

    return mrc_to_bytes(array.astype(np.float32), 5.0)


IMAGE, LABEL = mrc_bytes(np.ones((1, 4, 4))), mrc_bytes(np.ones((4, 4)))


def test_without_metadata(tmp_path: Path) -> None:
    found = open_file(archive(tmp_path / "a.scnt", **{"x_raw/a.mrc": IMAGE, "y/a.mrc": LABEL}))
    assert (found.voxel_size, found.box_size, found.depth, found.normalization) == (5.0, 4, 1, None)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"y/a.mrc": LABEL}, "no images"),
        ({"x_main/a.mrc": IMAGE, "y/b.mrc": LABEL}, "both an image and a label"),
        ({"x_main/a.mrc": IMAGE, "y/a.mrc": mrc_bytes(np.ones((5, 5)))}, "do not fit"),
        ({"x_main/a.mrc": mrc_bytes(np.ones((1, 4, 5))), "y/a.mrc": mrc_bytes(np.ones((4, 5)))}, "square"),
        ({"x_main/a.mrc": IMAGE, "y/a.mrc": LABEL, "metadata.json": b"{"}, "expected JSON"),
        ({"x_main/a.mrc": IMAGE, "y/a.mrc": LABEL, "metadata.json": b'{"box_depth": 4}'}, "box_depth 4"),
        ({"x_main/a.mrc": IMAGE, "y/a.mrc": LABEL, "metadata.json": b'{"normalization": "x"}'}, "normalization"),
        ({"x_main/a.mrc": IMAGE[:900], "y/a.mrc": LABEL}, "header"),
    ],
)
def test_broken_archives(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        open_file(archive(tmp_path / "a.scnt", **members))


def test_other_files_given_as_training_set(shared: Path) -> None:
    with pytest.raises(FileFormatError, match="is an MRC volume, not a training set"):
        read_scnt(shared / "samples/tomo/sample_f32.mrc")


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x.mrc", "y/../../x", "C:\\x", "..\\x", "\\\\host\\x"])
def test_paths_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    path = archive(tmp_path / "a.scnt", **{"y/a.mrc": LABEL, name: b"x"})
    with pytest.raises(UnsafeFileError, match="points outside"):
        open_file(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.scnt"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = tmp_path / "a.scnt"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        add_member(tar, "y/a.mrc", LABEL)
        info = tarfile.TarInfo("x_main/a.mrc")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info, io.BytesIO())
    with pytest.raises(UnsafeFileError, match=r"is a (link|special file|sparse file)"):
        open_file(path)


def test_a_member_of_a_hundred_gigabytes(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.scnt", **{"y/a.mrc": LABEL})
    info = tarfile.TarInfo("x_main/a.mrc")
    info.size = 100 << 30
    data = path.read_bytes()[: 512 + ((len(LABEL) + 511) // 512) * 512]
    path.write_bytes(data + info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(UnsafeFileError, match="announces 107374182400 bytes"):
        open_file(path)
