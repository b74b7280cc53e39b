"""Particles as RELION 3, 4 and 5, Warp and people's scripts write them: values, names, several tomograms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import starfile

import ais_jupyter as ais
from ais_jupyter.cli.program import run
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.files import star
from ais_jupyter.core.files.annotation_exchange import import_coordinates
from ais_jupyter.core.files.star import read_star_all

RELION4 = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
_rlnTomoTiltSeriesPixelSize #3
1 "optics group 1" 1.35
2 other 2.70

data_particles

loop_
_rlnTomoName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnCoordinateZ #4
_rlnOpticsGroup #5
_rlnClassNumber #6
TS_01 100 200 30 1 7
TS_01 110 210 30 1 8
TS_02 120 220 40 2 9
"""
RELION5 = """
data_particles

loop_
_rlnTomoName
_rlnCenteredCoordinateXAngst
_rlnCenteredCoordinateYAngst
_rlnCenteredCoordinateZAngst
_rlnAngleRot
_rlnAngleTilt
_rlnAnglePsi
TS_01 0 0 0 10 20 30
TS_01 -50 100 20 40 50 60
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def annotated(name: str, size: float = 10.0, shape=(20, 60, 80)):
    return ais.AnnotatedTomogram(ais.Tomogram(np.zeros(shape, np.float32), size, name=name))


def test_relion_4_keeps_tomograms_apart(tmp_path):
    found = ais.open(written(tmp_path / "p.star", RELION4))
    assert list(found) == ["TS_01", "TS_02"]
    np.testing.assert_array_equal(found["TS_01"].positions, [[30, 200, 100], [30, 210, 110]])
    assert (found["TS_01"].voxel_size, found["TS_02"].voxel_size) == (1.35, 2.70)
    assert found["TS_02"].columns["rlnClassNumber"].tolist() == [9]
    again = ais.open(found.save(tmp_path / "again.star"))
    assert list(again) == list(found)
    for name, picks in found.items():
        np.testing.assert_array_equal(again[name].positions, picks.positions)
        assert again[name].voxel_size == picks.voxel_size
    assert set(starfile.read(tmp_path / "again.star")["rlnTomoName"]) == {"TS_01", "TS_02"}


def test_relion_4_counts_in_voxels_of_the_tilt_series(tmp_path):
    feature = annotated("TS_01", 13.5).add_feature("P")
    assert import_coordinates(feature, written(tmp_path / "p.star", RELION4)) == 2
    assert feature.boxes == [(3, 20, 10), (3, 21, 11)]


def test_particles_go_to_their_own_tomogram_only(tmp_path):
    path = written(tmp_path / "p.star", RELION4)
    feature = annotated("TS_03").add_feature("P")
    with pytest.raises(FileFormatError, match=r"'TS_01', 'TS_02', none of 'TS_03'"):
        import_coordinates(feature, path)
    assert feature.boxes == []
    assert import_coordinates(feature, path, "TS_02") == 1
    with pytest.raises(FileFormatError, match="none of 'TS_03'"):
        import_coordinates(feature, written(tmp_path / "r.star", RELION5))
    assert import_coordinates(feature, written(tmp_path / "list.txt", "1 2 3\n")) == 1


def test_relion_5_counts_in_angstrom_from_the_middle(tmp_path):
    picks = ais.open(written(tmp_path / "p.star", RELION5))
    assert picks.centred
    np.testing.assert_array_equal(picks.angles[1], [40, 50, 60])
    placed = picks.within(annotated("TS_01").tomogram)
    np.testing.assert_allclose(placed.positions, [[10, 30, 40], [12, 40, 35]])
    feature = annotated("TS_01").add_feature("P")
    import_coordinates(feature, tmp_path / "p.star")
    assert feature.boxes == [(10, 30, 40), (12, 40, 35)]
    with pytest.raises(InputError, match="voxel size"):
        picks.within(annotated("TS_01", 0.0).tomogram)
    again = ais.open(picks.save(tmp_path / "again.star"))
    assert again.centred
    np.testing.assert_array_equal(again.positions, picks.positions)


@pytest.mark.parametrize(
    "name", ["rec/TS_01.rec", "TS_01.tomostar", "TS_01.MRC", "TS_01", "TS_01.mrc", "a.b_10.00Apx.mrc", r"C:\data\t.mrc"]
)
def test_names_come_back_as_they_were(tmp_path, name):
    text = f"data_\n\nloop_\n_rlnMicrographName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n{name} 1 2 3\n"
    picks = ais.open(written(tmp_path / "a.star", text))
    expected = {"a.b_10.00Apx.mrc": "a.b_10.00Apx", r"C:\data\t.mrc": "t"}.get(name, "TS_01")
    assert picks.tomogram_name == expected
    assert run(["convert", str(tmp_path / "a.star"), str(tmp_path / "b.star")]) == 0
    again = (tmp_path / "b.star").read_text()
    assert name in again.split() or (name == "TS_01" and "TS_01.mrc" in again.split())
    assert f"{name}.mrc" not in again.split() or name == "TS_01"


def test_a_renamed_tomogram_is_written_by_its_new_name(tmp_path):
    picks = ais.open(written(tmp_path / "p.star", RELION5))
    picks.tomogram_name = "other"
    assert ais.open(picks.save(tmp_path / "b.star")).tomogram_name == "other"


def test_info_and_convert_know_files_of_several_tomograms(tmp_path, capsys):
    path = written(tmp_path / "p.star", RELION4)
    assert run(["info", str(path)]) == 0
    assert "TS_02: 1 particles" in capsys.readouterr().out
    assert run(["convert", str(path), str(tmp_path / "b.txt")]) == 1
    assert "--tomogram" in capsys.readouterr().err
    assert run(["convert", str(path), str(tmp_path / "b.txt"), "--tomogram", "TS_02"]) == 0
    assert (tmp_path / "b.txt").read_text().split() == ["120", "220", "40"]


@pytest.mark.parametrize(
    "text",
    [
        "1 2 3\n4 5 6\n",
        "1\t2\t3\r\n4\t5\t6\r\n",
        "1 2 3\r4 5 6\r",
        "\ufeff1 2 3\n4 5 6\n",
        "# x y z\n1.000000000000000000e+00 2.0e+00 3.0\n4 5 6\n",
        "x,y,z\n1,2,3\n4,5,6\n",
        "1, 2, 3\n4, 5, 6\n",
        "1;2;3\n4;5;6",
        "1,0;2,0;3,0\n4,0;5,0;6,0\n",
        "  1,0  2,0  3,0\n\n  4,0  5,0  6,0\n",
        "X Y Z\n1 2 3\n4 5 6\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_lists_of_coordinates_in_every_form(tmp_path, text, encoding):
    if "\ufeff" in text and encoding != "utf-8":
        pytest.skip("the mark belongs to UTF-8")
    (tmp_path / "list.txt").write_bytes(text.encode(encoding))
    np.testing.assert_array_equal(read_star_all(tmp_path / "list.txt")[0].positions, [[3, 2, 1], [6, 5, 4]])


@pytest.mark.parametrize(
    ("text", "message"),
    [("1 2 3\n1 2\n", "line 2"), ("1 2 3\n\nx 2 3\n", "line 3"), ("1 2 1e300\n", "line 1"), ("1 2 nan\n", "line 1"),
     ("1,5,2,5,3,5\n", "line 1")],
)  # fmt: skip
def test_a_wrong_line_is_named(tmp_path, text, message):
    with pytest.raises(FileFormatError, match=message):
        read_star_all(written(tmp_path / "list.txt", text))


def test_comments_of_latin_1_and_windows_lines_in_a_table(tmp_path):
    text = "# Å — crêpe\r\ndata_\r\n\r\nloop_\r\n_rlnCoordinateX\r\n_rlnCoordinateY\r\n_rlnCoordinateZ\r\n1 2 3\r\n"
    (tmp_path / "a.star").write_bytes(text.encode("utf-8"))
    np.testing.assert_array_equal(ais.open(tmp_path / "a.star").positions, [[3, 2, 1]])
    (tmp_path / "b.star").write_bytes(text.replace("—", "-").encode("latin-1"))
    np.testing.assert_array_equal(read_star_all(tmp_path / "b.star")[0].positions, [[3, 2, 1]])


def test_every_name_is_looked_at_once(tmp_path, monkeypatch):
    """The work must not grow with particles × tomograms."""
    seen = []
    stem = star._stem
    monkeypatch.setattr(star, "_stem", lambda name: seen.append(name) or stem(name))
    head = "data_\n\nloop_\n_rlnTomoName\n_rlnCoordinateX\n_rlnCoordinateY\n_rlnCoordinateZ\n"
    rows = "\n".join(f"TS_{i % 50} {i} 2 3" for i in range(5000))
    found = read_star_all(written(tmp_path / "many.star", head + rows + "\n"))
    assert len(found) == 50
    np.testing.assert_array_equal(found[7].positions[:, 2], np.arange(7, 5000, 50))
    assert len(seen) == 50


@pytest.mark.parametrize(
    "text",
    ["data_\nloop_\n_rlnCoordinateX\n1\n_rlnCoordinateY\n2 3\n", "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateX\n1 2\n"],
)  # fmt: skip
def test_a_column_added_after_rows_or_twice_is_refused(tmp_path, text):
    (tmp_path / "a.star").write_text(text)
    with pytest.raises(FileFormatError, match="a second time|different lengths|expected 2"):
        ais.open(tmp_path / "a.star")
