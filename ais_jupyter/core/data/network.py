"""A network as plain data: layers, their settings and their weights, bound to no framework.

It is what lies between a Keras model, a model file and an inference engine: ``learning`` turns a Keras model into a
`Network` and back, ``files`` writes it as the HDF5 file that Ais reads, and the OpenVINO engine is built from it
without any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Layer:
    """One layer.

    Attributes
    ----------
    name : str
        Unique in the network.
    kind : str
        Keras class name: "InputLayer", "Conv2D", "BatchNormalization", …
    config : dict
        Keras 3 constructor arguments that matter (filters, kernel_size, strides, padding, activation, …); JSON values.
    inputs : list of str
        Names of the layers it takes its input from, in order.
    weights : list of arrays
        In Keras order: kernel, bias; or gamma, beta, moving mean, moving variance.
    """

    name: str
    kind: str
    config: dict[str, Any] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)


@dataclass
class Network:
    """Layers in an order in which each comes after its inputs; one input and one output.

    Attributes
    ----------
    layers : list of Layer
        The first is the InputLayer, whose config has ``shape`` (y, x, z) or (y, x, z, 1), None where free.
    output : str
        Name of the layer whose result is the probability.
    name : str
        Name of the model.
    """

    layers: list[Layer]
    output: str
    name: str = "model"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input without the batch: (y, x, z), or (y, x, z, 1) for slab networks."""
        return tuple(self.layers[0].config["shape"])

    @property
    def n_parameters(self) -> int:
        """Number of weights."""
        return sum(int(w.size) for layer in self.layers for w in layer.weights)

    def layer(self, name: str) -> Layer:
        """Return the layer called `name`."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(f"no layer {name!r} in network {self.name!r}")
