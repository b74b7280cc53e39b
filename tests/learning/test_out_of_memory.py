"""Memory that runs out halves the batch, and training goes on."""

from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory

pytestmark = pytest.mark.usefixtures("tiny_architectures")


def backend_error():
    """What the backend in use raises when memory runs out."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow

        return tensorflow.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[32,64]")
    if backend == "torch":
        import torch

        return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
    from jax.errors import JaxRuntimeError

    return JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 2147483648 bytes")


@pytest.fixture
def small_memory(monkeypatch):
    """Let a step fail, as the backend does, that takes more boxes than `limit` says."""
    import keras

    limit = {"boxes": 4, "steps": 0}
    original = keras.Model.train_on_batch

    def train_on_batch(self, x, y, **options):
        limit["steps"] += 1
        if len(x) > limit["boxes"] and limit["steps"] > limit.get("after", 0):
            self.set_weights([np.full_like(w, np.nan) for w in self.get_weights()])  # a step that broke in the middle
            raise backend_error()
        return original(self, x, y, **options)

    monkeypatch.setattr(keras.Model, "train_on_batch", train_on_batch)
    return limit


def train(discs, **options):
    model = SegmentationModel("Tiny", "Disc")
    options = {"epochs": 2, "n_copies": 2, "batch_size": 16, "precision": "float32", "seed": 1, **options}
    return model, model.train(discs, start=False, **options)


def test_the_batch_is_halved_until_it_fits(discs, small_memory):
    model, job = train(discs)
    messages = []
    job.listen(lambda j: messages.append(j.message))
    job.run()
    assert job.result() is model
    assert [row["batch_size"] for row in job.history if "out_of_memory" in row] == [8, 4]
    assert {row["batch_size"] for row in job.history if "batch_loss" in row} == {4}
    assert "out of memory with batches of 8: continuing with batches of 4" in messages
    assert [row["epoch"] for row in job.history if "loss" in row] == [1, 2]
    assert all(np.isfinite(w).all() for layer in model.network.layers for w in layer.weights)


def test_an_epoch_that_broke_begins_again_from_its_weights(discs, small_memory):
    small_memory["after"] = 3  # an epoch has two batches of 16: the second one of the second epoch fails
    _, job = train(discs)
    job.run()
    losses = [row["loss"] for row in job.history if "loss" in row]
    assert losses[1] < losses[0] < 1
    ats = [row["at"] for row in job.history if "batch_loss" in row]
    assert ats[:3] == [0.5, 1.0, 1.5]
    assert ats[3:] == sorted(ats[3:])
    assert 1 < ats[3] < 1.5
    assert ats[-1] == 2.0
    assert job.progress == 1.0


def test_one_box_that_does_not_fit_is_an_error_that_says_what_to_do(discs, small_memory):
    small_memory["boxes"] = 0
    _, job = train(discs)
    job.run()
    assert job.state == "failed"
    with pytest.raises(AisError, match="smaller box size or a smaller architecture"):
        job.result()


def test_other_errors_are_not_taken_for_it(discs, monkeypatch):
    import keras

    def broken(*_, **__):
        raise RuntimeError("a shape does not fit")

    monkeypatch.setattr(keras.Model, "train_on_batch", broken)
    _, job = train(discs)
    job.run()
    with pytest.raises(RuntimeError, match="a shape does not fit"):
        job.result()


def test_what_counts_as_out_of_memory():
    assert is_out_of_memory(backend_error())
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 8 GB"))
    wrapped = ValueError("wrapped")
    wrapped.__cause__ = MemoryError()
    assert is_out_of_memory(wrapped)
    assert not is_out_of_memory(ValueError("depth does not fit"))
