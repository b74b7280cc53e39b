"""Networks as whole-model HDF5 files of Keras 2, as Ais keeps them in a ``.scnm``; read and written without Keras."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.network_geometry import view_along
from ais_jupyter.core.files.hdf5_tree import Hdf5File, Hdf5Object
from ais_jupyter.core.files.json_text import parse_json
from ais_jupyter.core.files.keras2_changes import from_keras2_meaning, to_keras2_meaning
from ais_jupyter.core.files.keras2_graph import graph_from_config
from ais_jupyter.core.files.keras2_layers import to_keras2, weight_names

KERAS_VERSION, BACKEND = "2.15.0", "tensorflow"
_LONGEST_ATTRIBUTE = 64_000  # bytes; HDF5 takes no more in one


def has_network(data: bytes, what: str) -> bool:
    """Whether these HDF5 bytes are a whole Keras model."""
    with _reading(what):
        return Hdf5File(data).root.texts("model_config") is not None


def read_network(data: bytes, what: str) -> tuple[Network, dict[str, np.ndarray]]:
    """Read a network and the state of its optimizer (empty where there is none).

    Raises
    ------
    UnsafeFileError
        A layer carries code, or the data lie outside the file.
    FileFormatError
        It is damaged, or is a network of another kind.
    """
    with _reading(what):
        root = Hdf5File(data).root
        texts = root.texts("model_config")
        if not texts:
            raise FileFormatError("the attribute model_config is missing; this is not a Keras 2 model")
        network = graph_from_config(parse_json(texts[0], dict, "model_config"))
        groups = root.child("model_weights")
        for layer in network.layers[1:]:
            if weight_names(layer):
                layer.weights = _weights(groups, layer)
        return from_keras2_meaning(_checked(network)), _optimizer(root)


def _checked(network: Network) -> Network:
    """See that the network can be described: what it sees, and the sizes of its layers; nothing is built for that."""
    for axis in (0, 1, 2)[: len(network.input_shape) - 1]:
        view_along(network, axis)
    return network


@contextlib.contextmanager
def _reading(what: str) -> Iterator[None]:
    """Begin every complaint with the name of the file."""
    try:
        yield
    except FileFormatError as error:
        raise type(error)(f"{what}: {error}") from None
    except InputError as error:
        raise FileFormatError(f"{what}: {error}") from None
    except (ValueError, OverflowError, MemoryError, RecursionError) as error:
        raise FileFormatError(f"{what}: the HDF5 file is damaged ({error})") from error


def write_network(network: Network, box_size: int | None = None) -> bytes:
    """Return a file that Keras 2.8–2.15, and with it Ais, opens and runs.

    Parameters
    ----------
    network : Network
    box_size : int, optional
        Height and width of the input; free by default.

    Raises
    ------
    FileFormatError
        A layer is unknown to Keras 2.
    InputError
        The weights do not fit the layers.
    """
    import h5py

    network = to_keras2_meaning(network)
    names = _safe_names(network)
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["backend"] = BACKEND
        file.attrs["keras_version"] = KERAS_VERSION
        file.attrs["model_config"] = json.dumps(_model_config(network, names, box_size))
        groups = file.create_group("model_weights")
        groups.attrs["backend"] = BACKEND
        groups.attrs["keras_version"] = KERAS_VERSION
        _set_names(groups, "layer_names", [names[layer.name] for layer in network.layers])
        for layer in network.layers:
            name = names[layer.name]
            group = groups.create_group(name)
            wanted = weight_names(layer)
            if len(wanted) != len(layer.weights):
                raise InputError(
                    f"layer {layer.name!r} ({layer.kind}) has {len(layer.weights)} weights, not {len(wanted)}"
                )
            _set_names(group, "weight_names", [f"{name}/{weight}:0" for weight in wanted])
            for weight, values in zip(wanted, layer.weights, strict=True):
                group.create_dataset(f"{name}/{weight}:0", data=np.asarray(values, np.float32))
        _set_names(groups.create_group("top_level_model_weights"), "weight_names", [])
    return buffer.getvalue()


def _model_config(network: Network, names: dict[str, str], box_size: int | None) -> dict[str, Any]:
    layers = []
    for layer in network.layers:
        name = names[layer.name]
        if layer.kind == "InputLayer":
            shape = [box_size, box_size, *network.input_shape[2:]]
            config = {
                "batch_input_shape": [None, *shape], "dtype": "float32", "sparse": False, "ragged": False, "name": name,
            }  # fmt: skip
        else:
            config = to_keras2(layer, name)
        nodes = [[[names[source], 0, 0, {}] for source in layer.inputs]] if layer.inputs else []
        layers.append({"class_name": layer.kind, "config": config, "name": name, "inbound_nodes": nodes})
    return {
        "class_name": "Functional",
        "config": {
            "name": _safe(network.name),
            "trainable": True,
            "layers": layers,
            "input_layers": [[names[network.layers[0].name], 0, 0]],
            "output_layers": [[names[network.output], 0, 0]],
        },
    }


def _weights(groups: Hdf5Object, layer: Layer) -> list[np.ndarray]:
    place = f"layer {layer.name!r}"
    if not groups.has(layer.name):
        raise FileFormatError(f"{place} has no weights in the file")
    group = groups.child(layer.name)
    wanted = weight_names(layer)
    stored = {path.rsplit("/", 1)[-1].split(":")[0]: path for path in group.names("weight_names")}
    if set(stored) != set(wanted):
        raise FileFormatError(f"{place} ({layer.kind}) needs the weights {wanted}; the file has {sorted(stored)}")
    weights = [group.child(stored[name]).array().astype(np.float32) for name in wanted]
    _check_kernel(layer, weights, place)
    return weights


def _check_kernel(layer: Layer, weights: list[np.ndarray], place: str) -> None:
    """See that settings and weights tell the same story, as far as one layer shows."""
    kernel = weights[0].shape
    size, filters = layer.config.get("kernel_size"), layer.config.get("filters")
    transposed = layer.kind.endswith("Transpose")
    if isinstance(size, list) and list(kernel[: len(size)]) != size:
        raise FileFormatError(f"{place} should have kernels of {size}, but the file has {kernel}")
    if filters is not None and "Separable" not in layer.kind and kernel[-2 if transposed else -1 :][:1] != (filters,):
        raise FileFormatError(f"{place} should have {filters} filters, but its kernel is {kernel}")
    if layer.kind.endswith("Normalization") and any(w.shape != kernel or w.ndim != 1 for w in weights):
        raise FileFormatError(f"{place} has weights of different sizes")


def _optimizer(root: Hdf5Object) -> dict[str, np.ndarray]:
    """State of Adam under the names that Keras 3 gives its variables."""
    if not root.has("optimizer_weights"):
        return {}
    group = root.child("optimizer_weights")
    state = {}
    for path in group.names("weight_names"):
        match = re.fullmatch(r"Adam/([mv])/(.+)/([^/:]+):0", path)
        if path == "iteration:0":
            key = "adam/iteration"
        elif match:
            key = f"adam/{match[2]}_{match[3]}_{'momentum' if match[1] == 'm' else 'velocity'}"
        else:
            continue  # another optimizer: nothing here could continue with it
        state[key] = group.child(path).array()
    return state


def _set_names(group: Any, key: str, names: list[str]) -> None:
    data = np.array([name.encode() for name in names], dtype="S") if names else np.zeros(0, "S1")
    if data.nbytes <= _LONGEST_ATTRIBUTE:
        group.attrs[key] = data
        return
    per_part = _LONGEST_ATTRIBUTE // data.itemsize
    for part, start in enumerate(range(0, len(data), per_part)):
        group.attrs[f"{key}{part}"] = data[start : start + per_part]


def _safe_names(network: Network) -> dict[str, str]:
    """Names that HDF5 and TensorFlow accept, one per layer."""
    names: dict[str, str] = {}
    for layer in network.layers:
        name = _safe(layer.name)
        while name in names.values():
            name += "_"
        names[layer.name] = name
    return names


def _safe(name: str) -> str:
    clean = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "layer"
    return clean if clean[0].isalnum() else "l" + clean
