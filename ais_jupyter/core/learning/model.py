"""A segmentation model: an architecture, its weights, and what is known of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import as_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.architectures import find as find_architecture
from ais_jupyter.core.learning.engine import Engine, make_engine
from ais_jupyter.core.learning.inference import InferenceOptions, segment_blocks
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.training import TrainingOptions

#: See `SegmentationModel.training`.
Watcher = Callable[[dict[str, float] | None, Callable[[], "SegmentationModel"]], None]

#: Grey values of a lone slice give no statistic of a volume: this stands in for it.
_LONE_SLICE = "per-slice"


class SegmentationModel:
    """A network that finds one feature.

    Parameters
    ----------
    architecture : str
        Title in the library (see `ais_jupyter.architectures`); case, "-", "_" and spaces do not matter.
    title : str
        Name of the feature; part of output names.
    color : (r, g, b), optional
        0–1.

    Attributes
    ----------
    info : ModelInfo
        Everything that is stored with the weights.
    network : Network or None
        Layers and weights; None before `build` or training, and for custom objects.
    """

    def __init__(self, architecture: str = "VGGNet M", title: str = "Unnamed model", color: Any = None) -> None:
        found = find_architecture(architecture)
        self.info = ModelInfo(title=title, architecture=found.title)
        if color is not None:
            self.info.color = as_color(color)
        self._clear()

    def _clear(self) -> None:
        self.network: Network | None = None
        self.preview: tuple[np.ndarray, np.ndarray] | None = None
        self._custom: Any = None
        self._optimizer: dict[str, np.ndarray] = {}
        self._engines: dict[tuple[str, str, int], Engine] = {}
        self._lock = threading.RLock()

    @classmethod
    def from_stored(cls, stored: StoredModel) -> SegmentationModel:
        """Make a model from `stored`, what a file holds."""
        model = cls.__new__(cls)
        model.info = stored.info
        model._clear()
        model.network = stored.network
        model.preview = stored.preview
        model._optimizer = dict(stored.optimizer)
        if stored.network is None and stored.weights_file is not None:
            from ais_jupyter.core.learning.custom_storage import load_custom

            model._custom = load_custom(stored.info, stored.weights_file)
        return model

    def to_stored(self) -> StoredModel:
        """Return everything worth keeping, bound to no framework.

        Raises
        ------
        InputError
            The model has no weights yet.
        """
        if not self.compiled:
            raise InputError(f"{self.title!r} has no weights yet: train it or build it before saving")
        with self._lock:
            weights_file = None
            if self._custom is not None:
                from ais_jupyter.core.learning.custom_storage import save_custom

                weights_file = save_custom(self._custom)
            return StoredModel(self.info, self.network, weights_file, dict(self._optimizer), self.preview)

    # what it is ------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """Name of the feature it finds."""
        return self.info.title

    @title.setter
    def title(self, value: str) -> None:
        self.info.title = value

    @property
    def compiled(self) -> bool:
        """Whether it has weights and can be applied."""
        return self.network is not None or self._custom is not None

    @property
    def is_slab(self) -> bool:
        """Whether the network is three-dimensional: a result per slice of its input."""
        return self.network is not None and len(self.network.input_shape) == 4

    def build(self, box_size: int = 64, depth: int = 1, voxel_size: float = -1.0) -> SegmentationModel:
        """Give the model fresh weights, as training does when it has none.

        Parameters
        ----------
        box_size : int
            Edge of the training boxes in pixels.
        depth : int
            Slices that the network sees at once.
        voxel_size : float
            Å per pixel; −1 unknown.

        Returns
        -------
        SegmentationModel
            This model.

        Raises
        ------
        InputError
            There is no such architecture, or it does not take boxes of this size.
        """
        from ais_jupyter.core.learning.training_session import fresh_network

        with self._lock:
            self.network, self._custom = fresh_network(self.info.architecture, box_size, depth)
            self.info.box_size, self.info.depth, self.info.voxel_size = box_size, depth, voxel_size
            self.info.normalization = GLOBAL_MAD
            self._weights_changed()
        return self

    def _weights_changed(self) -> None:
        self._engines.clear()
        if self.network is not None:
            self.info.n_parameters = self.network.n_parameters
        elif self._custom is not None:
            self.info.n_parameters = int(self._custom.count_params())

    # training --------------------------------------------------------------------------------------------

    def train(
        self,
        training_set: TrainingSet,
        epochs: int = 50,
        preview: Callable[[SegmentationModel], None] | None = None,
        after_epoch: Callable[[SegmentationModel, dict[str, float]], None] | None = None,
        start: bool = True,
        **options: Any,
    ) -> Job[SegmentationModel]:
        """Train on boxes in the background; continues from the weights it has.

        Parameters
        ----------
        training_set : TrainingSet
            Boxes; their size, depth and voxel size become the model's.
        epochs : int
            Passes; each goes through the set ``n_copies`` times.
        preview : callable, optional
            Called with a copy of the model that is ready to be applied, every ``preview_every`` batches.
        after_epoch : callable, optional
            Called like `preview` after each epoch, with the epoch's loss, precision and recall.
        start : bool
            False leaves the job waiting.
        **options
            Fields of `TrainingOptions`: batch_size, n_copies, excess_negative, learning_rate, schedule,
            validation_split, augment, filament_diameter, keep_best, seed, precision, preview_every.

        Returns
        -------
        Job
            Its result is this model; its history has the losses. Cancelling keeps what was learned.
        """
        work = self.training(training_set, TrainingOptions(epochs=epochs, **options), preview, after_epoch)
        return Job(work, title=f"training {self.title}", start=start)

    def training(
        self,
        training_set: TrainingSet,
        options: TrainingOptions,
        preview: Callable[[SegmentationModel], None] | None = None,
        after_epoch: Callable[[SegmentationModel, dict[str, float]], None] | None = None,
        watch: Watcher | None = None,
    ) -> Work[SegmentationModel]:
        """Train as long work; `train` runs it in a job and describes the parameters.

        Parameters
        ----------
        training_set : TrainingSet
            Boxes.
        options : TrainingOptions
            All settings together.
        preview, after_epoch : callable, optional
            As for `train`.
        watch : callable, optional
            Called after each batch with None, after each epoch with its row, and with a function that makes a copy of
            the model that is ready to be applied; it decides whether one is wanted.

        Raises
        ------
        InputError
            The set does not fit the model's depth or the sizes that the network takes, or holds nothing to learn from.
        """
        from ais_jupyter.core.learning.training_session import TrainingSession

        yield Progress(0.0, "preparing")
        session = TrainingSession(self, training_set, options)
        if session.custom is None:
            yield Progress(0.0, "preparing", session.described())

        def follow(row: dict[str, float] | None, done: int) -> None:
            if row is not None and after_epoch is not None:
                after_epoch(session.snapshot(row), row)
            if row is None and preview is not None and options.preview_every and done % options.preview_every == 0:
                preview(session.snapshot())
            if watch is not None:
                watch(row, lambda: session.snapshot(row))

        row = yield from session.run(follow)
        yield Progress(0.999, "measuring batch statistics")
        with self._lock:
            session.store_into(self, row)
            self._weights_changed()
        return self

    # inference -------------------------------------------------------------------------------------------

    def engine(self, kind: str = "auto", precision: str = "auto", streams: int = 1) -> Engine:
        """Return what computes the network, made on first use.

        Parameters
        ----------
        kind : "auto", "keras" or "openvino"
            "auto" takes OpenVINO on processors, where it is installed.
        precision : "auto", "float32" or "bfloat16"
            Of the arithmetic.
        streams : int
            Inputs computed at once.

        Raises
        ------
        InputError
            The model has no weights yet.
        """
        with self._lock:
            key = (kind, precision, streams)
            if key not in self._engines:
                if not self.compiled:
                    raise InputError(f"{self.title!r} has no weights yet: train it or load it first")
                self._engines[key] = make_engine(self.network or self._custom, kind, precision, streams)
            return self._engines[key]

    def segment_slice(
        self,
        image: np.ndarray,
        voxel_size: float = -1.0,
        statistic: Statistic | None = None,
        precision: str = "auto",
        **options: Any,
    ) -> np.ndarray:
        """Probabilities of one slice.

        Parameters
        ----------
        image : (y, x) or (z, y, x)
            Grey values; with z, the model's depth, for the slice in the middle. A 2-D image is repeated in depth.
        voxel_size : float
            Å per pixel; −1 unknown: nothing is rescaled.
        statistic : Statistic, optional
            Of the whole tomogram (`global_statistic`). Without it the slice is normalised by itself.
        precision : "auto", "float32" or "bfloat16"
            Of the arithmetic.
        **options
            Fields of `InferenceOptions`, such as ``tta=4``.

        Returns
        -------
        float32 (y, x)
            How sure the model is, 0–1.

        Raises
        ------
        InputError
            The model has no weights yet, or the image has another depth.
        """
        image = np.asarray(image)
        if image.ndim == 2:
            image = np.repeat(image[None], self.info.depth, axis=0)
        if image.ndim != 3 or image.shape[0] != self.info.depth:
            raise InputError(f"{self.title!r} takes (y, x) or ({self.info.depth}, y, x), not {image.shape}")
        if statistic is None and options.get("normalization", "model") == "model":
            options["normalization"] = _LONE_SLICE
        settings = InferenceOptions(**options)
        engine = self.engine(precision=precision)
        if self.is_slab:
            from ais_jupyter.core.learning.slabs import segment_slab

            probabilities = segment_slab(engine, image, self.info, settings, voxel_size, statistic)
            return probabilities[image.shape[0] // 2]
        return segment_blocks(engine, image[None], self.info, settings, voxel_size, statistic)[0]

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a ``.scnm`` that Ais opens to `path`, and return the path.

        Raises
        ------
        InputError
            The model has no weights yet, a file is there that it does not come from and `overwrite` is false, or one
            of another kind.
        """
        return storage.save(self.to_stored(), path, overwrite, owner=self)

    def __repr__(self) -> str:
        info = self.info
        if not self.compiled:
            return f"<SegmentationModel {info.title!r}: {info.architecture}, no weights yet>"
        million = info.n_parameters / 1e6
        return (
            f"<SegmentationModel {info.title!r}: {info.architecture} ({million:.1f} M parameters), "
            f"box {info.box_size}×{info.box_size}×{info.depth}, {info.voxel_size:.2f} Å, loss {info.loss:.4f}>"
        )
