"""What the next training set is made of, and the set that was made or loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.architecture_names import PROPOSED
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.workflows.library import best_depth
from ais_jupyter.core.workflows.training_plan import Selection, TrainingPlan, making_training_set, plan_training_set

if TYPE_CHECKING:
    from ais_jupyter.core.session.session import Session

#: Most networks halve their input up to five times, so proposed boxes are a multiple of this many pixels.
BOX_STEP = 32
#: Proposed where no feature to learn has a box size.
BOX_SIZE = 64
#: Surroundings stored with boxes, at most; wider ones help little and take memory.
LARGEST_MARGIN = 32
#: Larger boxes are not proposed: they fill the memory and teach no more.
LARGEST_PROPOSED = 256


class TrainingSetDraft:
    """A selection of features and tomograms, and the training set cut from it.

    Attributes
    ----------
    training_set : TrainingSet or None
        What models are trained on.
    origin : str
        Where that set comes from, for people.
    job : Job or None
        The latest attempt to cut boxes.
    voxel_size : float or None
        Å per pixel of the boxes; None keeps the tomogram's.

    `changed()` is emitted when the selection or the set changes.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self.training_set: TrainingSet | None = None
        self.origin = ""
        self.job: Job[TrainingSet] | None = None
        self.voxel_size: float | None = None
        self._depth: int | None = None
        self._session = session
        self._made_from: dict[str, object] = {}
        self._roles: dict[str, int] = {}
        self._left_out: set[str] = set()
        self._box_size: int | None = None

    # the selection ---------------------------------------------------------------------------------------------------

    @property
    def roles(self) -> dict[str, int]:
        """Role of every feature title: 1 to find, −1 as a negative, 0 not used.

        Until something is chosen, the first feature with boxes is the one to find.
        """
        titles = list(self.colors)
        if any(title in self._roles for title in titles):
            return {title: self._roles.get(title, 0) for title in titles}
        boxed = {f.title for item in self._annotated for f in item.features if f.boxes}
        first = next((title for title in titles if title in boxed), titles[0] if titles else None)
        return {title: int(title == first) for title in titles}

    @property
    def colors(self) -> dict[str, list[float]]:
        """Colour of every feature title in the open tomograms, in order of appearance."""
        found: dict[str, list[float]] = {}
        for item in self._annotated:
            with item.lock:
                for feature in item.features:
                    found.setdefault(feature.title, list(feature.color))
        return found

    @property
    def box_size(self) -> int:
        """Edge of the boxes in pixels: as chosen, else that of the feature to find, widened to what networks take."""
        if self._box_size is not None:
            return self._box_size
        roles = self.roles
        sizes = [f.box_size for item in self._annotated for f in item.features if roles.get(f.title) == 1]
        return max(BOX_STEP, min(LARGEST_PROPOSED, -(-sizes[0] // BOX_STEP) * BOX_STEP)) if sizes else BOX_SIZE

    @box_size.setter
    def box_size(self, value: int | None) -> None:
        self._box_size = value

    @property
    def depth(self) -> int:
        """Slices per box: as chosen, else as many as suit the architecture that is proposed first."""
        return self._depth if self._depth is not None else best_depth(PROPOSED)

    @depth.setter
    def depth(self, value: int) -> None:
        self._depth = value

    @property
    def margin(self) -> int:
        """Pixels of surroundings stored around each box."""
        return min(LARGEST_MARGIN, self.box_size // 2)

    def set_role(self, title: str, role: int) -> None:
        """Learn to find a feature (1), take it as a negative (−1) or leave it out (0)."""
        self._roles = {**self.roles, title: max(-1, min(1, role))}

    def take(self, uid: str, taken: bool) -> None:
        """Use a tomogram, or leave it out."""
        (self._left_out.discard if taken else self._left_out.add)(uid)

    def is_taken(self, annotated: AnnotatedTomogram) -> bool:
        """Whether boxes are cut from this tomogram."""
        return annotated.uid not in self._left_out

    def selection(self) -> Selection:
        """Return what is chosen."""
        roles = self.roles
        return Selection(
            positive=tuple(title for title, role in roles.items() if role > 0),
            negative=tuple(title for title, role in roles.items() if role < 0),
            tomograms=tuple(item.uid for item in self._annotated if self.is_taken(item)),
            box_size=self.box_size,
            voxel_size=self.voxel_size,
            depth=self.depth,
            margin=self.margin,
        )

    def plan(self) -> TrainingPlan:
        """Count what would be cut."""
        return plan_training_set(self._annotated, self.selection())

    # the set ---------------------------------------------------------------------------------------------------------

    @property
    def being_made(self) -> bool:
        """Whether boxes are being cut."""
        return self.job is not None and self.job.state in ("waiting", "running")

    def make(self) -> Job[TrainingSet]:
        """Cut the boxes in the background; the result replaces the present set.

        Raises
        ------
        InputError
            Nothing can be cut from the selection, or a set is being made already.
        """
        if self.being_made:
            raise InputError("a training set is being made already")
        plan = self.plan()
        if not plan.possible:
            raise InputError(plan.notes[0].text)
        work = making_training_set(list(self._annotated), self.selection())
        self.job = Job(work, "making the training set", start=False)
        self.job.listen(self._follow)
        self.job.start()
        return self.job

    def use(self, training_set: TrainingSet | None, origin: str) -> None:
        """Train on this set from now on; `origin` says where it comes from."""
        self.training_set, self.origin = training_set, origin
        self._made_from = self._places()
        self.changed.emit()

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write the set as a ``.scnt``.

        Raises
        ------
        InputError
            There is no set, or the file must not be replaced (`TrainingSet.save`).
        """
        if self.training_set is None:
            raise InputError("there is no training set yet")
        written = self.training_set.save(path, overwrite)
        self.origin = str(written)
        self.changed.emit()
        return written

    @property
    def stale(self) -> bool:
        """Whether annotations that were open when the set was made have changed since."""
        return any(self._made_from.get(uid, place) is not place for uid, place in self._places().items())

    def _places(self) -> dict[str, object]:
        """Where the history of each document stands: the same again after undo."""
        return {document.annotated.uid: document.history.place for document in self._session.documents}

    @property
    def _annotated(self) -> Sequence[AnnotatedTomogram]:
        return self._session.annotated

    def _follow(self, job: Job[TrainingSet]) -> None:
        if job.state == "done":
            self.use(job.result(), f"{', '.join(job.result().features)}, made here")
        self.changed.emit()

    def __repr__(self) -> str:
        made: Any = self.training_set
        return f"<TrainingSetDraft: {made!r}>" if made is not None else "<TrainingSetDraft: no set yet>"
