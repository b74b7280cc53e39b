"""Answers requests about the list of tomograms: open, close, relink, save, recover, thumbnails."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region, as_voxel_size, clip_z_range
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.later import Later
from ais_jupyter.widgets.slice_service import unsigned_view
from ais_jupyter.widgets.tomogram_info import DISPLAY_KEYS, describe_tomogram
from ais_jupyter.widgets.wire import tomograms as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers

THUMBNAIL = 64
#: Seconds that changes of the list are collected before they are told.
DELAY = 0.05


class TomogramService:
    """The list of tomograms and what is done with whole ones."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._told: wire.Tomograms | None = None
        self._soon = Later(DELAY, self._announce)
        session.documents_changed.connect(self._soon)
        session.document_changed.connect(self._soon)
        widget.on_request(wire.OPEN, self.open)
        widget.on_request(wire.ADD, self.add)
        widget.on_request(wire.CLOSE, self.close_tomogram)
        widget.on_request(wire.RELINK, self.relink)
        widget.on_request(wire.VOXEL_SIZE, self.voxel_size)
        widget.on_request(wire.SAVE, self.save)
        widget.on_request(wire.RECOVER, self.recover)
        widget.on_request(wire.DISPLAY, self.display)
        widget.on_request(wire.OPEN_BESIDE, self.open_beside)
        widget.on_request(wire.REGION, self.region)
        widget.on_request(wire.THUMBNAIL, self.thumbnail, background=True)

    def close(self) -> None:
        """Stop listening to the session."""
        self._soon.close()
        self._session.documents_changed.disconnect(self._soon, missing_ok=True)
        self._session.document_changed.disconnect(self._soon, missing_ok=True)

    def listing(self) -> wire.Tomograms:
        """Return every open tomogram."""
        return {"tomograms": [describe_tomogram(annotated) for annotated in self._session.annotated]}

    def recoverable(self) -> list[wire.Recoverable]:
        """Return unsaved work of programs that ended, on tomograms that are open here."""
        open_names = {(a.tomogram.name, a.tomogram.shape) for a in self._session.annotated}
        return [
            {
                "id": str(entry.path),
                "tomogram": entry.uid,
                "name": entry.name,
                "time": entry.time,
                "steps": entry.n_steps,
                "annotations": str(entry.annotations) if entry.annotations else None,
                "damage": entry.damage,
            }
            for entry in self._session.recoverable()
            if (entry.name, tuple(entry.shape)) in open_names
        ]

    def _announce(self) -> None:
        listing = self.listing()
        if listing != self._told:  # a stroke after another changes nothing in the list
            self._told = listing
            self._widget.push(wire.TOMOGRAMS, listing)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _question: wire.Nothing, _buffers: Buffers) -> wire.Opened:
        """Return what a page shows first."""
        return {**self.listing(), "recoverable": self.recoverable()}

    def add(self, question: wire.Path, _buffers: Buffers) -> wire.OneTomogram:
        """Open the file at ``path``."""
        document = self._session.open(question["path"])
        return {"tomogram": document.annotated.uid}

    def close_tomogram(self, question: wire.Close, _buffers: Buffers) -> wire.Nothing:
        """Close one; ``discard`` gives up unsaved changes."""
        document = self._session.document(question["tomogram"])
        self._session.close(document, question.get("discard", False))
        return {}

    def relink(self, question: wire.Relink, _buffers: Buffers) -> wire.Nothing:
        """Attach the annotations to the tomogram at ``path``."""
        self._session[question["tomogram"]].relink(question["path"])
        replaced: wire.OneTomogram = {"tomogram": question["tomogram"]}
        self._widget.push(wire.TOMOGRAM_REPLACED, replaced)  # the page drops the old slices
        self._soon()
        return {}

    def voxel_size(self, question: wire.SetVoxelSize, _buffers: Buffers) -> wire.Nothing:
        """Override the voxel size, ``value`` in Å."""
        annotated = self._session[question["tomogram"]]
        if not question["value"] > 0:
            raise InputError("the pixel size must be a positive number of Å")
        size = as_voxel_size(question["value"])
        with annotated.lock:
            annotated.tomogram.voxel_size = size
        annotated.tomogram_changed.emit()
        self._soon()
        return {}

    def save(self, question: wire.Save, _buffers: Buffers) -> wire.Saved:
        """Save; ``path`` and ``overwrite`` for another place."""
        document = self._session.document(question["tomogram"])
        written = document.save(question.get("path") or None, overwrite=question.get("overwrite", False))
        return {"path": str(written), "info": describe_tomogram(document.annotated)}

    def recover(self, question: wire.Recover, _buffers: Buffers) -> wire.StillRecoverable:
        """Bring unsaved work (``recovery``) back, or ``discard`` it."""
        session = self._session
        entry = next((e for e in session.recoverable() if str(e.path) == question["recovery"]), None)
        if entry is None:
            raise InputError("this unsaved work was recovered or discarded already")
        note = ""
        if question.get("discard"):
            session.discard(entry)
        else:
            note = session.recover(entry).recovery_note
        self._soon()
        return {"recoverable": self.recoverable(), "note": note}

    def display(self, question: wire.Remember, _buffers: Buffers) -> wire.Nothing:
        """Remember how a tomogram is shown, for the next view and for the file; None forgets."""
        annotated = self._session[question["tomogram"]]
        with annotated.lock:
            for key, value in question.items():
                if key in DISPLAY_KEYS and value is not None:
                    annotated.display[key] = value
                elif key in DISPLAY_KEYS:
                    annotated.display.pop(key, None)
        return {}

    def open_beside(self, question: wire.OneTomogram, _buffers: Buffers) -> wire.OneTomogram:
        """Open the annotations that lie beside a tomogram, in its place."""
        document = self._session.open_beside(self._session.document(question["tomogram"]))
        return {"tomogram": document.annotated.uid}

    def thumbnail(self, question: wire.OneTomogram, _buffers: Buffers) -> Answer[wire.Picture]:
        """Return a small 8-bit picture of the middle slice."""
        tomogram = self._session[question["tomogram"]].tomogram
        step = max(1, max(tomogram.shape[1:]) // THUMBNAIL)
        height, width = (max(1, n // step) for n in tomogram.shape[1:])
        blocks = np.empty((height, width), np.float32)
        for row in range(height):  # in bands: a slice may be larger than memory
            band = tomogram.rows(tomogram.shape[0] // 2, row * step, (row + 1) * step)
            band = unsigned_view(band)[:, : width * step].astype(np.float32)
            blocks[row] = band.reshape(len(band), width, -1).mean(axis=(0, 2))
        low, high = np.nanpercentile(blocks, (0.5, 99.5))
        scaled = np.nan_to_num((blocks - low) / max(high - low, 1e-9) * 255)
        pixels = np.clip(scaled, 0, 255).astype(np.uint8)
        return Answer({"width": width, "height": height}, [pixels.tobytes()])

    def region(self, question: wire.SetRegion, _buffers: Buffers) -> wire.Nothing:
        """Set the region (y0, y1, x0, x1) and the half-open slice range that are segmented; None is all of it."""
        document = self._session.document(question["tomogram"])
        annotated = document.annotated
        shape = annotated.tomogram.shape
        with annotated.lock:
            if "region" in question:
                corners, whole = question["region"], Region.whole(shape)
                annotated.roi = Region(*corners).clipped(shape) if corners else whole
            if "z_range" in question:
                annotated.z_range = clip_z_range(question["z_range"], shape[0])
        annotated.tomogram_changed.emit()
        self._session.document_changed.emit(document)
        return {}
