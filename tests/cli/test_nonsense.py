"""Nonsense in every option of every command, and in every argument of every function, ends in words or in a result."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import warnings
from pathlib import Path

import mrcfile
import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.cli.program import build_parser, run
from ais_jupyter.core.data.errors import AisError

NONSENSE = ["-200", "0", "nan", "inf", "-1", "1e300", "x", "", "../..", "\u202e", "a\nb", "None", "1,2"]


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("nonsense")
    with mrcfile.new(folder / "t.mrc") as file:
        file.set_data(np.random.default_rng(0).normal(size=(3, 40, 40)).astype(np.float32))
        file.voxel_size = 10.0
    with mrcfile.new(folder / "s__A.mrc") as file:
        file.set_data((np.random.default_rng(0).random((8, 20, 20)) > 0.9).astype(np.uint8) * 255)
        file.voxel_size = 10.0
    annotated = ais.AnnotatedTomogram(ais.open(folder / "t.mrc"))
    feature = annotated.add_feature("A", box_size=32)
    feature.set_mask(1, np.eye(40))
    for y, x in ((16, 16), (20, 20), (24, 24)):
        feature.add_box(1, y, x)
    annotated.save(folder / "t.scns")
    ais.extract(annotated, "A", box_size=32).save(folder / "t.scnt")
    ais.SegmentationModel("UNet S", "A").build(32, 1, 10.0).save(folder / "A.scnm")
    return folder


SOUND = {
    "extract": ["-d", "{p}/t.scns", "-f", "A", "-ou", "{o}", "-size", "32"],
    "train": ["-t", "{p}/t.scnt", "-a", "UNet S", "-ou", "{o}", "-e", "1", "-c", "1", "-b", "2"],
    "segment": ["-m", "{p}/A.scnm", "-d", "{p}/t.mrc", "-ou", "{o}", "--center", "34"],
    "pick": ["-d", "{p}/s__A.mrc", "-t", "A", "-ou", "{o}"],
    "convert": ["{p}/t.scns", "{o}/b.star"],
    "info": ["{p}/t.mrc"],
}


def options_of(command: str) -> list[str]:
    (subparsers,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    parser = subparsers.choices[command]
    taking = [a for a in parser._actions if a.option_strings and a.nargs != 0 and "-gpu" not in a.option_strings]
    return [action.option_strings[-1] for action in taking]


#: A whole training for each value would take an hour: these are tried on training alone, without running it.
CASES = [(command, option) for command in SOUND for option in options_of(command)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("command", "option"), CASES, ids=lambda v: str(v))
def test_options_of_commands(place, tmp_path, monkeypatch, capsys, command, option):
    if command == "train":  # nothing is learned here: what matters is what is refused
        monkeypatch.setattr("ais_jupyter.core.learning.training_options.TrainingOptions.epochs", 1, raising=False)
        monkeypatch.setattr("ais_jupyter.core.workflows.training.Job", _Ended)
    monkeypatch.chdir(tmp_path)
    for number, value in enumerate(NONSENSE):
        out = tmp_path / f"out{number}"
        out.mkdir()
        sound = [word.format(p=place, o=out) for word in SOUND[command]]
        code = code_of([command, *sound, f"{option}={value}" if option.startswith("--") else option, value])
        assert code in (0, 1, 2), (option, value)
        said = capsys.readouterr()
        assert "Traceback" not in said.err


def code_of(words: list[str]) -> int | str | None:
    try:
        return run(words)
    except SystemExit as stop:
        return stop.code


class _Ended:
    """Stands for a job whose training is not run."""

    history: tuple = ()

    def __init__(self, work, title=""):
        work.close()

    def follow(self):
        raise AisError("not run here")


VALUES = [-200, 0, float("nan"), float("inf"), 10**400, "x", "", None, [], {}, object(), b"\0", "\ud800", 1e300, -1.5]


def calls(place: Path) -> dict:
    """Functions with arguments that make sense, each of which is then replaced by nonsense."""
    annotated, model = ais.open(place / "t.scns"), ais.open(place / "A.scnm")
    tomogram, boxes = ais.open(place / "t.mrc"), ais.open(place / "t.scnt")
    feature = annotated.features[0]
    return {
        ais.open: {"path": place / "t.mrc"},
        ais.extract: {"annotated": annotated, "positive": "A", "negative": (), "box_size": 32, "voxel_size": 10.0,
                      "depth": 1},
        ais.evaluate: {"segmentation": place / "t.mrc", "truth": place / "t.mrc"},
        _picked: {"segmentations": place / "s__A.mrc", "method": "centroids", "threshold": 100, "min_size": 1.0,
                  "max_size": 1e9, "min_diameter": 1.0, "max_diameter": 1e3, "margin": 0, "binning": 1, "region": None,
                  "z_range": None, "avoid": None, "avoid_distance": 0, "avoid_threshold": 9, "orient": "normal",
                  "orient_sign": "z", "spacing": 10, "workers": 1, "min_particles": 0},
        ais.score_picks: {"picks": [[1, 2, 3]], "truth": [[1, 2, 4]], "radius": 20, "voxel_size": 10.0},
        ais.Tomogram: {"data": np.zeros((2, 3, 4)), "voxel_size": 1.0, "origin": (0, 0, 0), "name": "t", "path": None},
        ais.Region: {"y0": 0, "y1": 2, "x0": 0, "x1": 2},
        ais.Picks: {"positions": [[1, 2, 3]], "tomogram_name": "t"},
        ais.SegmentationModel: {"architecture": "UNet S", "title": "A", "color": None},
        model.segment_slice: {"image": np.zeros((40, 40), np.float32), "voxel_size": 10.0},
        tomogram.slice: {"index": 1, "axis": "z"},
        feature.set_mask: {"z": 1, "mask": np.zeros((40, 40))},
        feature.add_box: {"z": 1, "y": 2, "x": 3},
        annotated.relink: {"tomogram": place / "t.mrc"},
        boxes.subset: {"indices": [0]},
    }  # fmt: skip


def _picked(**arguments):
    return ais.pick(**arguments).result()


#: What a caller who passes the wrong type may expect of any Python function.
PYTHONS_OWN = (TypeError, IndexError, KeyError, FileNotFoundError)


def expect_words(function, arguments: dict, name: str) -> None:
    """Call, and accept a result, or an error that names what is wrong."""
    try:
        function(**arguments)
    except (AisError, *PYTHONS_OWN):
        pass
    except Exception as error:
        where = f"{getattr(function, '__qualname__', function)}({name}={ascii(arguments[name])[:40]})"
        raise AssertionError(f"{where}: {type(error).__name__}: {error}") from error


def test_arguments_of_functions(place):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for function, sound in calls(place).items():
            for name in sound:
                for value in VALUES:
                    expect_words(function, {**sound, name: value}, name)


def test_settings_of_training_and_segmenting(place, tmp_path):
    model, boxes = ais.open(place / "A.scnm"), ais.open(place / "t.scnt")
    for name in (
        "epochs", "batch_size", "n_copies", "excess_negative", "learning_rate", "validation_split",
        "filament_diameter", "schedule", "precision",
    ):  # fmt: skip
        for value in VALUES:
            with contextlib.suppress(AisError, TypeError):
                model.train(boxes, start=False, **{name: value})
    parameters = [
        name for name in inspect.signature(ais.segment).parameters
        if name not in ("models", "tomograms", "output_dir", "start", "inference", "overwrite")
    ]  # fmt: skip
    for name in [*parameters, "tta", "tiled", "overlap", "overlap_mode", "normalization", "no_such_option"]:
        for value in VALUES:
            with contextlib.suppress(AisError, TypeError):
                ais.segment(model, place / "t.mrc", tmp_path / "out", start=False, **{name: value})
