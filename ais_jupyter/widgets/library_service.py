"""The feature library: names, colours and settings that a person uses again and again, in the original's file."""

from __future__ import annotations

from pathlib import Path

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.feature_library import FeatureLibrary, LibraryFeature
from ais_jupyter.core.data.home import home
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire import library as wire
from ais_jupyter.widgets.wire.declare import Buffers


def default_path() -> Path:
    """Where the desktop program keeps it."""
    return home() / ".Ais" / "feature_library.txt"


class LibraryService:
    """Reads the library when it is asked for, so that changes made by other programs are seen."""

    def __init__(self, widget: KernelWidget, session: Session, path: str | Path | None = None) -> None:
        self._session = session
        self.path = Path(path).expanduser() if path else default_path()
        widget.on_request(wire.LIBRARY, lambda question, buffers: self.listing())
        widget.on_request(wire.LIBRARY_KEEP, self.keep)

    def listing(self) -> wire.Library:
        """Features of the active library that are in use; sizes in pixels need a tomogram, so lengths are in Å."""
        library = self._read()
        entries = library.libraries.get(library.active, [])
        return {
            "library": [
                {
                    "title": entry.title,
                    "color": entry.color,
                    "box_size": entry.box_size,
                    "brush_diameter": entry.brush_diameter,
                    "alpha": entry.alpha,
                }
                for entry in entries
                if entry.use
            ]
        }

    def keep(self, question: wire.OneFeature, _buffers: Buffers) -> wire.Library:
        """Put the settings of ``feature`` into the active library, in place of those of the same title."""
        annotated = self._session[question["tomogram"]]
        feature = annotated.feature_by_uid(question["feature"])
        pixel = annotated.tomogram.pixel_size or 10.0
        library = self._read()
        entries = library.libraries.setdefault(library.active, [])
        entry = next((e for e in entries if e.title == feature.title), None)
        if entry is None:
            entry = LibraryFeature(feature.title)
            entries.append(entry)
        entry.color, entry.alpha, entry.box_size = feature.color, feature.alpha, feature.box_size
        entry.brush_diameter = 2 * feature.brush_radius * pixel
        self.path.parent.mkdir(parents=True, exist_ok=True)
        storage.save(library, self.path)
        return self.listing()

    def _read(self) -> FeatureLibrary:
        return storage.load(self.path, FeatureLibrary) if self.path.exists() else FeatureLibrary()
