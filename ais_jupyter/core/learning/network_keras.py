"""Keras models ↔ plain networks.

The catalogue `core.data.layers` uses the names of Keras 3, so nothing is translated here: each kind is a class of
``keras.layers``, each setting one of its arguments. Initialisers, regularisers, constraints and the optimizer are left
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.layers import KINDS, KNOWN, problem_with
from ais_jupyter.core.data.network import Layer, Network

if TYPE_CHECKING:
    import keras

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}


def network_from_keras(model: Any) -> Network:
    """Turn a Keras model into layers and weights; of an adversarial model, its generator.

    Raises
    ------
    InputError
        The model is not a simple graph of layers that are known here; the text names the layer.
    """
    import keras

    model = getattr(model, "generator", model)
    inputs = getattr(model, "inputs", None)
    if not isinstance(model, keras.Model) or not inputs:
        raise InputError(
            f"a {type(model).__name__} is not a Keras model built from connected layers, so its layers cannot be read"
        )
    if len(inputs) != 1 or len(model.outputs) != 1:
        raise InputError(f"a network has one input and one output; this has {len(inputs)} and {len(model.outputs)}")
    graph = keras.Model(inputs, model.outputs)
    entries = graph.get_config()["layers"]
    by_name = {layer.name: layer for layer in graph.layers}
    layers = [_plain_layer(entry, by_name.get(entry["name"])) for entry in entries]
    return Network(layers, graph.outputs[0]._keras_history.operation.name, model.name)


def _plain_layer(entry: dict[str, Any], layer: Any) -> Layer:
    name, kind, config = entry["name"], entry["class_name"], entry["config"]
    if kind == "InputLayer":
        return Layer(name, kind, {"shape": list(config["batch_shape"][1:])})
    if layer is None:
        raise InputError(f"{name!r} is an operation and not a layer; use a layer such as keras.layers.{kind} instead")
    if kind not in KINDS:
        raise InputError(f"layer {name!r} is a {kind}, which is not supported; supported layers are {KNOWN}")
    if config.get("data_format", "channels_last") != "channels_last":
        raise InputError(f"layer {name!r} has its channels first; only channels_last is supported")
    kept = {key: _json_value(config[key], name, key) for key in KINDS[kind].settings if key in config}
    if config.get("trainable") is False:
        kept["trainable"] = False
    weights = [np.asarray(weight, np.float32) for weight in layer.get_weights()]
    return Layer(name, kind, kept, _input_names(entry), weights)


def _json_value(value: Any, name: str, key: str) -> Any:
    if isinstance(value, (list, tuple)):
        return [_json_value(item, name, key) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise InputError(
        f"{key} of layer {name!r} is a custom object ({value}); only the ones that Keras names can be stored"
    )


def _input_names(entry: dict[str, Any]) -> list[str]:
    name, nodes = entry["name"], entry["inbound_nodes"]
    if len(nodes) != 1:
        raise InputError(f"layer {name!r} is used {len(nodes)} times; each layer may be used once")
    set_by_hand = [key for key, value in nodes[0]["kwargs"].items() if value not in (None, False) and key != "inputs"]
    if set_by_hand:
        raise InputError(f"layer {name!r} is called with {', '.join(set_by_hand)}, which cannot be stored")
    histories = list(_histories([nodes[0]["args"], nodes[0]["kwargs"].get("inputs")]))
    for source, node, tensor in histories:
        if node or tensor:
            raise InputError(f"layer {source!r} is used more than once or has several outputs; it may have one")
    return [source for source, _, _ in histories]


def _histories(tree: Any) -> Iterator[tuple[str, int, int]]:
    """Where the tensors in the arguments of a call come from: layer, node, tensor."""
    if isinstance(tree, dict) and "keras_history" in tree.get("config", {}):
        yield tuple(tree["config"]["keras_history"])
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            yield from _histories(item)


def keras_from_network(network: Network, precision: str = "float32") -> keras.Model:
    """Build a Keras model of `network` for any number and size of images; it is not compiled.

    Parameters
    ----------
    network : Network
    precision : "float32", "bfloat16" or "float16"
        With the last two, layers compute in it and keep their weights in float32; the last layer computes in float32.

    Raises
    ------
    InputError
        A layer is unknown, or its settings or weights do not fit; the text names it.
    """
    import keras

    shape = network.input_shape
    inputs = keras.Input((None, None, *shape[2:]), name=_keras_name(network.layers[0].name))
    tensors = {network.layers[0].name: inputs}
    for layer in network.layers[1:]:
        if layer.kind not in KINDS:
            raise InputError(f"layer {layer.name!r} is a {layer.kind}, which is not supported")
        if (problem := problem_with(layer.kind, layer.config)) is not None:
            raise InputError(f"layer {layer.name!r} ({layer.kind}): {problem}")
        policy = "float32" if layer.name == network.output else _policy(precision)
        sources = [tensors[name] for name in layer.inputs]
        try:
            made = getattr(keras.layers, layer.kind)(**layer.config, name=_keras_name(layer.name), dtype=policy)
            tensors[layer.name] = made(sources[0] if len(sources) == 1 else sources)
            if layer.weights:
                made.set_weights(layer.weights)
        except (TypeError, ValueError) as error:
            raise InputError(f"layer {layer.name!r} ({layer.kind}) cannot be built: {error}") from error
    return keras.Model(inputs, tensors[network.output], name=_keras_name(network.name))


def copy_weights(network: Network, model: Any) -> None:
    """Give a Keras model (of an adversarial one, its generator) the weights of a network of the same structure.

    Raises
    ------
    InputError
        The structures differ; nothing is copied.
    """
    model = getattr(model, "generator", model)
    stored = [layer for layer in network.layers if layer.weights]
    wanted = [layer for layer in model.layers if layer.weights]
    if len(stored) != len(wanted):
        raise InputError(f"{len(stored)} layers with weights do not fit a network that has {len(wanted)} of them")
    for ours, theirs in zip(wanted, stored):
        shapes, given = [tuple(w.shape) for w in ours.weights], [w.shape for w in theirs.weights]
        if shapes != given:
            raise InputError(f"weights of layer {theirs.name!r} are {given}; layer {ours.name!r} needs {shapes}")
    for ours, theirs in zip(wanted, stored):
        ours.set_weights(theirs.weights)


def with_precision(model: Any, precision: str) -> Any:
    """Copy a model into one that computes in `precision`, with the same weights, loss and optimizer settings.

    Layers are copied with all they are made of (also regularisers). An object that is no Keras model is left as it is.
    """
    import keras

    from ais_jupyter.models.adversarial import ConditionalGAN

    if isinstance(model, ConditionalGAN):
        parts = (with_precision(part, precision) for part in (model.generator, model.discriminator))
        return ConditionalGAN(*parts)
    if not isinstance(model, keras.Model) or not model.inputs:
        return model
    last = {tensor._keras_history.operation.name for tensor in model.outputs}

    def copy(layer: Any) -> Any:
        policy = "float32" if layer.name in last else _policy(precision)
        return type(layer).from_config({**layer.get_config(), "dtype": policy})

    clone = keras.models.clone_model(model, clone_function=copy)
    clone.set_weights(model.get_weights())
    if model.compiled:
        optimizer = type(model.optimizer).from_config(model.optimizer.get_config())
        clone.compile(optimizer=optimizer, loss=model.loss)
    return clone


def _policy(precision: str) -> str:
    if precision not in POLICIES:
        raise InputError(f"precision is one of {', '.join(POLICIES)}, not {precision!r}")
    return POLICIES[precision]


def _keras_name(name: str) -> str:
    return name.replace("/", "_")
