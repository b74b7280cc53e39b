"""The choice of what computes a network or a forest.

OpenVINO is the faster one without a GPU; it is built from the network in a fraction of a second and needs no TensorFlow
in the process. Keras is the reference, and computes what OpenVINO cannot.
"""

from __future__ import annotations

import logging
from typing import Any

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.learning.engine import KINDS, Engine
from ais_jupyter.core.learning.hardware import PRECISIONS, has_gpu, openvino_installed

log = logging.getLogger(__name__)


def make_engine(
    network: Network | Forest | Any, kind: str = "auto", precision: str = "auto", streams: int = 1
) -> Engine:
    """Choose the quickest engine that can compute `network`.

    Parameters
    ----------
    network : Network, Forest, Keras model, or an object with ``predict(batch)``
        A forest has one engine, whichever is asked for.
    kind : "auto", "openvino" or "keras"
        "auto" takes OpenVINO where it is installed and there is no GPU.
    precision : "auto", "float32" or "bfloat16"
        See `hardware.resolve_precision`.
    streams : int
        How many predictions may run at once, where the engine gains by that (see `streams_of`).

    Raises
    ------
    InputError
        An unknown choice, OpenVINO is asked for and not installed, or it cannot compute a layer of the network.
    """
    if kind not in KINDS or precision not in PRECISIONS:
        raise InputError(f"an engine is one of {KINDS} in one of {PRECISIONS}, not {kind!r} in {precision!r}")
    if isinstance(network, Forest):
        from ais_jupyter.core.learning.engine_forest import ForestEngine

        return ForestEngine(network, streams)
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
