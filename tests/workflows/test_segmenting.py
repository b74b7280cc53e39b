"""Segmenting as a user meets it: outputs on disk, interruptions, shared work, failures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from brightness import brightness_model

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, FileWriteError, InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.workflows import ModelGroup, segment

SHAPE = (6, 40, 48)


@pytest.fixture
def tomogram_file(tmp_path) -> Path:
    path = tmp_path / "cell.mrc"
    write_mrc(path, np.random.default_rng(0).normal(100, 10, SHAPE).astype(np.float32), 10.0, (30.0, 20.0, 10.0))
    return path


def test_output_has_the_place_and_scale_of_the_input(tomogram_file, tmp_path):
    (outcome,) = segment(brightness_model(), tomogram_file, tmp_path / "out", precision="float32").result()
    assert outcome.outputs == [tmp_path / "out" / "cell__Bright.mrc"]
    with mrcfile.open(outcome.outputs[0]) as result, mrcfile.open(tomogram_file) as source:
        assert result.data.shape == SHAPE
        assert int(result.header.mode) == 6
        assert result.voxel_size.x == 10
        assert result.header.origin == source.header.origin
        values = (source.data - source.data.mean()) / 10
        assert np.corrcoef(result.data.ravel(), 1 / (1 + np.exp(-4 * values.ravel())))[0, 1] > 0.999


def test_finished_outputs_are_left_alone(tomogram_file, tmp_path):
    out = tmp_path / "out"
    segment(brightness_model(), tomogram_file, out).result()
    before = (out / "cell__Bright.mrc").stat().st_mtime_ns
    (outcome,) = segment(brightness_model(bias=1), tomogram_file, out).result()
    assert outcome.state == "skipped"
    assert (out / "cell__Bright.mrc").stat().st_mtime_ns == before
    (outcome,) = segment(brightness_model(bias=1), tomogram_file, out, overwrite=True).result()
    assert outcome.state == "done"
    assert (out / "cell__Bright.mrc").stat().st_mtime_ns != before


def test_region_and_range_of_annotations_count(tomogram_file, tmp_path):
    from ais_jupyter.core.files import open as open_file

    annotated = AnnotatedTomogram(open_file(tomogram_file))
    annotated.roi, annotated.z_range = Region(4, 20, 8, 40), (2, 4)
    (outcome,) = segment(brightness_model(), annotated, tmp_path / "out").result()
    volume = mrcfile.read(outcome.outputs[0])
    outside = volume.copy()
    outside[2:4, 4:20, 8:40] = 0
    assert not outside.any()
    assert volume[2:4, 4:20, 8:40].any(axis=(1, 2)).all()


def test_several_models_in_one_pass_and_their_interactions(tomogram_file, tmp_path):
    a, b = brightness_model("A"), brightness_model("B", bias=-1)
    group = ModelGroup([a, b], [Interaction("A", "B", "avoid", radius=20, threshold=0.5)])
    (outcome,) = segment(group, tomogram_file, tmp_path / "together", precision="float32").result()
    both = [mrcfile.read(path) for path in outcome.outputs]
    jobs = [segment(m, tomogram_file, tmp_path / "alone", precision="float32") for m in (a, b)]
    alone = [mrcfile.read(job.result()[0].outputs[0]) for job in jobs]
    np.testing.assert_array_equal(both[1], alone[1])
    assert (both[0][both[1] > 128] == 0).all()
    assert (both[0] > 0).any()


def test_one_failure_does_not_stop_the_others(tomogram_file, tmp_path):
    broken = tmp_path / "broken.mrc"
    broken.write_text("this is text, not a volume\n" * 100)
    gone = tmp_path / "gone.mrc"
    job = segment(brightness_model(), [broken, gone, tomogram_file], tmp_path / "out")
    outcomes = job.result()
    assert [o.state for o in outcomes] == ["failed", "failed", "done"]
    assert "broken.mrc" in str(outcomes[0].error)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["cell__Bright.mrc"]


def test_tomogram_removed_meanwhile(tomogram_file, tmp_path):
    job = segment(brightness_model(), tomogram_file, tmp_path / "out", start=False)
    job.listen(lambda j: tomogram_file.unlink(missing_ok=True) if "slice 2" in j.message else None)
    (outcome,) = job.start().result()
    assert outcome.state == "failed"
    assert not list((tmp_path / "out").iterdir())


def test_cancelled_leaves_nothing(tomogram_file, tmp_path):
    job = segment(brightness_model(), tomogram_file, tmp_path / "out", start=False)
    job.listen(lambda j: j.cancel() if "slice 2" in j.message else None)
    job.start().wait()
    assert job.state == "cancelled"
    assert not list((tmp_path / "out").iterdir())


def test_what_makes_no_sense_is_refused(tomogram_file, tmp_path):
    with pytest.raises(InputError, match="different titles"):
        segment([brightness_model(), brightness_model()], tomogram_file, tmp_path)
    with pytest.raises(InputError, match="no weights"):
        segment(SegmentationModel("VGGNet S", "A"), tomogram_file, tmp_path)
    with pytest.raises(InputError, match="at least one model"):
        segment([], tomogram_file, tmp_path)
    with pytest.raises(FileFormatError, match="expected a model"):
        segment(tomogram_file, tomogram_file, tmp_path)


def test_output_folder_that_cannot_be_made(tomogram_file, tmp_path):
    (tmp_path / "file").write_text("")
    job = segment(brightness_model(), tomogram_file, tmp_path / "file" / "out")
    with pytest.raises(FileWriteError, match="cannot make the folder"):
        job.result()


def test_nan_and_infinite_voxels(tmp_path):
    data = np.random.default_rng(0).normal(100, 10, SHAPE).astype(np.float32)
    data[2, 10:14, 10:14] = np.nan
    data[3, 0, 0] = np.inf
    (outcome,) = segment(brightness_model(), Tomogram(data, 10.0, name="holes"), tmp_path).result()
    clean = data[np.isfinite(data)]
    expected = 1 / (1 + np.exp(-4 * (data[4] - clean.mean()) / clean.std()))
    result = mrcfile.read(outcome.outputs[0])
    assert np.abs(result[4] / 255 - expected).mean() < 0.02


SLOW = """
import sys, time
sys.path.insert(0, {tests!r})
from test_segmenting import brightness_model
from ais_jupyter.core.workflows import segment
job = segment(brightness_model(), sys.argv[2:], sys.argv[1], start=False)
job.listen(lambda j: time.sleep({pause}))
for outcome in job.start().result():
    print(outcome.tomogram, outcome.state)
"""


def start(script, out, *tomograms):
    code = SLOW.format(tests=str(Path(__file__).parent), pause=script)
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", code, str(out), *map(str, tomograms)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip


def test_killed_at_any_moment_leaves_no_finished_looking_file(tomogram_file, tmp_path):
    out = tmp_path / "out"
    process = start(0.3, out, tomogram_file)
    deadline = time.monotonic() + 60
    while not (out.exists() and any(".part" in p.name for p in out.iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (out / "cell__Bright.mrc").exists()
    (outcome,) = segment(brightness_model(), tomogram_file, out).result()  # its claim ended with it
    assert outcome.state == "done"
    assert mrcfile.validate(outcome.outputs[0])


def test_two_processes_share_a_folder(tomogram_file, tmp_path):
    names = []
    for number in range(4):
        names.append(tmp_path / f"cell{number}.mrc")
        names[-1].write_bytes(tomogram_file.read_bytes())
    processes = [start(0.05, tmp_path / "out", *names) for _ in range(2)]
    reports = [process.communicate(timeout=120)[0].split("\n") for process in processes]
    assert all(process.returncode == 0 for process in processes)
    made = [line.split()[0] for report in reports for line in report if line.endswith("done")]
    assert sorted(made) == ["cell0", "cell1", "cell2", "cell3"]  # each by one of them
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [f"cell{n}__Bright.mrc" for n in range(4)]


def test_scores_read_every_scale_of_segmentations(tmp_path):
    from ais_jupyter.core.workflows import evaluate

    probability = np.random.default_rng(0).random((4, 20, 20)).astype(np.float32)
    truth = probability > 0.6
    for name, values in (("float", probability), ("byte", np.floor(probability * 255).astype(np.uint8)),
                         ("signed", np.floor(probability * 127).astype(np.int8))):  # fmt: skip
        write_mrc(tmp_path / f"cell__{name}.mrc", values, 10.0)
        scores = evaluate(tmp_path / f"cell__{name}.mrc", truth)
        assert scores.dice == pytest.approx(2 * 0.4 / (0.4 + 0.5), abs=0.03)
        assert scores.best_dice > 0.97
