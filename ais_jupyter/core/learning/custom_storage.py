"""Custom objects, which are no Keras models (see `custom_training`): saving, and loading when they are first used.

What a plug-in does with a file is its own affair, and many unpickle it. So the weights of a file are given to a plug-in
only after a person has said that this file may be trusted.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import CustomObjectError, FileFormatError, InputError
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.learning.architectures import find as find_architecture

_FILE = "model_weights.h5"


class CustomObject:
    """An object of an architecture's own, or the bytes that it saved; those are not looked at before they are needed.

    Opening or describing a model calls no plug-in.

    Parameters
    ----------
    info : ModelInfo
        Says which architecture it is of, and for which boxes.
    made : object, optional
        The object.
    weights_file : bytes, optional
        What such an object saved.
    """

    def __init__(self, info: ModelInfo, made: Any = None, weights_file: bytes = b"") -> None:
        self._info, self._made, self._weights_file = info, made, weights_file
        self._lock = threading.Lock()
        self._allowed = False

    def allow(self) -> None:
        """Let the plug-in read the weights: a person trusts the file that they come from."""
        self._allowed = True

    @property
    def needs_consent(self) -> bool:
        """Whether a plug-in would have to read weights that nobody has said to trust."""
        if self._made is not None or self._allowed:
            return False
        try:
            return find_architecture(self._info.architecture).plugin
        except InputError:  # without the plug-in nothing can be read
            return False

    def check_consent(self) -> None:
        """Raise CustomObjectError where consent is needed."""
        if self.needs_consent:
            raise CustomObjectError(self._info.title, self._info.architecture)

    @property
    def object(self) -> Any:
        """The object; its architecture loads it on first use.

        Raises
        ------
        CustomObjectError
            A plug-in would have to read weights from a file, and nobody has allowed it.
        FileFormatError
            The architecture cannot read the weights.
        InputError
            The architecture is not in the library.
        """
        self.check_consent()
        with self._lock:
            if self._made is None:
                self._made = load_custom(self._info, self._weights_file)
            return self._made

    def saved(self) -> bytes:
        """Return what the object writes itself, or the bytes that it has not been loaded from yet."""
        return self._weights_file if self._made is None else save_custom(self._made)


def save_custom(model: Any) -> bytes:
    """Return what the object's own ``save(path)`` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        model.save(str(path))
        return path.read_bytes()


def load_custom(info: ModelInfo, weights_file: bytes) -> Any:
    """Make the object of an architecture and let it read its weights.

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
        except Exception as error:  # a plug-in raises whatever it likes
            raise FileFormatError(
                f"architecture {architecture.title!r} could not read the weights of {info.title!r}: {error}"
            ) from error
