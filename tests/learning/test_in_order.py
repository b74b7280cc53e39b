"""Slices computed by several threads come in their order, and not far ahead of who asks for them."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.engine_openvino import OpenVinoEngine
from ais_jupyter.core.learning.inference import Inference
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import global_statistic
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.streams import ahead, in_order


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_keep_their_order(workers):
    def slow_first(number: int) -> int:
        time.sleep(0.02 if number % 3 == 0 else 0)
        return number * number

    assert list(in_order(slow_first, range(20), workers)) == [n * n for n in range(20)]


def test_one_is_made_ahead_by_another_thread():
    made, threads = [], set()

    def items():
        for number in range(5):
            made.append(number)
            threads.add(threading.get_ident())
            yield number
        raise ValueError("the sixth cannot be made")

    coming, taken = ahead(items()), []
    with pytest.raises(ValueError, match="the sixth"):
        for number in coming:
            taken.append(number)
            assert len(made) <= number + 2
    assert taken == [0, 1, 2, 3, 4]
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_only_a_few_are_computed_ahead():
    taken = []

    def items():
        for number in range(100):
            taken.append(number)
            yield number

    results = in_order(lambda n: n, items(), 2)
    for _ in range(5):
        next(results)
    assert len(taken) <= 8
    results.close()  # as when a segmentation is cancelled
    assert len(taken) <= 8


def test_an_error_in_a_thread_reaches_the_caller():
    def fail(number: int) -> int:
        if number == 3:
            raise ValueError("slice 3")
        return number

    results = in_order(fail, range(10), 2)
    with pytest.raises(ValueError, match="slice 3"):
        list(results)
    assert threading.active_count() < 20


def test_a_volume_comes_out_as_slice_by_slice():
    pytest.importorskip("openvino")
    volume = np.random.default_rng(0).normal(100, 20, (9, 40, 48)).astype(np.float32)
    tomogram = Tomogram(volume, 10.0)
    model = SegmentationModel("UNet lite", "test").build(box_size=32, voxel_size=10.0)
    statistic, options = global_statistic(tomogram), InferenceOptions()
    engine = model.engine(precision="float32", streams=2)
    assert isinstance(engine, OpenVinoEngine)
    assert engine.streams == 2
    found = dict(Segmenter(engine, model.info, tomogram, options).stream((1, 8)))
    assert list(found) == list(range(1, 8))
    alone = Inference(model.engine(precision="float32"), model.info, options)
    for z, probabilities in found.items():
        expected = alone.middle_slices(volume[z][None, None], 10.0, statistic)[0]
        np.testing.assert_allclose(probabilities, expected, atol=1e-6)
