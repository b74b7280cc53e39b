"""Prediction with OpenVINO on the processor."""

from __future__ import annotations

import threading
from functools import cache

import numpy as np
import openvino as ov

from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.engine import check_batch
from ais_jupyter.core.learning.openvino_graph import openvino_graph

DEVICE = "CPU"
_HINTS = {"float32": "f32", "bfloat16": "bf16"}


@cache
def _core() -> ov.Core:
    return ov.Core()


def computes_in_bfloat16() -> bool:
    """Whether OpenVINO computes in bfloat16 on this processor."""
    return "BF16" in _core().get_property(DEVICE, "OPTIMIZATION_CAPABILITIES")


class OpenVinoEngine:
    """Applies a network with OpenVINO, on all processors, to images of any size.

    The size is left open in the compiled graph: that costs 2 % at most over one compiled for a size, and nothing when
    the size changes. Calls from several threads wait for each other.
    """

    name = "OpenVINO"

    def __init__(self, network: Network, precision: str = "auto") -> None:
        self.precision = "bfloat16" if precision != "float32" and computes_in_bfloat16() else "float32"
        self._lock = threading.Lock()
        self.update(network)

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """(n, y, x, z) → (n, y, x), or (n, y, x, z, 1) → (n, y, x, z); see `Engine`."""
        with self._lock:
            batch = check_batch(batch, self.network)
            return self._request.infer(batch, share_inputs=True)[0]

    def update(self, network: Network) -> None:
        """Build and compile anew, 0.1–0.3 s; predictions go on meanwhile with what was there."""
        hints = {"INFERENCE_PRECISION_HINT": _HINTS[self.precision], "PERFORMANCE_HINT": "LATENCY"}
        request = _core().compile_model(openvino_graph(network), DEVICE, hints).create_infer_request()
        with self._lock:
            self.network, self._request = network, request
