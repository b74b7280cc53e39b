"""A segmentation model: an architecture, its weights, and what is known of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.architecture_names import DEFAULT
from ais_jupyter.core.data.colors import as_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.data.numbers import number
from ais_jupyter.core.data.progress import Work
from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.architectures import find as find_architecture
from ais_jupyter.core.learning.building import forest_plan, fresh_model
from ais_jupyter.core.learning.custom_storage import CustomObject
from ais_jupyter.core.learning.custom_training import is_custom
from ais_jupyter.core.learning.engine import Engine
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.inference import Inference
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model_state import TRAINED, ModelState
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.training import training
from ais_jupyter.core.learning.training_events import BatchDone, EpochDone, TrainingEvent, as_work
from ais_jupyter.core.learning.training_options import TrainingOptions

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
        Settings stored with the weights.
    preview : (slices, picture) or None
        Shown where models are listed.

    Raises
    ------
    InputError
        There is no such architecture.
    """

    def __init__(self, architecture: str = DEFAULT, title: str = "Unnamed model", color: Any = None) -> None:
        found = find_architecture(architecture)
        self.info = ModelInfo(title=title, architecture=found.title)
        if color is not None:
            self.info.color = as_color(color)
        self._begin(ModelState(self.info))

    def _begin(self, state: ModelState) -> None:
        self.info, self._state = state.info, state
        self.preview: tuple[np.ndarray, np.ndarray] | None = None
        self._engines: dict[tuple[str, str, int], Engine] = {}
        self._lock = threading.RLock()

    @classmethod
    def of(cls, state: ModelState) -> SegmentationModel:
        """Make a model of a state, such as a snapshot of a training."""
        model = cls.__new__(cls)
        model._begin(state)
        return model

    @classmethod
    def from_stored(cls, stored: StoredModel) -> SegmentationModel:
        """Make a model from `stored`, what a file holds."""
        model = cls.of(ModelState.from_stored(stored))
        model.preview = stored.preview
        return model

    def to_stored(self) -> StoredModel:
        """Return everything worth keeping, bound to no framework.

        Raises
        ------
        InputError
            The model has no weights yet.
        """
        state = self.state
        if not state.has_weights:
            raise InputError(f"{self.title!r} has no weights yet: train it or build it before saving")
        weights_file = state.custom.saved() if state.custom is not None else None
        return StoredModel(self.info, state.network, weights_file, dict(state.optimizer), self.preview)

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
        return self._state.has_weights

    @property
    def is_slab(self) -> bool:
        """Whether the network is three-dimensional: a result per slice of its input."""
        return self._state.is_slab

    @property
    def state(self) -> ModelState:
        """What the model knows now, as a value: it stays as it is while the model is trained further."""
        return self._state

    @property
    def network(self) -> Network | Forest | None:
        """Layers and weights, or trees; None before `build` or training, and for custom objects."""
        return self._state.network

    @network.setter
    def network(self, network: Network | Forest | None) -> None:
        with self._lock:
            self._state = replace(self._state, network=network)
            self._engines.clear()

    @property
    def custom(self) -> Any:
        """What an architecture made that is no Keras model, loaded on first use; None for all others."""
        return self._state.custom.object if self._state.custom is not None else None

    @property
    def needs_consent(self) -> bool:
        """Whether it is a custom object from a file that nobody has said to trust; see `allow_custom`."""
        return self._state.custom is not None and self._state.custom.needs_consent

    def check_consent(self) -> None:
        """Raise CustomObjectError where the model needs consent; see `allow_custom`."""
        if self._state.custom is not None:
            self._state.custom.check_consent()

    def allow_custom(self, architectures: str | Collection[str]) -> None:
        """Let the plug-in of the model read its weights, if it is one of `architectures`.

        Plug-ins read files with code of their own, which may run what a file holds: allow it for files that you trust.
        """
        names = [architectures] if isinstance(architectures, str) else architectures
        if self._state.custom is not None and self.info.architecture in names:
            self._state.custom.allow()

    def take(self, state: ModelState) -> None:
        """Become what a training made of the model.

        Parameters
        ----------
        state : ModelState
            Weights and what is known of them, such as the last event of a training has.
        """
        with self._lock:
            self._state = replace(state, info=self.info)
            for name in TRAINED:
                setattr(self.info, name, getattr(state.info, name))
            self._engines.clear()

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
        about = {"box_size": box_size, "depth": depth, "voxel_size": voxel_size, "normalization": GLOBAL_MAD}
        if (plan := forest_plan(self.state)) is not None:
            forest = Forest(FilterBank(plan.sigmas, depth))
            self.take(self.state.trained(about, network=forest, custom=None, optimizer={}))
            return self
        created = fresh_model(self.state, box_size, depth)
        if is_custom(created):
            self.take(self.state.trained(about, network=None, custom=CustomObject(self.info, created), optimizer={}))
        else:
            from ais_jupyter.core.learning.network_keras import network_from_keras

            network = network_from_keras(created)
            self.take(self.state.trained(about, network=network, custom=None, optimizer={}))
        return self

    # training --------------------------------------------------------------------------------------------

    def train(
        self,
        training_set: TrainingSet | AnnotatedTomogram | Sequence[AnnotatedTomogram],
        epochs: int = 50,
        preview: Callable[[SegmentationModel], None] | None = None,
        after_epoch: Callable[[SegmentationModel, dict[str, float]], None] | None = None,
        start: bool = True,
        **options: Any,
    ) -> Job[SegmentationModel]:
        """Train on boxes in the background; continues from the weights it has.

        Parameters
        ----------
        training_set : TrainingSet, AnnotatedTomogram or list of AnnotatedTomogram
            Boxes; their size, depth and voxel size become the model's. A forest also learns from the drawing itself:
            what is painted as the feature of the model's title.
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

        Raises
        ------
        InputError
            There is no such option, or it cannot have this value. What is wrong with the set is raised by the job.
        """
        chosen = TrainingOptions.from_values(epochs=epochs, **options)
        consumers: list[Callable[[TrainingEvent], None]] = []
        if preview is not None and chosen.preview_every:
            show = preview

            def on_batch(event: TrainingEvent) -> None:
                if isinstance(event, BatchDone) and event.step % chosen.preview_every == 0:
                    show(SegmentationModel.of(event.snapshot()))

            consumers.append(on_batch)
        if after_epoch is not None:
            tell = after_epoch

            def on_epoch(event: TrainingEvent) -> None:
                if isinstance(event, EpochDone):
                    tell(SegmentationModel.of(event.snapshot()), event.row)

            consumers.append(on_epoch)
        work = self.training(training_set, chosen, consumers)
        return Job(work, title=f"training {self.title}", start=start)

    def training(
        self,
        training_set: TrainingSet | AnnotatedTomogram | Sequence[AnnotatedTomogram],
        options: TrainingOptions,
        consumers: Iterable[Callable[[TrainingEvent], None]] = (),
        start_over: bool = False,
    ) -> Work[SegmentationModel]:
        """Train as long work, and take what was learned at the end; `train` runs it in a job.

        Parameters
        ----------
        training_set : TrainingSet, AnnotatedTomogram or list of AnnotatedTomogram
            As for `train`.
        options : TrainingOptions
            All settings together.
        consumers : list of callables
            Each is called with every event of the training (see `training_events`).
        start_over : bool
            Begin with new weights instead of those that the model has.

        Raises
        ------
        InputError
            The set does not fit the model's depth or the sizes that the network takes, or holds nothing to learn from.
        """
        if isinstance(training_set, AnnotatedTomogram):
            training_set = [training_set]
        state = self.state.without_weights() if start_over else self.state
        self.take((yield from as_work(training(state, training_set, options), consumers)))
        return self

    # inference -------------------------------------------------------------------------------------------

    def engine(self, kind: str = "auto", precision: str = "auto", streams: int = 1) -> Engine:
        """Return what computes the network, made on first use.

        Parameters
        ----------
        kind : "auto", "keras" or "openvino"
            "auto" takes OpenVINO on processors, where it is installed. A forest has its own, whatever is asked for.
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
                self._engines[key] = make_engine(self.network or self.custom, kind, precision, streams)
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
            Fields of `InferenceOptions`, such as ``tta=4``; the model's own settings by default.

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
        voxel_size = number(voxel_size, "the voxel size (Å)")
        if image.ndim == 2:
            image = np.repeat(image[None], self.info.depth, axis=0)
        if image.ndim != 3 or image.shape[0] != self.info.depth:
            raise InputError(f"{self.title!r} takes (y, x) or ({self.info.depth}, y, x), not {image.shape}")
        if statistic is None and options.get("normalization", "model") == "model":
            options["normalization"] = _LONE_SLICE
        inference = Inference(self.engine(precision=precision), self.info, InferenceOptions(**options))
        return inference.middle_slices(image[None], voxel_size, statistic)[0]

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
