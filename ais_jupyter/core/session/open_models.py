"""The models that are open together, as in one window: shown, trained, applied."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.names import component

if TYPE_CHECKING:
    from ais_jupyter.core.jobs.job import Job
    from ais_jupyter.core.learning.inference_options import InferenceOptions
    from ais_jupyter.core.learning.model import SegmentationModel
    from ais_jupyter.core.workflows.predicting import AppliedModel


class OpenModel:
    """One model, and what is being done with it.

    Attributes
    ----------
    uid : str
        Names it in messages; titles may change and may be equal.
    model : SegmentationModel
        Its `info` has everything that is shown and set: title, colour, threshold, opacity.
    path : Path or None
        Where it was loaded from or saved to last.
    live : SegmentationModel or None
        A copy with the current weights, while it trains.
    version : int
        Counts changes of the weights, so that old predictions are known as such.
    job : Job or None
        Its latest training.
    predictions : (int, int)
        How many were begun for views, and how many have ended; training takes them into account.
    """

    def __init__(self, model: SegmentationModel, path: Path | None = None) -> None:
        self.uid = uuid.uuid4().hex[:12]
        self.model = model
        self.path = path
        self.live: SegmentationModel | None = None
        self.version = 0
        self.job: Job | None = None
        self.predictions = (0, 0)
        self._network = model.network

    @property
    def applied(self) -> SegmentationModel:
        """What predicts now: while it trains, the copy with the current weights."""
        return self.live or self.model

    def look_at_weights(self) -> int:
        """Return `version`, after counting a change that was not announced, such as training by a script."""
        if self.applied.network is not self._network:
            self._network = self.applied.network
            self.version += 1
        return self.version

    def as_applied(self) -> AppliedModel:
        """Return it for a `SlicePredictor`: the current weights with the settings of the model."""
        from ais_jupyter.core.workflows.predicting import AppliedModel

        return AppliedModel(self.uid, self.look_at_weights(), self.applied, self.model.info)

    @property
    def training(self) -> bool:
        """Whether it is being trained."""
        return self.job is not None and self.job.state in ("waiting", "running")

    @property
    def proposed_name(self) -> str:
        """File name as Ais proposes it: Å per pixel, box size, loss, title."""
        info = self.model.info
        pixel = f"{info.voxel_size:.2f}" if info.voxel_size > 0 else "unknown"
        name = f"{pixel}_{info.box_size}_{info.loss:.4f}_{info.title}"
        return component(name) + ".scnm"

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a ``.scnm``; see `SegmentationModel.save`."""
        self.path = self.model.save(path, overwrite)
        return self.path


class OpenModels:
    """Open models in display order, and their interactions in the order in which they act.

    Events, from any thread: `changed()` when a model or an interaction comes, goes or is set differently;
    `weights_changed(open_model)` when a model predicts differently; `removed(open_model)` when one was
    closed.

    Attributes
    ----------
    selected : str or None
        uid of the model that is in front: drawn on top, trained, saved.
    inference : InferenceOptions or None
        How models are applied, to the slice in view as in an export; None: with their own settings.
    """

    changed = Signal()
    weights_changed = Signal(object)
    removed = Signal(object)

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.interactions: list[Interaction] = []
        self.selected: str | None = None
        self.inference: InferenceOptions | None = None
        self._models: list[OpenModel] = []

    def add(self, model: SegmentationModel, path: Path | None = None) -> OpenModel:
        """Open a model; one that is open already stays as it is."""
        with self.lock:
            for known in self._models:
                if known.model is model:
                    return known
            opened = OpenModel(model, path)
            self._models.append(opened)
            self.selected = opened.uid
        model.info.changed.connect(self._on_setting)
        self.changed.emit()
        return opened

    def free_title(self, wanted: str) -> str:
        """Return `wanted`, with a number where an open model has it: outputs are named by titles."""
        taken, title, number = {opened.model.title for opened in self}, wanted, 1
        while title in taken:
            number += 1
            title = f"{wanted} {number}"
        return title

    def select(self, uid: str) -> None:
        """Bring a model to the front."""
        if self.selected != self[uid].uid:
            self.selected = uid
            self.changed.emit()

    def remove(self, uid: str) -> None:
        """Close a model, stop its training and drop its interactions."""
        with self.lock:
            opened = self[uid]
            self._models.remove(opened)
            if self.selected == uid:
                self.selected = self._models[-1].uid if self._models else None
            title = opened.model.title
            if all(other.model.title != title for other in self._models):
                self.interactions = [i for i in self.interactions if title not in (i.parent, i.partner)]
        opened.model.info.changed.disconnect(self._on_setting, missing_ok=True)
        if opened.job is not None:
            opened.job.cancel()
        self.removed.emit(opened)
        self.changed.emit()

    def set_interactions(self, interactions: Sequence[Interaction]) -> None:
        """Replace the interactions."""
        with self.lock:
            self.interactions = list(interactions)
        self.changed.emit()

    def set_inference(self, options: InferenceOptions | None) -> None:
        """Apply models in another way from now on."""
        if options != self.inference:
            self.inference = options
            self.changed.emit()

    def set_live(self, opened: OpenModel, model: SegmentationModel | None) -> None:
        """Predict with a copy from now on; None: with the model itself."""
        with self.lock:
            opened.live = model
            opened._network = opened.applied.network
            opened.version += 1
        self.weights_changed.emit(opened)

    def __getitem__(self, uid: str) -> OpenModel:
        for opened in self._models:
            if opened.uid == uid:
                return opened
        raise InputError("this model is no longer open")

    def __iter__(self) -> Iterator[OpenModel]:
        return iter(list(self._models))

    def __len__(self) -> int:
        return len(self._models)

    def of(self, model: Any) -> OpenModel | None:
        """Return the entry of a model, None when it is not open."""
        return next((opened for opened in self if opened.model is model), None)

    def _on_setting(self, name: str, before: Any, after: Any) -> None:
        """Interactions follow a model that is renamed, unless another has its old title."""
        if name == "title":
            with self.lock:
                if all(other.model.title != before for other in self._models):
                    for i, one in enumerate(self.interactions):
                        parent, partner = (after if title == before else title for title in (one.parent, one.partner))
                        self.interactions[i] = replace(one, parent=parent, partner=partner)
        self.changed.emit()
