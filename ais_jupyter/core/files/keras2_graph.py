"""The ``model_config`` of a Keras 2 model as a graph of known layers, without Keras."""

from __future__ import annotations

import itertools
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.files.keras2_layers import from_keras2

_MOST_LAYERS = 5000


def graph_from_config(model: dict[str, Any]) -> Network:
    """Rebuild the graph of a ``Functional`` or ``Sequential`` model; layers have no weights yet.

    The input's height and width become free: networks are applied to any size.

    Raises
    ------
    UnsafeFileError
        A layer carries or names code.
    FileFormatError
        A layer is unknown, or the graph is not one from one input to one output in which each layer is used once.
    """
    kind, config = model.get("class_name"), model.get("config")
    if kind not in ("Functional", "Model", "Sequential") or not isinstance(config, dict):
        raise FileFormatError(f"expected a Functional model, found {str(kind)[:60]!r}")
    entries = config.get("layers")
    if not isinstance(entries, list) or not 2 <= len(entries) <= _MOST_LAYERS:
        raise FileFormatError("the list of layers is missing, too short or too long")
    layers = [_layer(entry) for entry in entries]
    if kind == "Sequential":
        for before, layer in itertools.pairwise(layers):
            layer.inputs = [before.name]
        output = layers[-1].name
    else:
        _one_end(config.get("input_layers"), "input")
        output = _one_end(config.get("output_layers"), "output")
    return Network(_in_order(layers, output), output, str(config.get("name", "model")))


def _layer(entry: Any) -> Layer:
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise FileFormatError("a layer is not described as Keras 2 does")
    kind, config = str(entry.get("class_name")), entry["config"]
    name = entry.get("name", config.get("name"))
    if not isinstance(name, str) or not name:
        raise FileFormatError(f"a {kind} layer has no name")
    if kind == "InputLayer":
        return Layer(name, kind, {"shape": _input_shape(config, name)})
    return Layer(name, kind, from_keras2(kind, name, config), _inputs(entry.get("inbound_nodes", []), name))


def _input_shape(config: dict[str, Any], name: str) -> list[int | None]:
    if "batch_shape" in config and "batch_input_shape" not in config:
        raise FileFormatError("this model was written by Keras 3; Ais and this program keep models as Keras 2 does")
    shape = config.get("batch_input_shape")
    depth = shape[3:] if isinstance(shape, list) and len(shape) in (4, 5) else None
    if not depth or not all(isinstance(n, int) and not isinstance(n, bool) and 0 < n <= 4096 for n in depth):
        raise FileFormatError(f"input {name!r} should be (batch, y, x, slices), found {str(shape)[:60]}")
    return [None, None, *depth]


def _inputs(nodes: Any, name: str) -> list[str]:
    """Names of the layers that a layer takes its input from: ``[[[name, 0, 0, {}], …]]``."""
    if nodes == []:
        return []
    if not isinstance(nodes, list) or len(nodes) != 1 or not isinstance(nodes[0], list):
        raise FileFormatError(f"layer {name!r} is used more than once, which is not supported")
    names = []
    for source in nodes[0]:
        if (
            not isinstance(source, list)
            or len(source) not in (3, 4)
            or not isinstance(source[0], str)
            or source[1:3] != [0, 0]
            or (len(source) == 4 and source[3])
        ):
            raise FileFormatError(f"the inputs of layer {name!r} are not described as Keras 2 does")
        names.append(source[0])
    return names


def _one_end(ends: Any, which: str) -> str:
    if isinstance(ends, list) and len(ends) == 3 and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, list) or len(ends) != 1 or not isinstance(ends[0], list) or len(ends[0]) < 1:
        raise FileFormatError(f"a network must have one {which}, found {str(ends)[:60]}")
    return str(ends[0][0])


def _in_order(layers: list[Layer], output: str) -> list[Layer]:
    """Sort so that each layer comes after its inputs, keeping the order of the file otherwise."""
    names = [layer.name for layer in layers]
    if len(set(names)) != len(names):
        raise FileFormatError("two layers have the same name")
    inputs = [layer for layer in layers if layer.kind == "InputLayer"]
    if len(inputs) != 1 or output not in names:
        raise FileFormatError("a network must have one input layer, and its output must be one of the layers")
    done: set[str] = {inputs[0].name}
    ordered, waiting = list(inputs), [layer for layer in layers if layer.kind != "InputLayer"]
    while waiting:
        ready = [layer for layer in waiting if layer.inputs and set(layer.inputs) <= done]
        if not ready:
            raise FileFormatError(f"layer {waiting[0].name!r} has inputs that do not exist or form a circle")
        first = ready[0]
        ordered.append(first)
        done.add(first.name)
        waiting = [layer for layer in waiting if layer is not first]
    return ordered
