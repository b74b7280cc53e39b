"""Models (``.scnm``): metadata and a Keras 2 network, or a forest, in a tar archive; once also in two files."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import AisError, CustomLayerError, FileFormatError, UnsafeFileError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.forest_json import MOST_BYTES, read_forest, write_forest
from ais_jupyter.core.files.hdf5_tree import MAGIC
from ais_jupyter.core.files.json_text import parse_json
from ais_jupyter.core.files.keras2_h5 import has_network, read_network, write_network
from ais_jupyter.core.files.safe_tar import TEXT_LIMIT, SafeTar, add_member
from ais_jupyter.core.files.safe_write import replacing
from ais_jupyter.core.files.scnm_metadata import info_from_metadata, metadata_from_info
from ais_jupyter.core.files.scnm_preview import read_preview, write_preview

WEIGHTS, METADATA, OPTIMIZER, FOREST = "_weights.h5", "_metadata.json", "_optimizer.npz", "_forest.json"
SLICE, PICTURE = "_slice.tiff", "_preview.png"


def read_scnm(path: str | Path, allow_custom_layers: bool = False) -> StoredModel:
    """Open a model. Nothing in the file is executed.

    Parameters
    ----------
    path : path
    allow_custom_layers : bool
        For files you trust: a network with layers that carry code (such as Lambda), or that are unknown here, is not
        refused; its weights file is then given as it is in `weights_file`, still without running anything.

    Raises
    ------
    UnsafeFileError
        The network contains code, or the archive reaches outside itself.
    FileFormatError
        It is not a model, or is damaged.
    """
    path = Path(path)
    kind = kinds.identify(path)
    if kind == "scnm_json":
        return _read_pair(path, allow_custom_layers)
    if kind != "scnm_tar":
        raise FileFormatError(f"{path} is {kinds.DESCRIPTION[kind]}, not a model (.scnm)")
    with SafeTar(path) as archive:
        return read_model_archive(archive, allow_custom_layers)


def read_model_archive(archive: SafeTar, allow_custom_layers: bool = False) -> StoredModel:
    """Read a model from an archive that is already open."""
    what = archive.what
    metadata = parse_json(archive.read(_member(archive, METADATA), TEXT_LIMIT), dict, f"{what}: metadata")
    info = info_from_metadata(metadata, what)
    if forest_name := next((name for name in archive.names if name.endswith(FOREST)), None):
        model = _with_forest(info, read_forest(archive.read(forest_name, MOST_BYTES), f"{what}/{forest_name}"))
    else:
        weights_name = _member(archive, WEIGHTS)
        model = _with_weights(info, archive.read(weights_name), f"{what}/{weights_name}", allow_custom_layers)
    optimizer = next((name for name in archive.names if name.endswith(OPTIMIZER)), None)
    if optimizer:
        model.optimizer = _arrays(archive.read(optimizer), f"{what}/{optimizer}")
    pictures = [next((n for n in archive.names if n.endswith(end)), None) for end in (SLICE, PICTURE)]
    if pictures[0] and pictures[1]:
        model.preview = read_preview(archive.read(pictures[0]), archive.read(pictures[1]))
    return model


def write_scnm(model: StoredModel, path: str | Path) -> None:
    """Write a model that Ais opens, applies and continues to train, unless it is a forest (see `forest_json`).

    Raises
    ------
    FileFormatError
        A layer cannot be expressed in Keras 2.
    FileWriteError
        The file cannot be written.
    """
    path = Path(path)
    with replacing(path) as part:
        part.write_bytes(model_archive(model, path.name.rsplit(".", 1)[0]))


def model_archive(model: StoredModel, base: str) -> bytes:
    """Return the bytes of the archive; `base` begins the names of its members."""
    kind = WEIGHTS
    if model.network is not None:
        model.info.n_parameters = model.network.n_parameters
    if isinstance(model.network, Forest):
        kind, weights = FOREST, write_forest(model.network)
    elif model.network is not None:
        weights = write_network(model.network)
    elif model.weights_file is not None:
        weights = model.weights_file
    else:
        raise FileFormatError(f"the model {model.info.title!r} has no weights yet; train it before saving")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        add_member(archive, base + kind, weights)
        add_member(archive, base + METADATA, json.dumps(metadata_from_info(model.info)).encode())
        if model.optimizer:
            arrays = io.BytesIO()
            np.savez(arrays, allow_pickle=False, **model.optimizer)
            add_member(archive, base + OPTIMIZER, arrays.getvalue())
        if model.preview is not None:
            slices, picture = write_preview(model.preview)
            add_member(archive, base + SLICE, slices)
            add_member(archive, base + PICTURE, picture)
    return buffer.getvalue()


def _read_pair(path: Path, allow_custom_layers: bool) -> StoredModel:
    """Read the form of the first versions: JSON, and the weights in a file beside it."""
    metadata = parse_json(path.read_bytes(), dict, str(path))
    names = [path.name + WEIGHTS, path.name.rsplit(".", 1)[0] + WEIGHTS]
    weights = next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
    if weights is None:
        raise FileFormatError(
            f"{path} is a model of the first versions of Ais, whose weights lie in a second file; "
            f"looked for {' and '.join(names)} in {path.parent}"
        )
    info = info_from_metadata(metadata, str(path), first_versions=True)
    return _with_weights(info, weights.read_bytes(), str(weights), allow_custom_layers)


def _with_forest(info: ModelInfo, forest: Forest) -> StoredModel:
    """Attach the forest; what it looks at decides how deep its input is."""
    info.n_parameters, info.depth = forest.n_parameters, forest.bank.depth
    return StoredModel(info, forest)


def _with_weights(info: ModelInfo, data: bytes, what: str, allow_custom_layers: bool) -> StoredModel:
    """Attach the network; what is not a Keras model belongs to a custom object and stays as it is."""
    if not data.startswith(MAGIC) or not has_network(data, what):
        return StoredModel(info, weights_file=data)
    network: Network | None
    try:
        network, optimizer = read_network(data, what)
    except CustomLayerError:
        if not allow_custom_layers:
            raise
        return StoredModel(info, weights_file=data)
    info.n_parameters = info.n_parameters or network.n_parameters
    info.depth = int(network.input_shape[2] or info.depth)
    return StoredModel(info, network, optimizer=optimizer)


def _member(archive: SafeTar, ending: str) -> str:
    for name in archive.names:
        if name.endswith(ending):
            return name
    raise FileFormatError(f"{archive.what}: this model has no member named *{ending}")


def _arrays(data: bytes, what: str) -> dict[str, np.ndarray]:
    """Arrays of an ``.npz``; stored uncompressed, so that nothing can be larger than the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise UnsafeFileError(f"{what}: arrays should be stored uncompressed; refused")
        found: Any = np.load(io.BytesIO(data), allow_pickle=False)
        return {key: np.asarray(found[key]) for key in found.files}
    except AisError:
        raise
    except Exception as error:
        raise FileFormatError(f"{what}: damaged ({error})") from error
