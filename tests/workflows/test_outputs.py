"""Where results go: one place per tomogram, never outside the folder, never over a tomogram, the same in every run."""

from __future__ import annotations

import os
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from brightness import brightness_model

import ais_jupyter as ais
from ais_jupyter.cli.program import run
from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.segmentation import Extent
from ais_jupyter.core.files.mrc import read_mrc


def volume(path: Path, seed: int = 0, shape=(4, 40, 48)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(np.random.default_rng(seed).normal(100, 10, shape).astype(np.float32))
        file.voxel_size = 10.0
    return path


def segment(tomograms, folder, model=None, **options):
    return ais.segment(model or brightness_model(), tomograms, folder, **options).result()


def files_below(folder: Path) -> set[str]:
    return {str(Path(root, name).relative_to(folder)) for root, _, names in os.walk(folder) for name in names}


def test_tomograms_that_are_called_alike_all_get_their_result(tmp_path):
    paths = [volume(tmp_path / "TS_01/rec.mrc", 1), volume(tmp_path / "TS_02/rec.mrc", 2)]
    for _ in range(2):  # the same in every run
        outcomes = segment(paths, tmp_path / "out")
        assert [o.tomogram for o in outcomes] == ["TS_01_rec", "TS_02_rec"]
        assert files_below(tmp_path / "out") == {"TS_01_rec__Bright.mrc", "TS_02_rec__Bright.mrc"}
    assert [o.state for o in outcomes] == ["skipped", "skipped"]
    first, second = (mrcfile.read(tmp_path / f"out/TS_0{i}_rec__Bright.mrc") for i in (1, 2))
    assert not np.array_equal(first, second)
    alone = segment(paths[1], tmp_path / "alone")[0].outputs[0]
    np.testing.assert_array_equal(mrcfile.read(alone), second)


def test_extensions_tell_apart_and_overwriting_stays_with_its_own(tmp_path):
    paths = [volume(tmp_path / "a.mrc", 1), volume(tmp_path / "a.rec", 2)]
    for _ in range(2):
        outcomes = segment(paths, tmp_path / "out", overwrite=True)
        assert [o.state for o in outcomes] == ["done", "done"]
    assert files_below(tmp_path / "out") == {"a_mrc__Bright.mrc", "a_rec__Bright.mrc"}


def test_a_result_of_another_tomogram_is_not_taken_for_finished(tmp_path):
    segment(volume(tmp_path / "one/rec.mrc", 1), tmp_path / "out")
    (outcome,) = segment(volume(tmp_path / "two/rec.mrc", 2), tmp_path / "out")
    assert outcome.state == "failed"
    assert "result of another tomogram" in str(outcome.error)
    assert segment(tmp_path / "one/rec.mrc", tmp_path / "out")[0].state == "skipped"


def test_the_command_line_says_the_names_before_it_starts(tmp_path, capsys):
    volume(tmp_path / "TS_01/rec.mrc", 1)
    volume(tmp_path / "TS_02/rec.mrc", 2)
    brightness_model().save(tmp_path / "m.scnm")
    command = ["segment", "-m", str(tmp_path / "m.scnm"), "-d", str(tmp_path / "TS_*" / "rec.mrc"), "-gpu", "-1"]
    assert run([*command, "-ou", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "TS_02/rec.mrc → TS_02_rec__Bright.mrc" in said
    assert said.index("→") < said.index("done")


@pytest.mark.parametrize(
    "title",
    ["x/../../t", "../../t", "/abs/t", "actin/tubulin", "a\\..\\..\\t", "..", "CON", "a\nb", "x" * 300, ".hidden", "",
     "C:t", "a__b", "\u202egpj", "🧬"],
)  # fmt: skip
def test_no_title_leads_outside_the_folder(tmp_path, title):
    source = volume(tmp_path / "data/t.mrc")
    before = source.read_bytes()
    tomogram = ais.open(source)
    tomogram.name = title or tomogram.name
    outcomes = segment([tomogram, volume(tmp_path / "data/u.mrc", 3)], tmp_path / "work/out", brightness_model(title))
    assert [o.state for o in outcomes] == ["done", "done"]
    assert source.read_bytes() == before
    made = files_below(tmp_path) - {"data/t.mrc", "data/u.mrc"}
    assert all(Path(name).parent == Path("work/out") for name in made)
    assert len(made) == 2


def test_titles_that_are_one_file_on_some_system_are_refused(tmp_path):
    source = volume(tmp_path / "t.mrc")
    with pytest.raises(InputError, match="different titles"):
        ais.segment([brightness_model("Ribosome"), brightness_model("ribosome")], source, tmp_path / "out")


def test_no_result_replaces_a_tomogram_of_the_run(tmp_path):
    a, b = volume(tmp_path / "a.mrc", 1), volume(tmp_path / "a__Bright.mrc", 2)
    before = b.read_bytes()
    with pytest.raises(InputError, match="would replace a tomogram"):
        segment([a, b], tmp_path, overwrite=True)
    assert b.read_bytes() == before


def test_results_among_the_tomograms_are_left_alone(tmp_path, capsys):
    volume(tmp_path / "a.mrc", 1)
    brightness_model().save(tmp_path / "m.scnm")
    command = ["segment", "-m", str(tmp_path / "m.scnm"), "-d", str(tmp_path), "-ou", str(tmp_path), "-gpu", "-1"]
    for _ in range(3):
        assert run(command) == 0
        assert files_below(tmp_path) == {"a.mrc", "m.scnm", "a__Bright.mrc"}
    assert "a__Bright: is a result of segmentation itself" in capsys.readouterr().out
    os.rename(tmp_path / "a__Bright.mrc", tmp_path / "renamed.mrc")
    assert run(command) == 0
    assert files_below(tmp_path) == {"a.mrc", "m.scnm", "renamed.mrc", "a__Bright.mrc"}
    with pytest.raises(InputError, match="nothing to segment"):
        segment(tmp_path / "renamed.mrc", tmp_path / "out")


def test_a_result_says_what_was_segmented(tmp_path):
    annotated = ais.AnnotatedTomogram(ais.open(volume(tmp_path / "t.mrc")))
    annotated.roi = ais.Region(4, 30, 8, 40)
    annotated.z_range = (1, 3)
    (outcome,) = segment(annotated, tmp_path / "out")
    assert Extent.of(read_mrc(outcome.outputs[0])) == Extent((1, 3), ais.Region(4, 30, 8, 40))


def test_the_path_of_annotations_counts_as_the_object(tmp_path):
    annotated = ais.AnnotatedTomogram(ais.open(volume(tmp_path / "t.mrc")))
    annotated.roi = ais.Region(4, 30, 8, 40)
    annotated.z_range = (1, 3)
    saved = annotated.save()
    by_object = mrcfile.read(segment(annotated, tmp_path / "object")[0].outputs[0])
    by_path = mrcfile.read(segment(saved, tmp_path / "path")[0].outputs[0])
    np.testing.assert_array_equal(by_object, by_path)
    assert by_path[1:3, 4:30, 8:40].any()
    assert not by_path[0].any()


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(AisError, match="cannot make the folder"):
        segment(volume(tmp_path / "t.mrc"), tmp_path / "file" / "out")


def test_one_unreadable_tomogram_does_not_stop_the_others(tmp_path):
    (tmp_path / "bad.mrc").write_bytes(b"no volume")
    strange = ais.open(volume(tmp_path / "strange.mrc"))
    strange.data = None
    outcomes = segment([tmp_path / "bad.mrc", strange, volume(tmp_path / "good.mrc")], tmp_path / "out")
    assert [o.state for o in outcomes] == ["failed", "failed", "done"]
    assert all(str(o.error).encode() for o in outcomes[:2])
