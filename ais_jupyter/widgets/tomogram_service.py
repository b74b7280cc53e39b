"""Answers requests about the list of tomograms: open, close, relink, save, recover, thumbnails."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import as_voxel_size
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.protocol import Answer, Buffers
from ais_jupyter.widgets.tomogram_info import DISPLAY_KEYS, describe_tomogram

THUMBNAIL = 64
#: Seconds that changes of the list are collected before they are told.
DELAY = 0.05


class TomogramService:
    """The list of tomograms and what is done with whole ones."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._timer: threading.Timer | None = None
        session.documents_changed.connect(self._soon)
        session.document_changed.connect(self._soon)
        widget.on_request("open", lambda content, buffers: {**self.listing(), "recoverable": self.recoverable()})
        widget.on_request("add", self.add)
        widget.on_request("close", self.close_tomogram)
        widget.on_request("relink", self.relink)
        widget.on_request("voxel_size", self.voxel_size)
        widget.on_request("save", self.save)
        widget.on_request("recover", self.recover)
        widget.on_request("display", self.display)
        widget.on_request("open_beside", self.open_beside)
        widget.on_request("thumbnail", self.thumbnail, background=True)

    def close(self) -> None:
        """Stop listening to the session."""
        if self._timer is not None:
            self._timer.cancel()
        self._session.documents_changed.disconnect(self._soon, missing_ok=True)
        self._session.document_changed.disconnect(self._soon, missing_ok=True)

    def listing(self) -> dict[str, Any]:
        """Return every open tomogram."""
        return {"tomograms": [describe_tomogram(annotated) for annotated in self._session.annotated]}

    def recoverable(self) -> list[dict[str, Any]]:
        """Return unsaved work of programs that ended, on tomograms that are open here."""
        open_names = {(a.tomogram.name, a.tomogram.shape) for a in self._session.annotated}
        return [
            {"id": str(entry.path), "name": entry.name, "time": entry.time, "steps": entry.n_steps}
            for entry in self._session.recoverable()
            if (entry.name, tuple(entry.shape)) in open_names
        ]

    # requests --------------------------------------------------------------------------------------------------------

    def add(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Open the file at ``path``."""
        document = self._session.open(str(content["path"]))
        return {"tomogram": document.annotated.uid}

    def close_tomogram(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Close one; ``discard`` gives up unsaved changes."""
        document = self._session.document(content["tomogram"])
        self._session.close(document, bool(content.get("discard")))
        return {}

    def relink(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Attach the annotations to the tomogram at ``path``."""
        self._session[content["tomogram"]].relink(str(content["path"]))
        self._widget.push("tomogram_replaced", {"tomogram": content["tomogram"]})  # the page drops the old slices
        self._soon()
        return {}

    def voxel_size(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Override the voxel size, ``value`` in Å."""
        annotated = self._session[content["tomogram"]]
        size = as_voxel_size(float(content["value"]))
        if not size[2] > 0:
            raise InputError("the pixel size must be a positive number of Å")
        with annotated.lock:
            annotated.tomogram.voxel_size = size
        annotated.tomogram_changed.emit()
        self._soon()
        return {}

    def save(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Save; ``path`` and ``overwrite`` for another place."""
        document = self._session.document(content["tomogram"])
        written = document.save(content.get("path") or None, overwrite=bool(content.get("overwrite")))
        return {"path": str(written), "info": describe_tomogram(document.annotated)}

    def recover(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Bring unsaved work (``recovery``) back, or ``discard`` it."""
        session = self._session
        entry = next((e for e in session.recoverable() if str(e.path) == content["recovery"]), None)
        if entry is None:
            raise InputError("this unsaved work was recovered or discarded already")
        if content.get("discard"):
            session.discard(entry)
        else:
            session.recover(entry)
        self._soon()
        return {"recoverable": self.recoverable()}

    def display(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Remember how a tomogram is shown, for the next view and for the file; None forgets."""
        annotated = self._session[content["tomogram"]]
        with annotated.lock:
            for key in DISPLAY_KEYS:
                if key not in content:
                    continue
                value = content[key]
                annotated.display[key] = tuple(value) if isinstance(value, list) else value
                if value is None:
                    del annotated.display[key]
        return {}

    def open_beside(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Open the annotations that lie beside a tomogram, in its place."""
        document = self._session.open_beside(self._session.document(content["tomogram"]))
        return {"tomogram": document.annotated.uid}

    def thumbnail(self, content: dict[str, Any], _buffers: Buffers) -> Answer:
        """Return a small 8-bit picture of the middle slice."""
        tomogram = self._session[content["tomogram"]].tomogram
        step = max(1, max(tomogram.shape[1:]) // THUMBNAIL)
        image = np.asarray(tomogram.slice(tomogram.shape[0] // 2), np.float32)
        height, width = (n // step for n in image.shape)
        blocks = image[: height * step, : width * step].reshape(height, step, width, step).mean(axis=(1, 3))
        low, high = np.nanpercentile(blocks, (0.5, 99.5))
        scaled = np.nan_to_num((blocks - low) / max(high - low, 1e-9) * 255)
        pixels = np.clip(scaled, 0, 255).astype(np.uint8)
        return Answer({"width": width, "height": height}, [pixels.tobytes()])

    # events ----------------------------------------------------------------------------------------------------------

    def _soon(self, *_: Any) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(DELAY, self._push)
            self._timer.daemon = True
            self._timer.start()

    def _push(self) -> None:
        self._widget.push("tomograms", self.listing())
