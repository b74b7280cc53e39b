"""Saving and loading objects that are no Keras models (see `custom_model`)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.learning.architectures import find as find_architecture

_FILE = "model_weights.h5"


def save_custom(model: Any) -> bytes:
    """Return what the object's own ``save(path)`` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        model.save(str(path))
        return path.read_bytes()


def load_custom(info: ModelInfo, weights_file: bytes) -> Any:
    """Make the object of an architecture again and let it read its weights.

    Raises
    ------
    FileFormatError
        The architecture is not in the library, or cannot read the weights.
    """
    architecture = find_architecture(info.architecture)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_bytes(weights_file)
        try:
            if architecture.load_model is not None:
                return architecture.load_model(str(path))
            model = architecture.create((info.box_size, info.box_size, info.depth))
            model.load(str(path))
            return model
        except Exception as error:  # foreign code
            raise FileFormatError(
                f"architecture {architecture.title!r} could not read the weights of {info.title!r}: {error}"
            ) from error
