from __future__ import annotations

import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.feature_library import FeatureLibrary, LibraryFeature
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files import annotation_exchange as exchange
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import read_mrc, write_mrc
from ais_jupyter.core.files.star import particle_id, read_star, read_star_all, write_box_coordinates, write_star

ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)


# exports of the real program --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sample_f32", "sample_i8"])
def test_exports_are_those_of_ais(shared: Path, tmp_path: Path, name: str) -> None:
    golden = shared / "samples/annotation_exports"
    annotated = open_file(shared / f"samples/scns/{name}.scns")
    feature = annotated.feature("Membrane")
    names = exchange.export_names(annotated, feature, 16)
    exchange.export_coordinates(feature, tmp_path / names["coordinates"])
    exchange.export_slice(annotated.tomogram, feature, 16, tmp_path / names["slice"])
    exchange.export_volume(annotated.tomogram, feature, tmp_path / names["volume"])
    assert (tmp_path / names["coordinates"]).read_text() == (golden / names["coordinates"]).read_text()
    for key in ("slice", "volume"):
        ours, theirs = mrcfile.read(tmp_path / names[key]), mrcfile.read(golden / names[key])
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
        assert read_mrc(tmp_path / names[key]).pixel_size == pytest.approx(7.84, abs=1e-5)


def test_imports_bring_exports_back(shared: Path, tmp_path: Path) -> None:
    golden = shared / "samples/annotation_exports"
    annotated = open_file(shared / "samples/scns/sample_f32.scns")
    original = annotated.feature("Membrane")
    feature = annotated.add_feature("again")
    feature.add_box(16, 3, 3)
    exchange.import_volume(feature, golden / "sample_f32__Membrane_manual.mrc")
    assert feature.boxes == []
    assert feature.annotated_slices == list(range(32))
    for z in range(32):
        expected = original.mask(z) if original.mask(z) is not None else np.zeros((96, 112))
        np.testing.assert_array_equal(feature.mask(z), expected)
    feature.set_mask(16, None)
    exchange.import_slice(feature, 16, golden / "sample_f32_Membrane_slice_16.mrc")
    np.testing.assert_array_equal(feature.mask(16), original.mask(16))
    assert exchange.import_coordinates(feature, golden / "sample_f32_Membrane_particles.txt") == 4
    assert feature.boxes == original.boxes


def test_imports_that_do_not_fit_change_nothing(tmp_path: Path) -> None:
    annotated = AnnotatedTomogram(Tomogram(np.zeros((3, 4, 5)), 10.0))
    feature = annotated.add_feature("a")
    feature.set_mask(1, np.ones((4, 5)))
    write_mrc(tmp_path / "a.mrc", np.ones((3, 4, 6), np.float32), 10.0)
    (tmp_path / "a.txt").write_text("1\t2\t1\n1\t2\t3\n")
    for attempt in (
        lambda: exchange.import_volume(feature, tmp_path / "a.mrc"),
        lambda: exchange.import_slice(feature, 0, tmp_path / "a.mrc"),
        lambda: exchange.import_coordinates(feature, tmp_path / "a.txt"),
    ):
        with pytest.raises(FileFormatError):
            attempt()
    assert feature.annotated_slices == [1]
    assert feature.boxes == []


def test_templates(tmp_path: Path) -> None:
    data = np.arange(6 * 7 * 8, dtype=np.float32).reshape(6, 7, 8)
    tomogram = Tomogram(data, 10.0, origin=(1.0, 2.0, 3.0))
    cube, first = exchange.extract_template(tomogram, (3, 3, 7), 4)
    assert first == (1, 1, 4)
    np.testing.assert_array_equal(cube, data[1:5, 1:5, 4:8])
    exchange.write_template(tomogram, (3, 3, 7), tmp_path / "t.mrc", 4)
    assert read_mrc(tmp_path / "t.mrc").origin == (11.0, 12.0, 43.0)
    assert exchange.extract_template(tomogram, (3, 3, 7), 64)[0].shape == (6, 7, 8)
    with pytest.raises(InputError):
        exchange.extract_template(tomogram, (0, 0, 0), 0)


# particles --------------------------------------------------------------------------------------------------


def test_particles_of_ais(shared: Path) -> None:
    picked = open_file(shared / "samples/pick/out_orient_normal/tomoA__Disk_coords.star")
    assert picked.tomogram_name == "tomoA"
    assert picked.angles.shape == (3, 3)
    assert list(picked.columns) == ["aisParticleSize", "aisParticleID"]
    boxes = open_file(shared / "samples/star/Membrane_Ribosome_coordinates.star")
    assert boxes.tomogram_name == "sample_f32"  # written there as sample_f32.mrc.mrc
    assert boxes.positions[0].tolist() == [16, 40, 36]
    assert boxes.columns["aisFeature"].tolist() == ["Membrane"] * 4 + ["Ribosome"] * 3


def test_identifiers_are_those_of_ais(shared: Path) -> None:
    files = sorted((shared / "samples/pick").glob("*/*.star"))
    assert len(files) > 10
    for file in files:
        picks = open_file(file)
        volume = file.name.replace("_coords.star", ".mrc")
        angles = [None] * len(picks) if picks.angles is None else picks.angles
        ids = [particle_id(volume, *place, angle) for place, angle in zip(picks.positions, angles, strict=True)]
        assert ids == picks.columns["aisParticleID"].tolist()


def test_box_coordinates_as_ais_extract_writes_them(shared: Path, tmp_path: Path) -> None:
    annotated = open_file(shared / "samples/scns/sample_f32.scns")
    write_box_coordinates(tmp_path / "a.star", [annotated], ["Membrane", "Ribosome"], with_feature=True)
    ours = open_file(tmp_path / "a.star")
    theirs = open_file(shared / "samples/star/Membrane_Ribosome_coordinates.star")
    np.testing.assert_array_equal(ours.positions, theirs.positions)
    np.testing.assert_array_equal(ours.columns["aisFeature"], theirs.columns["aisFeature"])
    assert ours.tomogram_name == theirs.tomogram_name


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9).filter(
    lambda text: not text.endswith(".mrc") and "/" not in text and "\\" not in text and "'" not in text
)
floats = st.floats(-1e6, 1e6)


@st.composite
def picks(draw: st.DrawFn) -> Picks:
    n = draw(st.integers(1, 4))
    array = hnp.arrays(float, (n, 3), elements=floats)
    numeric = hnp.arrays(float, n, elements=floats)
    return Picks(
        draw(array), draw(words), draw(st.sampled_from([0.0, 7.84, 10.0])), draw(words), draw(st.none() | array),
        draw(st.dictionaries(st.sampled_from(["aisParticleSize", "own", "rlnClass"]), numeric, max_size=2)),
    )  # fmt: skip


@ONE_FOLDER
@given(picks())
def test_particles_round_trip(tmp_path: Path, wanted: Picks) -> None:
    found = open_file(wanted.save(tmp_path / "a.star", overwrite=True))
    assert (found.tomogram_name, found.voxel_size, found.feature) == (
        wanted.tomogram_name, wanted.voxel_size, wanted.feature,
    )  # fmt: skip
    np.testing.assert_array_equal(found.positions, wanted.positions)
    assert (found.angles is None) == (wanted.angles is None)
    if wanted.angles is not None:
        np.testing.assert_array_equal(found.angles, wanted.angles)
    assert found.columns.keys() == wanted.columns.keys()
    for key, values in wanted.columns.items():
        np.testing.assert_array_equal(found.columns[key], values)


def test_the_starfile_package_reads_what_we_write(tmp_path: Path) -> None:
    starfile = pytest.importorskip("starfile")
    write_star(Picks([[1, 2, 3.5]], "my tomo", 10.0, "Ribosome", [[1, 2, 3]]), tmp_path / "a.star", "my tomo__R.mrc")
    table = starfile.read(tmp_path / "a.star")
    assert table["rlnCoordinateX"].tolist() == [3.5]
    assert table["rlnMicrographName"].tolist() == ["my tomo.mrc"]
    assert len(table["aisParticleID"][0]) == 10


def test_several_tomograms_in_one_file(tmp_path: Path) -> None:
    write_star([Picks([[1, 2, 3]], "a"), Picks([[4, 5, 6], [7, 8, 9]], "b")], tmp_path / "a.star")
    assert [len(p) for p in read_star_all(tmp_path / "a.star")] == [1, 2]
    assert len(read_star(tmp_path / "a.star", "b")) == 2
    both = open_file(tmp_path / "a.star")
    assert {name: len(picks) for name, picks in both.items()} == {"a": 1, "b": 2}
    assert open_file(both.save(tmp_path / "b.star")).keys() == both.keys()
    with pytest.raises(FileFormatError, match=r"2 tomograms \(a, b\); name one"):
        read_star(tmp_path / "a.star")
    with pytest.raises(FileFormatError, match="no particles of 'c'"):
        read_star(tmp_path / "a.star", "c")


def test_coordinates_of_warp_and_of_old_versions(tmp_path: Path) -> None:
    (tmp_path / "w.star").write_text("data_\n\nloop_\n_wrpCoordinateX1\n_wrpCoordinateY1\n_wrpCoordinateZ1\n10 20 30\n")
    assert open_file(tmp_path / "w.star").positions.tolist() == [[3, 2, 1]]
    (tmp_path / "tomo__Blob_coords.txt").write_text("1\t2\t3\n4\t5\t6\n")
    old = open_file(tmp_path / "tomo__Blob_coords.txt")
    assert (old.tomogram_name, old.positions.tolist()) == ("tomo", [[3, 2, 1], [6, 5, 4]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data_\nloop_\n_rlnCoordinateX #1\n1 2\n", "line 4: expected 1 values, found 2"),
        ("data_\nloop_\n_rlnCoordinateX #1\n1\n", "no block has the columns"),
        ("data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n1 2 x\n", "row 1: rlnCoordinateZ is 'x'"),
        ("1 2 3\n4 5\n", "three numbers"),
        ("Dear diary, today\n", "three numbers"),
    ],
)
def test_texts_that_are_no_particles(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.star").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        read_star(tmp_path / "a.star")


# feature library --------------------------------------------------------------------------------------------


def test_libraries_of_ais(shared: Path, tmp_path: Path) -> None:
    new = open_file(shared / "samples/config/feature_library_1.2.txt")
    assert new.active == "Plants"
    assert [f.title for f in new.features] == ["Chloroplast"]
    old = open_file(shared / "samples/config/feature_library_pre1.2.txt")
    assert old.libraries["Default library"] == new.libraries["Default library"]
    ribosome = old.features[1]
    assert (ribosome.brush_diameter, ribosome.dust, ribosome.visible) == (100.0, 500_000.0, False)
    new.save(tmp_path / "a.txt")
    golden = json.loads((shared / "samples/config/feature_library_1.2.txt").read_text())
    assert json.loads((tmp_path / "a.txt").read_text()) == golden


def test_library_round_trip(tmp_path: Path) -> None:
    feature = LibraryFeature("α", (0.1, 0.2, 0.3), 32, 80.0, 0.5, False, 2000.0, 99, 0.25, False, {"own": [1]})
    wanted = FeatureLibrary({"a": [feature], "b": []}, "unknown")
    assert open_file(wanted.save(tmp_path / "a.txt")) == wanted
    assert wanted.features == [feature]
    (tmp_path / "bad.txt").write_text('{"libraries": {"a": [{"title": "x", "colour": "red"}]}}')
    with pytest.raises(FileFormatError, match="colour"):
        open_file(tmp_path / "bad.txt")


# surfaces ---------------------------------------------------------------------------------------------------


def test_surface(tmp_path: Path) -> None:
    vertices = np.array([[10.0, 20, 30], [40, 50, 60], [70, 80, 90]])
    surface = Surface(vertices, np.array([[0, 1, 2]]), np.array([[0, 0, 1.0]] * 3), (1.0, 0.5, 0.0))
    text = surface.save(tmp_path / "a.obj").read_text().splitlines()
    assert text[0] == "# colour 1.000 0.500 0.000"
    assert text[1] == "v 3.0000 2.0000 1.0000"
    assert text[4] == "vn 1.0000 0.0000 0.0000"
    assert text[-1] == "f 1//1 2//2 3//3"
    with pytest.raises(InputError, match=r"\.obj"):
        surface.save(tmp_path / "a.vtk")
