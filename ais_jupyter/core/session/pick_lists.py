"""Particles of the open tomograms: picked, added and removed by hand, with undo."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.editing.document import Document

#: Steps that can be taken back.
_STEPS = 100


@dataclass(frozen=True)
class PickStep:
    """The particles after a step, and what the step is called."""

    name: str
    picks: Picks


class PickList:
    """The particles of one tomogram. All methods may be called from any thread.

    Parameters
    ----------
    tomogram_name : str
    voxel_size : float
        Å.

    Attributes
    ----------
    picks : Picks
        In voxels of the tomogram; not to be written into.
    """

    def __init__(self, tomogram_name: str, voxel_size: float) -> None:
        self.picks = Picks(np.zeros((0, 3)), tomogram_name, voxel_size)
        self._undo: list[PickStep] = []
        self._redo: list[PickStep] = []
        self._lock = threading.RLock()

    @property
    def undo_name(self) -> str | None:
        """What `undo` would take back."""
        return self._undo[-1].name if self._undo else None

    @property
    def redo_name(self) -> str | None:
        """What `redo` would make again."""
        return self._redo[-1].name if self._redo else None

    def put(self, picks: Picks) -> None:
        """Replace all by what was picked; several times in a row, as by a slider, are one step."""
        with self._lock:
            if not (self._undo and self._undo[-1].name == "Pick" and not self._redo):
                self._begin("Pick")
            self.picks = picks

    def add(self, z: float, y: float, x: float) -> None:
        """Add one, in voxels."""
        with self._lock:
            self._begin("Add pick")
            row = {name: np.concatenate([column, _nothing(column)]) for name, column in self.picks.columns.items()}
            angles = self.picks.angles
            self.picks = replace(
                self.picks,
                positions=np.vstack([self.picks.positions, [(z, y, x)]]),
                columns=row,
                angles=None if angles is None else np.vstack([angles, np.zeros((1, 3))]),
            )

    def remove(self, z: float, y: float, x: float, reach: float) -> bool:
        """Remove the one nearest to a place, if it is within `reach` voxels; returns whether there was one."""
        with self._lock:
            away = np.linalg.norm(self.picks.positions - (z, y, x), axis=1)
            if not len(away) or away.min() > reach:
                return False
            self._begin("Remove pick")
            stay = np.arange(len(away)) != int(away.argmin())
            self.picks = replace(
                self.picks,
                positions=self.picks.positions[stay],
                columns={name: column[stay] for name, column in self.picks.columns.items()},
                angles=None if self.picks.angles is None else self.picks.angles[stay],
            )
            return True

    def undo(self) -> bool:
        """Take the latest step back; returns whether there was one."""
        return self._travel(self._undo, self._redo)

    def redo(self) -> bool:
        """Make a step again that was taken back; returns whether there was one."""
        return self._travel(self._redo, self._undo)

    def _begin(self, name: str) -> None:
        self._undo.append(PickStep(name, self.picks))
        del self._undo[:-_STEPS]
        self._redo.clear()

    def _travel(self, source: list[PickStep], target: list[PickStep]) -> bool:
        with self._lock:
            if not source:
                return False
            step = source.pop()
            target.append(PickStep(step.name, self.picks))
            self.picks = step.picks
            return True


class PickLists:
    """The particles of every open tomogram, for as long as it is open.

    Events: `changed(document)`.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        self._lists: WeakKeyDictionary[Document, PickList] = WeakKeyDictionary()

    def of(self, document: Document) -> PickList:
        """Particles of a document, none at first."""
        if document not in self._lists:
            tomogram = document.annotated.tomogram
            self._lists[document] = PickList(tomogram.name, tomogram.pixel_size)
        return self._lists[document]

    def __iter__(self) -> Iterator[PickList]:
        return iter(list(self._lists.values()))


def segmentations_of(tomogram_path: Path | None, name: str, folders: list[Path]) -> list[Path]:
    """Return the segmentations ``<name>__*.mrc`` beside a tomogram and in `folders`, each once, by name."""
    from ais_jupyter.core.data.names import split_result

    where = [*([] if tomogram_path is None else [tomogram_path.absolute().parent]), *folders]
    found = {
        path.resolve(): path
        for folder in dict.fromkeys(where)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
        if path.suffix == ".mrc" and not path.name.startswith(".")
        if split_result(path)[0] == name and split_result(path)[1]
    }
    return list(found.values())


def _nothing(column: np.ndarray) -> np.ndarray:
    """Return what a pick made by hand has in a column of numbers or of text."""
    return np.array([0 if column.dtype.kind in "iufb" else ""], column.dtype)
