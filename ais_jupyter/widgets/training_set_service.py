"""Answers requests about the training set: choose, count, make, save, load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.core.workflows.training_plan import Note, TrainingPlan, notes_for_model, suggested_batch_size
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.later import Later
from ais_jupyter.widgets.wire import training_sets as wire
from ais_jupyter.widgets.wire.declare import Buffers

#: Seconds that changes are collected before they are told.
DELAY = 0.15


class TrainingSetService:
    """The training set of one window."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget, self._session, self._draft = widget, session, session.training_set
        self._asked = False
        self._soon = Later(DELAY, self._announce)
        self._draft.changed.connect(self._soon)
        session.documents_changed.connect(self._soon)
        session.document_changed.connect(self._soon)
        session.models.changed.connect(self._soon)
        widget.on_request(wire.TRAINING_SET, self.open, background=True)
        widget.on_request(wire.TRAINING_SET_CHOOSE, self.choose, background=True)
        widget.on_request(wire.TRAINING_SET_MAKE, self.make)
        widget.on_request(wire.TRAINING_SET_CANCEL, self.cancel)
        widget.on_request(wire.TRAINING_SET_SAVE, self.save, background=True)
        widget.on_request(wire.TRAINING_SET_LOAD, self.load, background=True)

    def close(self) -> None:
        """Stop listening."""
        self._soon.close()
        self._draft.changed.disconnect(self._soon, missing_ok=True)
        self._session.documents_changed.disconnect(self._soon, missing_ok=True)
        self._session.document_changed.disconnect(self._soon, missing_ok=True)
        self._session.models.changed.disconnect(self._soon, missing_ok=True)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _question: wire.Nothing, _buffers: Buffers) -> wire.TrainingSetValues:
        """Return all of it; changes are pushed from now on."""
        self._asked = True
        return self.listing()

    def choose(self, question: wire.Choose, _buffers: Buffers) -> wire.TrainingSetValues:
        """Change ``role`` (title, −1, 0 or 1), ``take`` (uid, whether), ``box_size``, ``voxel_size`` or ``depth``."""
        if "role" in question:
            self._draft.set_role(*question["role"])
        if "take" in question:
            self._draft.take(*question["take"])
        if "box_size" in question:
            self._draft.box_size = _at_least(8, question["box_size"], "the box size")
        if "voxel_size" in question:
            self._draft.voxel_size = _positive(question["voxel_size"])
        if "depth" in question:
            self._draft.depth = _at_least(1, question["depth"], "the depth")
        return self.listing()

    def make(self, _question: wire.Nothing, _buffers: Buffers) -> wire.Nothing:
        """Start cutting the boxes."""
        self._draft.make().listen(self._soon)
        return {}

    def cancel(self, _question: wire.Nothing, _buffers: Buffers) -> wire.Nothing:
        """Stop cutting boxes; the present set stays."""
        if self._draft.job is not None:
            self._draft.job.cancel()
        return {}

    def save(self, question: wire.SaveSet, _buffers: Buffers) -> wire.Path:
        """Write the set to ``path``."""
        return {"path": str(self._draft.save(question["path"], overwrite=question.get("overwrite", False)))}

    def load(self, question: wire.Path, _buffers: Buffers) -> wire.Nothing:
        """Read the set at ``path``."""
        from ais_jupyter.core.workflows.opening import open_training_set

        path = question["path"]
        self._draft.use(open_training_set(path), path)
        return {}

    # what the page shows ---------------------------------------------------------------------------------------------

    def listing(self) -> wire.TrainingSetValues:
        """Return the choice, the counts and the set."""
        draft, plan = self._draft, self._draft.plan()
        roles, job, made = draft.roles, draft.job, draft.training_set
        batch_size, reason = suggested_batch_size(len(made) if made else plan.boxes)
        left_out = [item for item in self._session.annotated if not draft.is_taken(item)]
        counts: list[wire.TomogramCount] = [
            {
                "uid": count.uid, "name": count.name, "taken": True, "positive": count.positive,
                "negative": count.negative, "slices": count.slices,
            }
            for count in plan.counts
        ]  # fmt: skip
        counts += [{"uid": item.uid, "name": item.name, "taken": False} for item in left_out]
        return {
            "features": [
                {"title": t, "color": cast(Any, c), "role": cast(Any, roles[t])} for t, c in draft.colors.items()
            ],
            "tomograms": counts,
            "box_size": draft.box_size,
            "voxel_size": draft.voxel_size,
            "target_voxel_size": plan.voxel_size,
            "depth": draft.depth,
            "notes": _notes(plan.notes),
            "possible": plan.possible,
            "boxes": plan.boxes,
            "making": {"progress": job.progress, "message": job.message} if draft.being_made and job else None,
            "failure": str(job.error) if job is not None and job.state == "failed" else None,
            "set": self._describe_set(),
            "suggestion": {"batch_size": batch_size, "reason": reason},
            "model_notes": {opened.uid: self._notes_for(opened, plan) for opened in self._session.models},
        }

    def _notes_for(self, opened: OpenModel, plan: TrainingPlan) -> list[wire.Note]:
        made = self._draft.training_set
        size = (made.box_size, made.depth, made.voxel_size, made.margin) if made is not None else (
            self._draft.box_size, self._draft.depth, plan.voxel_size, self._draft.margin,
        )  # fmt: skip
        return _notes(notes_for_model(opened.model.info, opened.model.compiled, *size))

    def _describe_set(self) -> wire.MadeSet | None:
        made = self._draft.training_set
        if made is None:
            return None
        return {
            "boxes": len(made), "positive": int(made.positive.sum()), "box_size": made.box_size, "depth": made.depth,
            "voxel_size": made.voxel_size, "features": made.features, "origin": self._draft.origin,
            "stale": self._draft.stale,
        }  # fmt: skip

    # events ----------------------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        if self._asked:
            self._widget.push(wire.TRAINING_SET_CHANGED, self.listing())


def _feature(title: str, color: Any, role: Any) -> wire.FeatureRole:
    return {"title": title, "color": color, "role": role}


def _notes(notes: Iterable[Note]) -> list[wire.Note]:
    return [{"kind": note.kind, "text": note.text} for note in notes]


def _at_least(least: int, value: int, what: str) -> int:
    if value < least:
        raise InputError(f"{what} must be a whole number of at least {least}, not {value}")
    return value


def _positive(value: float | None) -> float | None:
    if value is not None and not value > 0:
        raise InputError(f"the voxel size must be a positive number of Å, not {value:g}")
    return value
