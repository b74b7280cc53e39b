"""What computes predictions: one small interface over Keras and OpenVINO.

OpenVINO is the quicker one without a GPU; it is built from the network in a fraction of a second and needs no
TensorFlow in the process. Keras is the reference, and computes what OpenVINO cannot.
"""

from __future__ import annotations

import glob
import importlib.util
import logging
import os
import shutil
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.network import Network

log = logging.getLogger(__name__)

KINDS = ("auto", "openvino", "keras")
PRECISIONS = ("auto", "float32", "bfloat16")


class Engine(Protocol):
    """Applies a network.

    Attributes
    ----------
    name : str
        "OpenVINO", or "Keras" with its backend.
    precision : str
        "float32" or "bfloat16".
    network : Network or None
        What is computed; None for an object that computes by itself, of which nothing is known.
    """

    name: str
    precision: str

    @property
    def network(self) -> Network | None:
        """Layers and weights; they tell how far a pixel of the result sees."""
        ...

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """Probabilities of a batch of any number and size of images.

        Parameters
        ----------
        batch : float32 (n, y, x, z), or (n, y, x, z, 1) for networks that see slabs as volumes

        Returns
        -------
        float32 (n, y, x), or (n, y, x, z)
        """
        ...

    def update(self, network: Network) -> None:
        """Go on with other weights, or with another network that takes the same input; quick enough during training."""
        ...


def make_engine(network: Network | Any, kind: str = "auto", precision: str = "auto", streams: int = 1) -> Engine:
    """Choose the quickest engine that can compute `network`.

    Parameters
    ----------
    network : Network, Keras model, or an object with ``predict(batch)``
    kind : "auto", "openvino" or "keras"
        "auto" takes OpenVINO where it is installed and there is no GPU.
    precision : "auto", "float32" or "bfloat16"
        "auto" takes bfloat16 on processors that compute in it, else float32.
    streams : int
        How many predictions may run at once, where the engine gains by that (see `streams_of`).

    Raises
    ------
    InputError
        An unknown choice, OpenVINO is asked for and not installed, or it cannot compute a layer of the network.
    """
    if kind not in KINDS or precision not in PRECISIONS:
        raise InputError(f"an engine is one of {KINDS} in one of {PRECISIONS}, not {kind!r} in {precision!r}")
    if not isinstance(network, Network):
        from ais_jupyter.core.learning.engine_keras import ModelEngine
        from ais_jupyter.core.learning.network_keras import network_from_keras

        try:
            network = network_from_keras(network)
        except InputError as error:
            if kind == "openvino":
                raise
            log.debug("applied as it is: %s", error)
            return ModelEngine(network)
    if kind == "openvino" and not openvino_installed():
        raise InputError("OpenVINO is not installed; install ais_jupyter[fast] or use the engine 'keras'")
    if kind == "openvino" or (kind == "auto" and openvino_installed() and not has_gpu()):
        from ais_jupyter.core.learning.engine_openvino import OpenVinoEngine
        from ais_jupyter.core.learning.openvino_graph import UnsupportedLayerError

        try:
            return OpenVinoEngine(network, precision, streams)
        except UnsupportedLayerError as error:
            if kind == "openvino":
                raise
            log.info("computed by Keras, because OpenVINO cannot: %s", error)
    from ais_jupyter.core.learning.engine_keras import KerasEngine

    return KerasEngine(network, precision)


def streams_of(engine: Engine) -> int:
    """Return how many predictions of an engine run at once without waiting for each other."""
    return getattr(engine, "streams", 1)


def check_batch(batch: np.ndarray, network: Network) -> np.ndarray:
    """Return `batch` as contiguous float32 after checking its axes.

    Raises
    ------
    InputError
        It does not fit the input of the network.
    """
    _, _, *rest = network.input_shape
    if batch.ndim != len(network.input_shape) + 1 or list(batch.shape[3:]) != rest:
        axes = ", ".join(map(str, ["n", "y", "x", *rest]))
        raise InputError(f"the network takes batches of shape ({axes}); this one has {batch.shape}")
    return np.ascontiguousarray(batch, np.float32)


def openvino_installed() -> bool:
    """Whether OpenVINO can be imported."""
    return importlib.util.find_spec("openvino") is not None


@cache
def has_gpu() -> bool:
    """Whether the backend of Keras can use a GPU; the backend is not imported where there is no sign of one."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    if hidden or not (glob.glob("/dev/nvidia[0-9]*") or glob.glob("/dev/kfd") or shutil.which("nvidia-smi")):
        return False
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    if backend == "jax":
        import jax

        return any(device.platform != "cpu" for device in jax.devices())
    return False


@cache
def processor_has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16 (known on Linux only)."""
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16"} & set(words))
