"""Whatever is wrong with one tomogram of a batch, the others are segmented, and a person can read why."""

from __future__ import annotations

import numpy as np
import pytest
from brightness import brightness_model

from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning import engine as engine_module
from ais_jupyter.core.workflows import segment

SMALL, LARGE = (3, 40, 48), (3, 400, 480)


def cell(name, shape):
    return Tomogram(np.random.default_rng(0).normal(size=shape).astype(np.float32), 10.0, name=name)


@pytest.fixture(params=["keras", "openvino"])
def kind(request):
    if request.param == "openvino":
        pytest.importorskip("openvino")
    return request.param


def outcomes_of(model, tmp_path, kind):
    job = segment(model, [cell("a", SMALL), cell("b", LARGE), cell("c", SMALL)], tmp_path, engine=kind)
    outcomes = job.result()
    assert [outcome.state for outcome in outcomes] == ["done", "failed", "done"]
    assert all(path.exists() for outcome in (outcomes[0], outcomes[2]) for path in outcome.outputs)
    assert not outcomes[1].outputs[0].exists() if outcomes[1].outputs else True
    return str(outcomes[1].error)


def test_one_that_is_too_large_for_the_memory(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(engine_module, "memory_size", lambda: 1_000_000)
    said = outcomes_of(brightness_model(), tmp_path, kind)
    assert "of memory at layer" in said
    assert "this machine has 1 MB" in said


def out_of_memory(kind):
    """What the libraries below the engines raise when memory runs out."""
    if kind == "openvino":
        return RuntimeError("Exception from src/inference/src/cpp/infer_request.cpp:223: std::bad_alloc, out of memory")
    return MemoryError("Unable to allocate 3.21 TiB")


def test_memory_that_runs_out_in_an_engine(tmp_path, kind, monkeypatch):
    model = brightness_model()
    engine = model.engine(kind)
    if kind == "openvino":
        checked = engine._current[2]

        class Request:
            def __init__(self, request):
                self._request = request

            def infer(self, batch, **options):
                if batch.shape[1] > 300:
                    raise out_of_memory(kind)
                return self._request.infer(batch, **options)

        network, requests, _ = engine._current
        requests.put(Request(requests.get()))
        engine._current = network, requests, checked
    else:
        predict = engine.model.predict_on_batch

        def limited(batch):
            if batch.shape[1] > 300:
                raise out_of_memory(kind)
            return predict(batch)

        engine.model.predict_on_batch = limited
    said = outcomes_of(model, tmp_path, kind)
    assert "ran out of memory on a batch of" in said
    assert "use tiles or a smaller region" in said


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ValueError("embedded null byte"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        RuntimeError("x"),
    ],
)
def test_errors_that_nobody_thought_of(tmp_path, monkeypatch, error):  # fmt: skip
    model = brightness_model()
    from ais_jupyter.core.learning.segmenter import Segmenter

    blocks = Segmenter._blocks

    def broken(self, numbers):
        if self.tomogram.name == "b":
            raise error
        return blocks(self, numbers)

    monkeypatch.setattr(Segmenter, "_blocks", broken)
    job = segment(model, [cell("a", SMALL), cell("b", LARGE), cell("c", SMALL)], tmp_path)
    outcomes = job.result()
    assert [outcome.state for outcome in outcomes] == ["done", "failed", "done"]
    assert isinstance(outcomes[1].error, AisError)
    assert type(error).__name__ in str(outcomes[1].error) or "memory" in str(outcomes[1].error)
