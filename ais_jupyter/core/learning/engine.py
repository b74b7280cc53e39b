"""What computes predictions: one small interface over OpenVINO, Keras and forests; `engines` chooses among them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.network_cost import check_cost
from ais_jupyter.core.learning.hardware import memory_size
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory

KINDS = ("auto", "openvino", "keras")


class Engine(Protocol):
    """Applies a network.

    Attributes
    ----------
    name : str
        "OpenVINO", "Forest", or "Keras" with its backend.
    precision : str
        "float32" or "bfloat16".
    network : Network, Forest or None
        What is computed; None for a custom object, of which nothing is known.
    """

    name: str
    precision: str

    @property
    def network(self) -> Network | Forest | None:
        """Layers and weights, or trees; they tell how far a pixel of the result sees."""
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

    def update(self, network: Any) -> None:
        """Continue with other weights, or another network of the same kind and input; quick, even during training."""
        ...


def streams_of(engine: Engine) -> int:
    """Return how many predictions of an engine run at once without waiting for each other."""
    return getattr(engine, "streams", 1)


class BatchCheck:
    """Checks batches before a network sees them: their axes, and that the machine can compute them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._affordable: set[tuple[int, ...]] = set()

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        """Return `batch` as contiguous float32.

        Raises
        ------
        InputError
            It does not fit the input of the network, or computing it would take more memory or time than there is.
        """
        _, _, *rest = self._network.input_shape
        if batch.ndim != len(self._network.input_shape) + 1 or list(batch.shape[3:]) != rest:
            axes = ", ".join(map(str, ["n", "y", "x", *rest]))
            raise InputError(f"the network takes batches of shape ({axes}); this one has {batch.shape}")
        if batch.shape not in self._affordable:
            check_cost(self._network, batch.shape[1:], batch.shape[0], memory_size())
            self._affordable.add(batch.shape)
        return np.ascontiguousarray(batch, np.float32)


def engine_error(error: Exception, engine: Any, shape: tuple[int, ...]) -> AisError:
    """Return the project's own error for what an engine raised while it computed a batch of this shape."""
    if isinstance(error, AisError):
        return error
    what = "×".join(map(str, shape))
    if is_out_of_memory(error):
        return AisError(
            f"{engine.name} ran out of memory on a batch of {what} values: "
            "use tiles or a smaller region, fewer slices at once, or a smaller network"
        )
    return AisError(f"{engine.name} could not compute a batch of {what} values: {str(error).strip()[:500]}")
