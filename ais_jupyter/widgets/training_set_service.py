"""Answers requests about the training set: choose, count, make, save, load; see ``js/src/state/training_set.ts``."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.session.open_models import OpenModel, OpenModels
from ais_jupyter.core.workflows.training_plan import (
    Selection,
    TrainingPlan,
    making_training_set,
    notes_for_model,
    plan_training_set,
    suggested_batch_size,
)
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.open_tomograms import OpenTomograms
from ais_jupyter.widgets.protocol import Buffers

#: Seconds that changes are collected before they are told.
DELAY = 0.15

#: Nearly all networks halve their input five times at most: boxes have a multiple of so many pixels, as in the browser.
BOX_STEP = 32


class TrainingSetService:
    """What the training set is made of, and the set.

    Attributes
    ----------
    training_set : TrainingSet or None
    """

    def __init__(self, widget: KernelWidget, tomograms: OpenTomograms, models: OpenModels) -> None:
        self._widget, self._tomograms, self._models = widget, tomograms, models
        self.training_set: TrainingSet | None = None
        self._origin = ""
        self._made_from: dict[str, object] = {}
        self._roles: dict[str, int] = {}
        self._left_out: set[str] = set()
        self._box_size: int | None = None
        self._voxel_size: float | None = None
        self._depth = 1
        self._job: Job[TrainingSet] | None = None
        self._asked = False
        self._timer: threading.Timer | None = None
        self._session = tomograms.session
        self._session.documents_changed.connect(self._soon)
        models.changed.connect(self._soon)
        self._session.document_changed.connect(self._soon)
        widget.on_request("training_set", self.open, background=True)
        widget.on_request("training_set_choose", self.choose, background=True)
        widget.on_request("training_set_make", self.make)
        widget.on_request("training_set_cancel", self.cancel)
        widget.on_request("training_set_save", self.save, background=True)
        widget.on_request("training_set_load", self.load, background=True)

    def close(self) -> None:
        """Stop listening."""
        if self._timer is not None:
            self._timer.cancel()
        self._session.documents_changed.disconnect(self._soon, missing_ok=True)
        self._models.changed.disconnect(self._soon, missing_ok=True)
        self._session.document_changed.disconnect(self._soon, missing_ok=True)

    def use(self, training_set: TrainingSet | None, origin: str) -> None:
        """Train on this set from now on; `origin` says where it comes from."""
        self.training_set, self._origin = training_set, origin
        self._made_from = self._places()
        self._soon()

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Return all of it; from now on changes are told."""
        self._asked = True
        return self.listing()

    def choose(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Change ``role`` (title, −1, 0 or 1), ``take`` (uid, whether), ``boxSize``, ``voxelSize`` or ``depth``."""
        if "role" in content:
            title, role = content["role"]
            self._roles = {**self._effective_roles(), str(title): max(-1, min(1, int(role)))}
        if "take" in content:
            uid, take = content["take"]
            (self._left_out.discard if take else self._left_out.add)(str(uid))
        if "boxSize" in content:
            self._box_size = _whole(content["boxSize"], "the box size", 8)
        if "voxelSize" in content:
            self._voxel_size = _positive(content["voxelSize"]) if content["voxelSize"] else None
        if "depth" in content:
            self._depth = _whole(content["depth"], "the depth", 1)
        return self.listing()

    def make(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Begin to cut the boxes."""
        if self._job is not None and self._job.state in ("waiting", "running"):
            raise InputError("a training set is being made already")
        selection, annotated = self.selection(), list(self._tomograms)
        plan = plan_training_set(annotated, selection)
        if not plan.possible:
            raise InputError(plan.notes[0].text)
        job = self._job = Job(making_training_set(annotated, selection), "making the training set", start=False)
        job.listen(self._follow)
        job.start()
        return {}

    def cancel(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Stop cutting boxes; the set there was stays."""
        if self._job is not None:
            self._job.cancel()
        return {}

    def save(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Write the set to ``path``."""
        if self.training_set is None:
            raise InputError("there is no training set yet")
        path = Path(str(content["path"])).expanduser()
        if path.exists() and not content.get("overwrite"):
            raise InputError(f"{path} is there already: choose another name")
        written = self.training_set.save(path)
        self._origin = str(written)
        self._soon()
        return {"path": str(written)}

    def load(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Read the set at ``path``."""
        from ais_jupyter.core.workflows.opening import open_training_set

        path = str(content["path"])
        self.use(open_training_set(path), path)
        return {}

    # -----------------------------------------------------------------------------------------------------------------

    def selection(self) -> Selection:
        """Return what is chosen."""
        roles = self._effective_roles()
        return Selection(
            positive=tuple(title for title, role in roles.items() if role > 0),
            negative=tuple(title for title, role in roles.items() if role < 0),
            tomograms=tuple(item.uid for item in self._tomograms if item.uid not in self._left_out),
            box_size=self._box_size or self._proposed_box_size(roles),
            voxel_size=self._voxel_size,
            depth=self._depth,
        )

    def listing(self) -> dict[str, Any]:
        """Return the choice, the counts and the set; kept in step with ``TrainingSetValues`` in the browser."""
        selection, annotated = self.selection(), list(self._tomograms)
        plan = plan_training_set(annotated, selection)
        roles, job, made = self._effective_roles(), self._job, self.training_set
        making = job is not None and job.state in ("waiting", "running")
        return {
            "features": [{"title": title, "color": color, "role": roles[title]} for title, color in self._titles()],
            "tomograms": [{**asdict(count), "taken": True} for count in plan.counts]
            + [
                {"uid": item.uid, "name": item.name, "taken": False} for item in annotated if item.uid in self._left_out
            ],
            "boxSize": selection.box_size,
            "voxelSize": self._voxel_size,
            "targetVoxelSize": plan.voxel_size,
            "depth": selection.depth,
            "notes": [asdict(note) for note in plan.notes],
            "possible": plan.possible,
            "boxes": plan.boxes,
            "making": {"progress": job.progress, "message": job.message} if making and job else None,
            "error": str(job.error) if job is not None and job.state == "failed" else None,
            "set": self._describe_set(),
            "suggestion": dict(zip(("batchSize", "reason"), suggested_batch_size(len(made) if made else plan.boxes))),
            "modelNotes": {opened.uid: self._notes_for(opened, plan, selection) for opened in self._models},
        }

    def _stale(self) -> bool:
        """Whether the annotations of a tomogram that was open when the set came have changed since."""
        return any(self._made_from.get(uid, place) is not place for uid, place in self._places().items())

    def _places(self) -> dict[str, object]:
        """Where each annotation's history stands: the same again after undo."""
        return {document.annotated.uid: document.history.place for document in self._session.documents}

    def _notes_for(self, opened: OpenModel, plan: TrainingPlan, selection: Selection) -> list[dict[str, str]]:
        size = (selection.box_size, selection.depth, plan.voxel_size)
        if self.training_set is not None:
            size = (self.training_set.box_size, self.training_set.depth, self.training_set.voxel_size)
        return [asdict(note) for note in notes_for_model(opened.model.info, opened.model.compiled, *size)]

    def _describe_set(self) -> dict[str, Any] | None:
        made = self.training_set
        if made is None:
            return None
        return {
            "boxes": len(made), "positive": int(made.positive.sum()), "boxSize": made.box_size, "depth": made.depth,
            "voxelSize": made.voxel_size, "features": made.features, "origin": self._origin, "stale": self._stale(),
        }  # fmt: skip

    def _titles(self) -> list[tuple[str, list[float]]]:
        found: dict[str, list[float]] = {}
        for item in self._tomograms:
            with item.lock:
                for feature in item.features:
                    found.setdefault(feature.title, list(feature.color))
        return list(found.items())

    def _effective_roles(self) -> dict[str, int]:
        """Roles of all titles; while nothing was chosen the first feature with boxes is to be found."""
        titles = [title for title, _ in self._titles()]
        if any(title in self._roles for title in titles):
            return {title: self._roles.get(title, 0) for title in titles}
        boxed = {f.title for item in self._tomograms for f in item.features if f.boxes}
        first = next((title for title in titles if title in boxed), titles[0] if titles else None)
        return {title: int(title == first) for title in titles}

    def _proposed_box_size(self, roles: dict[str, int]) -> int:
        """Return that of the feature to find, widened to what nearly every network takes."""
        sizes = [f.box_size for item in self._tomograms for f in item.features if roles.get(f.title) == 1]
        return max(BOX_STEP, min(256, -(-sizes[0] // BOX_STEP) * BOX_STEP)) if sizes else 64

    # events ----------------------------------------------------------------------------------------------------------

    def _follow(self, job: Job[TrainingSet]) -> None:
        if job.state == "done":
            titles = ", ".join(job.result().features)
            self.use(job.result(), f"{titles}, made here")
        self._soon()

    def _soon(self, *_: Any) -> None:
        if self._asked and (self._timer is None or not self._timer.is_alive()):
            self._timer = threading.Timer(DELAY, lambda: self._widget.push("training_set", self.listing()))
            self._timer.daemon = True
            self._timer.start()


def _whole(value: Any, what: str, least: int) -> int:
    try:
        found = int(value)
    except (TypeError, ValueError):
        found = least - 1
    if found < least:
        raise InputError(f"{what} must be a whole number of at least {least}, not {value!r}")
    return found


def _positive(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = 0.0
    if not found > 0:
        raise InputError(f"the voxel size must be a positive number of Å, not {value!r}")
    return found
