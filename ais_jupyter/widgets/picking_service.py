"""Answers requests about particles: picking from a segmentation, adding, removing, undo, saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.names import coordinates_name, split_result
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.pick_lists import PickList, segmentations_of
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.segmenting_service import FOLDER
from ais_jupyter.widgets.wire import picking as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers
from ais_jupyter.widgets.wire.tomograms import OneTomogram
from ais_jupyter.widgets.wire.tomograms import Path as PathFields

Listed = Answer[wire.PickedList]


class PickingService:
    """The particles of one window, kept in the kernel so that they outlive the page."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        session.pick_lists.changed.connect(self._announce)
        widget.on_request(wire.SEGMENTATIONS, self.segmentations, background=True)
        widget.on_request(wire.PICKS, lambda question, buffers: self.listing(question["tomogram"]))
        widget.on_request(wire.PICKS_FIND, self.find, background=True)
        widget.on_request(wire.PICK_ADD, self.add)
        widget.on_request(wire.PICK_REMOVE, self.remove)
        widget.on_request(wire.PICKS_UNDO, lambda question, buffers: self._travel(question["tomogram"], "undo"))
        widget.on_request(wire.PICKS_REDO, lambda question, buffers: self._travel(question["tomogram"], "redo"))
        widget.on_request(wire.PICKS_SAVE, self.save)

    def close(self) -> None:
        """Stop announcing."""
        self._session.pick_lists.changed.disconnect(self._announce, missing_ok=True)

    # requests --------------------------------------------------------------------------------------------------------

    def segmentations(self, question: OneTomogram, _buffers: Buffers) -> wire.Segmentations:
        """Return the segmentations beside a tomogram, in the folder of results, and among the results."""
        tomogram = self._session[question["tomogram"]].tomogram
        made = {path.parent for entry in self._session.segmentations for path in entry.outputs}
        usual = [] if tomogram.path is None else [tomogram.path.absolute().parent / FOLDER]
        found = segmentations_of(tomogram.path, tomogram.name, [*usual, *sorted(made)])
        return {"segmentations": [{"path": str(path), "title": split_result(path)[1]} for path in found]}

    def find(self, question: wire.FindPicks, _buffers: Buffers) -> Listed:
        """Pick from the segmentation at ``path``; withdrawn questions change nothing."""
        from ais_jupyter.core.workflows.picking import pick_for

        withdrawn = self._widget.withdrawal()
        document = self._session.document(question["tomogram"])
        picked = pick_for(
            document.annotated.tomogram,
            question["path"],
            method=question["method"],
            threshold=question["threshold"],
            min_diameter=question["min_diameter"],
            spacing=question["spacing"],
            min_length=question["min_length"],
            margin=question["margin"],
        )
        if not withdrawn():
            self._session.pick_lists.of(document).put(picked.picks)
            self._session.pick_lists.changed.emit(document)
        return self.listing(question["tomogram"], picked.note)

    def add(self, question: wire.PlacePick, _buffers: Buffers) -> Listed:
        """Add a pick inside the tomogram.

        Raises
        ------
        InputError
            The place lies outside.
        """
        place = question["z"], question["y"], question["x"]
        shape = self._session[question["tomogram"]].tomogram.shape
        if not all(0 <= at <= size - 1 for at, size in zip(place, shape)):
            raise InputError("a pick must lie inside the tomogram")
        return self._changed(question["tomogram"], lambda picks: picks.add(*place))

    def remove(self, question: wire.PlacePick, _buffers: Buffers) -> Listed:
        """Remove the pick nearest to a place."""
        place = question["z"], question["y"], question["x"]
        reach = question.get("reach", 0.01)
        return self._changed(question["tomogram"], lambda picks: picks.remove(*place, reach))

    def save(self, question: wire.SavePicks, _buffers: Buffers) -> PathFields:
        """Write a STAR file."""
        picks = self._list(question["tomogram"]).picks
        path = Path(question["path"]).expanduser()
        if path.suffix.lower() != ".star":
            raise InputError(f"coordinates are written as .star, not as {path.suffix or 'a file without extension'}")
        return {"path": str(picks.save(path, overwrite=question.get("overwrite", False)))}

    # what the browser shows ------------------------------------------------------------------------------------------

    def listing(self, uid: str, note: str = "") -> Listed:
        """Return the particles of a tomogram."""
        tomogram = self._session[uid].tomogram
        found = self._list(uid)
        picks = found.picks
        folder = Path.cwd() if tomogram.path is None else tomogram.path.absolute().parent
        content: wire.PickedList = {
            "tomogram": uid,
            "count": len(picks),
            "title": picks.feature,
            "undo": found.undo_name,
            "redo": found.redo_name,
            "note": note,
            "proposed": str(folder / coordinates_name(tomogram.name, picks.feature)),
        }
        return Answer(content, [picks.positions.astype(np.float32).tobytes()])

    def _list(self, uid: str) -> PickList:
        return self._session.pick_lists.of(self._session.document(uid))

    def _changed(self, uid: str, change: Any) -> Listed:
        change(self._list(uid))
        self._session.pick_lists.changed.emit(self._session.document(uid))
        return self.listing(uid)

    def _travel(self, uid: str, way: str) -> Listed:
        return self._changed(uid, lambda picks: getattr(picks, way)())

    def _announce(self, document: Any) -> None:
        if document in self._session.documents:
            listed = self.listing(document.annotated.uid)
            self._widget.push(wire.PICKS_CHANGED, listed.content, listed.buffers)
