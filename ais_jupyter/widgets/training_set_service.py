"""Answers requests about the training set: choose, count, make, save, load; see ``js/src/state/training_set.ts``."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.core.workflows.training_plan import TrainingPlan, notes_for_model, suggested_batch_size
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.protocol import Buffers

#: Seconds that changes are collected before they are told.
DELAY = 0.15


class TrainingSetService:
    """The training set of one window."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget, self._session, self._draft = widget, session, session.training_set
        self._asked = False
        self._timer: threading.Timer | None = None
        self._draft.changed.connect(self._soon)
        session.documents_changed.connect(self._soon)
        session.document_changed.connect(self._soon)
        session.models.changed.connect(self._soon)
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
        self._draft.changed.disconnect(self._soon, missing_ok=True)
        self._session.documents_changed.disconnect(self._soon, missing_ok=True)
        self._session.document_changed.disconnect(self._soon, missing_ok=True)
        self._session.models.changed.disconnect(self._soon, missing_ok=True)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Return all of it; changes are pushed from now on."""
        self._asked = True
        return self.listing()

    def choose(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Change ``role`` (title, −1, 0 or 1), ``take`` (uid, whether), ``boxSize``, ``voxelSize`` or ``depth``."""
        if "role" in content:
            title, role = content["role"]
            self._draft.set_role(str(title), int(role))
        if "take" in content:
            uid, taken = content["take"]
            self._draft.take(str(uid), bool(taken))
        if "boxSize" in content:
            self._draft.box_size = _whole(content["boxSize"], "the box size", 8)
        if "voxelSize" in content:
            self._draft.voxel_size = _positive(content["voxelSize"]) if content["voxelSize"] else None
        if "depth" in content:
            self._draft.depth = _whole(content["depth"], "the depth", 1)
        return self.listing()

    def make(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Start cutting the boxes."""
        self._draft.make().listen(self._soon)
        return {}

    def cancel(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Stop cutting boxes; the present set stays."""
        if self._draft.job is not None:
            self._draft.job.cancel()
        return {}

    def save(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Write the set to ``path``."""
        return {"path": str(self._draft.save(str(content["path"]), overwrite=bool(content.get("overwrite"))))}

    def load(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Read the set at ``path``."""
        from ais_jupyter.core.workflows.opening import open_training_set

        path = str(content["path"])
        self._draft.use(open_training_set(path), path)
        return {}

    # what the page shows ---------------------------------------------------------------------------------------------

    def listing(self) -> dict[str, Any]:
        """Return the choice, the counts and the set; kept in step with ``TrainingSetValues`` in the page."""
        draft, plan = self._draft, self._draft.plan()
        roles, job, made = draft.roles, draft.job, draft.training_set
        left_out = [item for item in self._session.annotated if not draft.is_taken(item)]
        return {
            "features": [{"title": title, "color": c, "role": roles[title]} for title, c in draft.colors.items()],
            "tomograms": [{**asdict(count), "taken": True} for count in plan.counts]
            + [{"uid": item.uid, "name": item.name, "taken": False} for item in left_out],
            "boxSize": draft.box_size,
            "voxelSize": draft.voxel_size,
            "targetVoxelSize": plan.voxel_size,
            "depth": draft.depth,
            "notes": [asdict(note) for note in plan.notes],
            "possible": plan.possible,
            "boxes": plan.boxes,
            "making": {"progress": job.progress, "message": job.message} if draft.being_made and job else None,
            "error": str(job.error) if job is not None and job.state == "failed" else None,
            "set": self._describe_set(),
            "suggestion": dict(zip(("batchSize", "reason"), suggested_batch_size(len(made) if made else plan.boxes))),
            "modelNotes": {opened.uid: self._notes_for(opened, plan) for opened in self._session.models},
        }

    def _notes_for(self, opened: OpenModel, plan: TrainingPlan) -> list[dict[str, str]]:
        made = self._draft.training_set
        size = (made.box_size, made.depth, made.voxel_size) if made is not None else (
            self._draft.box_size, self._draft.depth, plan.voxel_size,
        )  # fmt: skip
        return [asdict(note) for note in notes_for_model(opened.model.info, opened.model.compiled, *size)]

    def _describe_set(self) -> dict[str, Any] | None:
        made = self._draft.training_set
        if made is None:
            return None
        return {
            "boxes": len(made), "positive": int(made.positive.sum()), "boxSize": made.box_size, "depth": made.depth,
            "voxelSize": made.voxel_size, "features": made.features, "origin": self._draft.origin,
            "stale": self._draft.stale,
        }  # fmt: skip

    # events ----------------------------------------------------------------------------------------------------------

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
