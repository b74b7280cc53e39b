"""Picking from one segmentation and from folders: files, what is done already, and what goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
import starfile

import ais_jupyter as ais
from ais_jupyter.cli.program import run
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.files.mrc import read_segmentation, write_mrc

BALLS = [(20, 20, 20), (24, 40, 44), (18, 22, 60)]


def volume(balls=BALLS, radius=5, shape=(40, 60, 80)):
    grid = np.indices(shape)
    data = np.zeros(shape, np.uint8)
    for place in balls:
        data[sum((g - c) ** 2 for g, c in zip(grid, place)) <= radius**2] = 255
    return data


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate("abc"):
        write_mrc(tmp_path / f"{name}__Ribosome.mrc", volume(BALLS[: 3 - number]), 10.0)
    wall = np.zeros((40, 60, 80), np.uint8)
    wall[:, :, 64:] = 255
    write_mrc(tmp_path / "a__Membrane.mrc", wall, 10.0)
    return tmp_path


OPTIONS = {"spacing": 50, "margin": 4}


def test_one_segmentation_however_it_is_given(folder):
    path = folder / "a__Ribosome.mrc"
    for source in (path, str(path), read_segmentation(path), ais.open(path)):
        picks = ais.pick(source, **OPTIONS).result()
        assert isinstance(picks, ais.Picks)
        assert sorted(picks.positions.tolist()) == sorted(map(list, BALLS))
        assert (picks.tomogram_name, picks.feature, picks.voxel_size) == ("a", "Ribosome", 10.0)
    assert not list(folder.glob("*.star"))


def ribosomes(folder):
    return sorted(folder.glob("*__Ribosome.mrc"))


def test_a_folder_with_a_table_of_the_run(folder):
    (folder / "tomogram.mrc").write_bytes((folder / "a__Ribosome.mrc").read_bytes())  # is no segmentation by its name
    (folder / "a__Membrane.mrc").unlink()
    job = ais.pick(folder, folder / "picks", workers=2, **OPTIONS)
    found = job.result()
    assert isinstance(found, ais.PicksByTomogram)
    assert {name: len(picks) for name, picks in found.items()} == {"a": 3, "b": 2, "c": 1}
    rows = {row["tomogram"]: row for row in job.history}
    assert rows["b"]["picks"] == 2
    assert rows["b"]["feature"] == "Ribosome"
    assert rows["b"]["median_size"] == pytest.approx(np.sqrt(26))  # the outside begins √26 voxels from the middle
    table = starfile.read(folder / "picks/a__Ribosome_coords.star")
    assert sorted(table[["rlnCoordinateZ", "rlnCoordinateY", "rlnCoordinateX"]].values.tolist()) == sorted(
        map(list, BALLS)
    )
    assert ais.open(folder / "picks/a__Ribosome_coords.star").tomogram_name == "a"


def test_what_is_done_is_skipped_only_if_it_is_the_same(folder):
    paths = ribosomes(folder)
    ais.pick(paths[:2], folder, **OPTIONS).result()
    again = ais.pick(paths, folder, **OPTIONS)
    assert [len(picks) for picks in again.result().values()] == [3, 2, 1]
    assert {row["tomogram"]: row["state"] for row in again.history} == {"a": "skipped", "b": "skipped", "c": "done"}
    with pytest.raises(InputError, match="with other settings or from another segmentation: overwrite it"):
        ais.pick(paths[0], folder, **{**OPTIONS, "threshold": 100}).result()
    write_mrc(paths[0], volume(BALLS[:1]), 10.0)
    with pytest.raises(InputError, match="another segmentation"):
        ais.pick(paths[0], folder, **OPTIONS).result()
    assert len(ais.pick(paths[0], folder, overwrite=True, **OPTIONS).result()) == 1
    (folder / "b__Ribosome_coords.star").write_text("data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
                                                    "_rlnCoordinateZ #3\n1 2 3\n")  # fmt: skip
    with pytest.raises(InputError, match="another program"):
        ais.pick(paths[1], folder, **OPTIONS).result()


def test_one_bad_file_does_not_end_the_run(folder):
    (folder / "b__Ribosome.mrc").write_bytes(b"no volume at all")
    data = np.zeros((10, 10, 10), np.float32)
    data[3] = np.nan
    write_mrc(folder / "d__Ribosome.mrc", data, 10.0)
    job = ais.pick(ribosomes(folder), folder / "picks", workers=2, **OPTIONS)
    assert sorted(job.result()) == ["a", "c"]
    notes = {row["tomogram"]: row["note"] for row in job.history if row["state"] == "failed"}
    assert sorted(notes) == ["b", "d"]
    assert "not numbers" in notes["d"]
    assert sorted(p.name[0] for p in (folder / "picks").iterdir()) == ["a", "c"]


def test_when_all_are_bad_the_first_is_named(folder):
    for path in ribosomes(folder):
        path.write_bytes(b"no volume at all")
    with pytest.raises(InputError, match=r"none of 3 segmentations.*a__Ribosome"):
        ais.pick(ribosomes(folder), **OPTIONS).result()


def test_nothing_found_is_said_and_an_empty_file_is_written(folder):
    write_mrc(folder / "a__Ribosome.mrc", np.full((40, 60, 80), 90, np.uint8), 10.0)
    job = ais.pick(folder / "a__Ribosome.mrc", folder, start=False, **OPTIONS)
    with pytest.warns(UserWarning, match="highest level is 90"):
        job.run()
    assert len(job.result()) == 0
    assert len(ais.open(folder / "a__Ribosome_coords.star")) == 0
    again = ais.pick([folder / "a__Ribosome.mrc"], folder, **OPTIONS)
    assert len(again.result()["a"]) == 0
    assert [row["state"] for row in again.history] == ["skipped"]


def test_too_few_to_be_written(folder):
    job = ais.pick(ribosomes(folder), folder / "picks", min_particles=2, **OPTIONS)
    assert [len(picks) for picks in job.result().values()] == [3, 2, 1]
    assert sorted(p.name[0] for p in (folder / "picks").iterdir()) == ["a", "b"]


@pytest.mark.parametrize("how", ["title", "path", "segmentation", "mapping"])
def test_keeping_away_from_a_membrane(folder, how):
    path = folder / "a__Membrane.mrc"
    avoid = {"title": "Membrane", "path": path, "segmentation": read_segmentation(path), "mapping": {"a": path}}[how]
    near = ais.pick(folder / "a__Ribosome.mrc", avoid=avoid, avoid_distance=30, **OPTIONS).result()
    assert len(near) == 3
    far = ais.pick(folder / "a__Ribosome.mrc", avoid=avoid, avoid_distance=50, **OPTIONS).result()
    assert sorted(far.positions.tolist()) == sorted(map(list, BALLS[:2]))


def test_a_membrane_that_is_not_there(folder):
    job = ais.pick(ribosomes(folder), avoid="Membrane", **OPTIONS)
    assert list(job.result()) == ["a"]
    assert "no segmentation Membrane to avoid" in next(r["note"] for r in job.history if r["tomogram"] == "b")


def test_names_that_would_be_one_file(tmp_path):
    for number in "12":
        (tmp_path / f"TS_{number}").mkdir()
        write_mrc(tmp_path / f"TS_{number}/rec__Ribosome.mrc", volume(BALLS[: int(number)]), 10.0)
    paths = sorted(tmp_path.rglob("*.mrc"))
    found = ais.pick(paths, tmp_path / "picks", **OPTIONS).result()
    assert {name: len(p) for name, p in found.items()} == {"TS_1_rec": 1, "TS_2_rec": 2}
    written = sorted(p.name for p in (tmp_path / "picks").iterdir())
    assert written == ["TS_1_rec__Ribosome_coords.star", "TS_2_rec__Ribosome_coords.star"]
    paths[0].with_name("rec__Ribosome.mrc").rename(tmp_path / "a__X.mrc")
    paths[1].with_name("rec__Ribosome.mrc").rename(tmp_path / "a__Y.mrc")
    with pytest.raises(InputError, match=r"'a' was given twice, with X and Y"):
        ais.pick([tmp_path / "a__X.mrc", tmp_path / "a__Y.mrc"])


def test_what_is_no_segmentation(folder, tmp_path):
    with pytest.raises(InputError, match="pick has no option colour; there are method, threshold"):
        ais.pick(folder, colour="red")
    with pytest.raises(InputError, match="needs a segmentation"):
        ais.pick(7)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/tomogram.mrc").write_bytes(b"x")
    with pytest.raises(InputError, match="has no segmentations"):
        ais.pick(tmp_path / "empty")


def test_cancelled_between_two(folder):
    job = ais.pick(ribosomes(folder), folder / "picks", start=False, **OPTIONS)
    job.listen(lambda job: job.cancel() if job.history else None)
    job.run()
    assert job.state == "cancelled"
    assert len(job.history) < 3


# the command line -----------------------------------------------------------------------------------------------------


def test_command(folder, capsys):
    words = ["pick", "-d", str(folder), "-t", "Ribosome", "-spacing", "50", "-m", "4", "-p", "2"]
    (folder / "b__Ribosome.mrc").write_bytes(b"no volume at all")
    assert run(words) == 1
    said = capsys.readouterr()
    assert "done     a: 3 picks, median size" in said.out
    assert "failed   b" in said.err
    assert len(starfile.read(folder / "a__Ribosome_coords.star")) == 3
    (folder / "list.txt").write_text("a\n")
    assert run([*words, "--subset", str(folder / "list.txt")]) == 0
    assert "skipped  a: 3 picks" in capsys.readouterr().out


def test_command_in_voxels_and_avoiding(folder, capsys):
    words = ["pick", "-d", str(folder / "a__Ribosome.mrc"), "-t", "Ribosome", "-m", "4", "-ou", str(folder / "p")]
    assert run([*words, "-spacing-px", "5", "-size-px", "100", "--avoid", "Membrane", "--avoid-distance", "50"]) == 0
    assert "a: 2 picks" in capsys.readouterr().out
    assert run([*words, "-centroid", "-orient", "normal", "-overwrite"]) == 0
    assert "rlnAngleTilt" in starfile.read(folder / "p/a__Ribosome_coords.star").columns
    assert run(["pick", "-d", str(folder), "-t", "Nothing"]) == 1
    assert "no <tomogram>__Nothing.mrc" in capsys.readouterr().err


def test_golden_files_of_the_released_program_by_the_command(shared, tmp_path):
    source = shared / "samples/pick"
    assert (
        run(["pick", "-d", str(source), "-t", "Blob", "-ou", str(tmp_path), "-m", "0", "-b", "2", "-spacing", "60"])
        == 0
    )
    for path in sorted((source / "out_b2").glob("*.star")):
        theirs, ours = starfile.read(path), starfile.read(tmp_path / path.name)
        assert (theirs["aisParticleID"] == ours["aisParticleID"]).all()
