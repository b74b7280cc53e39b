"""Prediction with OpenVINO on the processor."""

from __future__ import annotations

from queue import SimpleQueue

import numpy as np

from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.engine import BatchCheck, engine_error
from ais_jupyter.core.learning.hardware import resolve_precision
from ais_jupyter.core.learning.openvino_graph import openvino_graph
from ais_jupyter.core.learning.openvino_runtime import DEVICE, core, ov

_HINTS = {"float32": "f32", "bfloat16": "bf16"}


class OpenVinoEngine:
    """Applies a network with OpenVINO, on all processors, to images of any size.

    The size is left open in the compiled graph: that costs 2 % at most over one compiled for a size, and nothing when
    the size changes. As many calls as there are streams run at once, others wait.

    Parameters
    ----------
    network : Network
    precision : "auto", "float32" or "bfloat16"
    streams : int
        The processors are shared among so many simultaneous predictions. One is best for a lone slice; two keep the
        processors busier over many, at the price of the memory of two.
    """

    name = "OpenVINO"

    def __init__(self, network: Network, precision: str = "auto", streams: int = 1) -> None:
        self.precision = resolve_precision(precision, "openvino")
        self.streams = max(1, int(streams))
        self.update(network)

    @property
    def network(self) -> Network:
        """What is computed now."""
        return self._current[0]

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """(n, y, x, z) → (n, y, x), or (n, y, x, z, 1) → (n, y, x, z); see `Engine`."""
        _, requests, checked = self._current
        batch = checked(batch)
        request = requests.get()
        try:
            return request.infer(batch, share_inputs=True)[0]
        except RuntimeError as error:
            raise engine_error(error, self, batch.shape) from error
        finally:
            requests.put(request)

    def update(self, network: Network) -> None:
        """Rebuild and recompile, 0.1–0.3 s; meanwhile, predictions use the old weights."""
        hints = {"INFERENCE_PRECISION_HINT": _HINTS[self.precision], "PERFORMANCE_HINT": "LATENCY"}
        if self.streams > 1:
            hints.update(PERFORMANCE_HINT="THROUGHPUT", NUM_STREAMS=str(self.streams))
        compiled = core().compile_model(openvino_graph(network), DEVICE, hints)
        requests: SimpleQueue[ov.InferRequest] = SimpleQueue()
        for _ in range(self.streams):
            requests.put(compiled.create_infer_request())
        self._current = (
            network,
            requests,
            BatchCheck(network),
        )
