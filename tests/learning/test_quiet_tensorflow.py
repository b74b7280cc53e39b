"""TensorFlow's start-up notes stay out of the first cell that trains; everything else is still said."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ais_jupyter.core.learning.quiet_tensorflow import without_start_up_notes

TRAIN = """
import numpy as np, ais_jupyter as ais
from ais_jupyter.core.learning.hardware import has_gpu
annotated = ais.AnnotatedTomogram(ais.Tomogram(np.random.default_rng(0).normal(size=(2, 64, 64)).astype("f4")))
feature = annotated.add_feature("Disc", box_size=32)
feature.set_mask(1, np.eye(64, dtype=bool))
for i in range(4):
    feature.add_box(1, 30, 20 + 5 * i)
model = ais.SegmentationModel("VGGNet S", "Disc")
model.train(ais.extract(annotated, "Disc"), epochs=1, n_copies=1).result()
import sys, tensorflow
print("trained", model.compiled, "by", tensorflow.__name__)
print("the script's own words", file=sys.stderr)
"""


def run(**environment):
    kept = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    environment = {**kept, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1", **environment}
    return subprocess.run([sys.executable, "-c", TRAIN], env=environment, capture_output=True, text=True, timeout=300)


def test_the_first_training_writes_nothing_in_red():
    pytest.importorskip("tensorflow")
    ended = run()
    assert ended.returncode == 0, ended.stderr
    assert "trained True by tensorflow" in ended.stdout
    assert ended.stderr == "the script's own words\n"


def test_a_log_level_that_was_chosen_is_kept():
    pytest.importorskip("tensorflow")
    assert "oneDNN" in run(TF_CPP_MIN_LOG_LEVEL="0").stderr


def test_what_is_not_a_start_up_note_is_passed_on(capfd):
    with without_start_up_notes():
        os.write(2, b"I0000 00:00:17.3 288 port.cc:153] oneDNN custom operations are on.\n")
        os.write(2, b"2026-01-02 03:04:05.6: E external/local_xla/cuda_fft.cc:479] Unable to register\n")
        os.write(2, b"To enable the following instructions: AVX2 FMA\n")
        os.write(2, b"libcudart.so.12: version mismatch\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "libcudart.so.12: version mismatch\nafterwards\n"


def test_a_failing_import_says_everything_that_it_wrote(capfd):
    with pytest.raises(ImportError), without_start_up_notes():
        os.write(2, b"E0000 00:00:17.3 288 port.cc:153] the library is broken\n")
        raise ImportError
    assert "the library is broken" in capfd.readouterr().err
