"""Undo and redo: the steps in order, and the current place among them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.editing.edits import BoxesEdit, Edit, SettingEdit, decode_edit
from ais_jupyter.core.editing.patch import Patch

#: Changes of one setting that follow each other within this time (a colour being dragged) are one step.
MERGE_SECONDS = 1.0


@dataclass
class Step:
    """What is undone and redone as one, such as a stroke: a name for people and edits in the order they were made.

    A page that made the step itself gives it a `key`, by which it names the step later.
    """

    name: str
    edits: list[Edit]
    time: float = field(default_factory=time.time)
    key: str | None = None

    @property
    def z(self) -> int | None:
        """Slice to show when this step is undone or redone; None where it concerns no slice."""
        return next((edit.z for edit in self.edits if isinstance(edit, Patch | BoxesEdit)), None)

    @cached_property
    def nbytes(self) -> int:
        """Approximate memory in bytes."""
        return 200 + sum(edit.nbytes for edit in self.edits)

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make all changes in order."""
        for edit in self.edits:
            edit.apply(annotated)

    def inverse(self) -> Step:
        """Return the step that undoes this one."""
        return Step(self.name, [edit.inverse() for edit in reversed(self.edits)], self.time)

    def merged_with(self, earlier: Step) -> Step | None:
        """Return one step for both where both change the same setting at nearly the same time, else None."""
        if len(self.edits) != 1 or len(earlier.edits) != 1 or not 0 <= self.time - earlier.time <= MERGE_SECONDS:
            return None
        first, last = earlier.edits[0], self.edits[0]
        if not isinstance(first, SettingEdit) or not isinstance(last, SettingEdit):
            return None
        if (first.feature, first.name) != (last.feature, last.name):
            return None
        edit = SettingEdit(first.feature, first.name, first.before, last.after)
        return Step(self.name, [edit], self.time, self.key)

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal; bytes go to `blobs`."""
        fields = {"name": self.name, "time": self.time, "edits": [edit.encode(blobs) for edit in self.edits]}
        return fields if self.key is None else {**fields, "key": self.key}

    @classmethod
    def decode(cls, fields: dict[str, Any], blobs: Sequence[bytes], shape: tuple[int, int, int]) -> Step:
        """Step from the fields of `encode`, for a tomogram of `shape` (z, y, x)."""
        edits = [decode_edit(edit, blobs, shape) for edit in fields["edits"]]
        key = fields.get("key")
        return cls(str(fields["name"]), edits, float(fields["time"]), None if key is None else str(key))


class History:
    """Steps done and undone. It moves between them; whoever owns it applies them.

    Parameters
    ----------
    max_steps, max_bytes : int
        The oldest steps are forgotten beyond these, but never the last.
    """

    def __init__(self, max_steps: int = 1000, max_bytes: int = 256 << 20) -> None:
        self.max_steps = max_steps
        self.max_bytes = max_bytes
        self._done: deque[Step] = deque()
        self._undone: list[Step] = []
        self._start: object = object()

    def push(self, step: Step, mergeable: bool = True) -> None:
        """Add a step that was just made; what was undone can no longer be redone."""
        self._undone.clear()
        merged = step.merged_with(self._done[-1]) if mergeable and self._done else None
        if merged:
            self._done[-1] = merged
        else:
            self._done.append(step)
        nbytes = sum(done.nbytes for done in self._done)
        while len(self._done) > self.max_steps or (nbytes > self.max_bytes and len(self._done) > 1):
            nbytes -= self._done.popleft().nbytes
            self._start = object()

    def back(self) -> Step | None:
        """Go back over the last step, return it, or None when there is none; its inverse is to be applied."""
        if not self._done:
            return None
        self._undone.append(self._done.pop())
        return self._undone[-1]

    def forward(self) -> Step | None:
        """Go forward over the last undone step and return it, or None; it is to be applied."""
        if not self._undone:
            return None
        self._done.append(self._undone.pop())
        return self._done[-1]

    @property
    def undo_step(self) -> Step | None:
        """The step that undo would take back."""
        return self._done[-1] if self._done else None

    @property
    def redo_step(self) -> Step | None:
        """The step that redo would make again."""
        return self._undone[-1] if self._undone else None

    @property
    def undo_name(self) -> str | None:
        """Name of the step that undo would take back."""
        return self.undo_step.name if self.undo_step else None

    @property
    def redo_name(self) -> str | None:
        """Name of the step that redo would make again."""
        return self.redo_step.name if self.redo_step else None

    @property
    def place(self) -> object:
        """Where the annotations stand; the same object again when undo and redo come back to it."""
        return self._done[-1] if self._done else self._start

    def __len__(self) -> int:
        return len(self._done)
