"""The command line from the outside: real files, exit codes, plain messages."""

from __future__ import annotations

import sys
from pathlib import Path

import mrcfile
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "learning"))
import plugins

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.main import main


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    """A folder with an annotated tomogram and a home with small architectures."""
    from ais_jupyter.core.learning import architectures

    folder = tmp_path_factory.mktemp("cli")
    plugins.install(folder / "home", plugins.TINY, 'raise RuntimeError("broken on purpose")')
    rng = np.random.default_rng(0)
    volume = rng.normal(100, 10, (5, 64, 72)).astype(np.float32)
    mask = np.zeros((64, 72), np.uint8)
    mask[20:30, 20:30] = mask[40:50, 45:55] = 1
    volume[2] -= 40 * mask
    write_mrc(folder / "cell.mrc", volume, 10.0)
    annotated = AnnotatedTomogram(open_file(folder / "cell.mrc"))
    feature = annotated.add_feature("Disc", box_size=32)
    feature.set_mask(2, mask)
    for y, x in ((25, 25), (45, 50), (30, 40)):
        feature.add_box(2, y, x)
    annotated.save(folder / "cell.scns")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIS_JUPYTER_HOME", str(folder / "home"))
        architectures.reload()
        yield folder
    architectures.reload()


@pytest.fixture(scope="module")
def model(workplace):
    command = ["extract", "-d", str(workplace / "cell.scns"), "-f", "Disc", "-size", "32", "-ou", str(workplace)]
    assert main(command) == 0
    boxes = workplace / "32x32x1_10.00Apx_Disc.scnt"
    command = ["train", "-a", "tiny", "-t", str(boxes), "-ou", str(workplace), "-name", "Disc", "-e", "2", "-c", "4"]
    assert main([*command, "--seed", "1"]) == 0
    return workplace / "Disc.scnm"


def test_extract_train_segment(workplace, model, capsys):
    out = workplace / "segmented"
    command = ["segment", "-m", str(model), "-d", str(workplace), "-ou", str(out), "-gpu", "-1"]
    assert main(command) == 0
    assert "done     cell" in capsys.readouterr().out
    assert mrcfile.read(out / "cell__Disc.mrc").shape == (5, 64, 72)
    assert main(command) == 0
    assert "skipped  cell" in capsys.readouterr().out


def test_segment_with_the_spellings_of_ais(workplace, model):
    out = workplace / "old"
    command = ["segment", "-m", str(model), "-d", str(workplace / "*.mrc"), "-ou", str(out), "-tta", "2"]
    assert main([*command, "-overwrite", "1", "-data-apix", "12", "-sigma", "10", "--center", "40"]) == 0
    command = ["segment", "--model_path", str(model), "--data_directory", str(workplace / "cell.mrc")]
    command += ["--output_directory", str(out), "--overwrite", "1", "--batch", "2", "--workers", "3"]
    assert main(command) == 0


def test_a_list_of_tomograms(workplace, model):
    listed = workplace / "list.txt"
    listed.write_text(f"# tomograms\n{workplace / 'cell'}\n\n")
    assert main(["segment", "-m", str(model), "-d", str(listed), "-ou", str(workplace / "listed")]) == 0
    assert (workplace / "listed" / "cell__Disc.mrc").exists()


def test_training_continues(workplace, model, capsys):
    boxes = workplace / "32x32x1_10.00Apx_Disc.scnt"
    command = ["train", "-m", str(model), "-t", str(boxes), "-ou", str(workplace / "more"), "-e", "1", "-name", "Disc"]
    assert main(command) == 0
    assert (workplace / "more" / "Disc.scnm").exists()


def test_architectures_are_listed_and_broken_plugins_named(workplace, capsys):
    assert main(["train", "-models"]) == 0
    shown = capsys.readouterr()
    assert "VGGNet M" in shown.out
    assert "Tiny" in shown.out
    assert "broken on purpose" in shown.err


def test_model_given_as_training_data(workplace, model, capsys):
    assert main(["train", "-t", str(model), "-ou", str(workplace)]) == 1
    message = capsys.readouterr().err
    assert "is a model" in message
    assert "Traceback" not in message


def test_one_broken_tomogram_fails_alone(workplace, model, tmp_path, capsys):
    (tmp_path / "bad.mrc").write_bytes(b"\0" * 2000)
    write_mrc(tmp_path / "good.mrc", np.zeros((3, 40, 40), np.float32) + np.arange(40), 10.0)
    assert main(["segment", "-m", str(model), "-d", str(tmp_path), "-ou", str(tmp_path / "out")]) == 1
    shown = capsys.readouterr()
    assert "failed" in shown.err
    assert "good" in shown.out
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["good__Disc.mrc"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["segment", "-m", "a", "-d", "b", "-ou", "c", "--overwite", "1"], "did you mean --overwrite?"),
        (["segment", "-m", "a", "-d", "b"], "-ou/--output_directory"),
        (["train", "-epoch", "3"], "did you mean --epochs?"),
        (["frobnicate"], "invalid choice"),
    ],
)
def test_wrong_usage_is_refused_with_a_suggestion(arguments, expected, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert expected in capsys.readouterr().err


def test_nothing_found(workplace, model, tmp_path, capsys):
    assert main(["segment", "-m", str(model), "-d", str(tmp_path), "-ou", str(tmp_path / "out")]) == 1
    assert "no files found" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", ["demo", "extract", "train", "segment", "convert", "info"])
def test_every_command_has_help_with_examples(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert "examples:" in shown
    assert f"ais-jupyter {command}" in shown
