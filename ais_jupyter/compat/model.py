"""``SEModel``: a model in the units and with the habits of the old scripting interface."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ais_jupyter.compat.background import BackgroundProcess
from ais_jupyter.core.learning.architectures import available, current_title, find
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.workflows.opening import open_models, open_training_set

_ANGSTROM_PER_NM = 10.0


class _AvailableModels:
    """The list of titles, made when a script first asks for it."""

    def __get__(self, instance: Any, owner: Any) -> list[str]:
        return available()


class SEModel:
    """A network that an old script trains and applies.

    Attributes
    ----------
    AVAILABLE_MODELS : list of str
        The documented nine in the documented order, then the others.
    model_enum : int or str
        Number in that list, or a title.
    title : str
    epochs, batch_size, n_copies, excess_negative : int
    train_data_path : str
        A ``.scnt`` file.
    background_process_train : BackgroundProcess or None
        Its ``progress`` reaches 1.0 when training has ended, well or not.
    """

    AVAILABLE_MODELS = _AvailableModels()
    DEFAULT_MODEL_ENUM = 7

    def __init__(self, no_glfw: bool = True) -> None:
        self.title = "Unnamed model"
        self.model_enum: int | str = self.DEFAULT_MODEL_ENUM
        self.epochs = 25
        self.batch_size = 32
        self.n_copies = 4
        self.excess_negative = 30
        self.train_data_path = ""
        self.active = True
        self.tta = 1
        self.background_process_train: BackgroundProcess | None = None
        self.model: SegmentationModel | None = None

    @property
    def architecture(self) -> str:
        """Title of the chosen architecture.

        Raises
        ------
        InputError
            `model_enum` is neither a title nor a number of the list.
        """
        if isinstance(self.model_enum, str):
            return find(self.model_enum).title
        titles = available()
        if not 0 <= int(self.model_enum) < len(titles):
            from ais_jupyter.core.data.errors import InputError

            raise InputError(f"model_enum is 0–{len(titles) - 1} or a title of AVAILABLE_MODELS, not {self.model_enum}")
        return current_title(titles[int(self.model_enum)])

    @property
    def compiled(self) -> bool:
        """Whether the model has weights."""
        return self.model is not None and self.model.compiled

    @property
    def apix(self) -> float:
        """Å per pixel of the training data, −1 while unknown."""
        return self.model.info.voxel_size if self.model is not None else -1.0

    @property
    def box_size(self) -> int:
        """Edge of the training boxes in pixels, −1 while unknown."""
        return self.model.info.box_size if self.model is not None else -1

    @property
    def loss(self) -> float:
        """Last training loss."""
        return self.model.info.loss if self.model is not None else 0.0

    def train(self) -> None:
        """Train in the background on `train_data_path`; wait until ``background_process_train.progress`` is 1.0.

        Raises
        ------
        FileFormatError
            The file is no training set; when it is a model, the message says so.
        """
        training_set = open_training_set(self.train_data_path)
        model = self.model or SegmentationModel(self.architecture, self.title)
        model.title = self.title

        def keep() -> None:
            self.model = model

        job = model.train(
            training_set,
            epochs=int(self.epochs),
            batch_size=int(self.batch_size),
            n_copies=int(self.n_copies),
            excess_negative=int(self.excess_negative),
            start=False,
        )
        self.background_process_train = BackgroundProcess(job, keep)
        self.background_process_train.start()

    def apply_to_slice(self, image: np.ndarray, pixel_size: float = -1.0) -> np.ndarray:
        """Probabilities (y, x) of a slice (y, x) or slab (z, y, x).

        Parameters
        ----------
        pixel_size : float
            nm per pixel; −1: not rescaled.
        """
        image = np.asarray(image)
        if image.ndim == 3 and image.shape[0] != self._ready.info.depth:
            depth = self._ready.info.depth
            middle = image.shape[0] // 2
            warnings.warn(
                f"{image.shape[0]} slices given, the model takes {depth}: those around the middle are used",
                stacklevel=2,
            )
            wanted = np.clip(np.arange(middle - depth // 2, middle - depth // 2 + depth), 0, image.shape[0] - 1)
            image = image[wanted]
        angstrom = pixel_size * _ANGSTROM_PER_NM if pixel_size > 0 else -1.0
        return self._ready.segment_slice(image, voxel_size=angstrom, tta=self.tta)

    def load(self, path: str) -> None:
        """Load a ``.scnm``. As in Ais, a plug-in reads weights of its own without being asked."""
        self.model = open_models(path)[0][0]
        self.model.allow_custom(self.model.info.architecture)
        self.title = self.model.title

    def save(self, path: str) -> None:
        """Write a ``.scnm``."""
        self._ready.title = self.title
        self._ready.save(path, overwrite=True)

    @property
    def _ready(self) -> SegmentationModel:
        if self.model is None or not self.model.compiled:
            from ais_jupyter.core.data.errors import InputError

            raise InputError(f"model {self.title!r} has no weights yet: train it and wait, or load it")
        return self.model
