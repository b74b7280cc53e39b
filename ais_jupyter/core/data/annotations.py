"""What a person painted on a tomogram."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psygnal import Signal

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.feature import Box, Feature
from ais_jupyter.core.data.geometry import Region, clip_z_range
from ais_jupyter.core.data.names import component
from ais_jupyter.core.data.tomogram import Tomogram

__all__ = ["AnnotatedTomogram", "Box", "Feature"]


class AnnotatedTomogram:
    """A tomogram and what is annotated on it.

    Parameters
    ----------
    tomogram : Tomogram
        May be one whose file is missing.

    Attributes
    ----------
    features : list of Feature
        In display order. Change it through `add_feature`, `remove_feature`, `move_feature`.
    roi : Region
        Part of the XY plane that is segmented; the whole plane by default.
    z_range : (start, stop)
        Half-open range of slices that is segmented.
    path : Path or None
        The file it was read from or saved to.
    tried : list of str
        Names under which a missing tomogram was looked for.
    display : dict
        How it is shown: "contrast" (low, high), "invert", "interpolate", "autocontrast", "slice"; and what no file
        holds: "cursor" (y, x) and "camera" (x, y in the middle of the view, screen pixels per pixel).
    extra : dict
        Fields of a file that this program does not use and writes back.
    uid : str
        32 hexadecimal digits that name it for as long as it is open.
    document : object or None
        The history that records its changes (a `Document`) while it is open for editing.
    lock : RLock
        Hold it to change several things at once; widgets answer from other threads.

    ``features_changed(feature, before, after)`` tells the index a feature had and has, None when it was not or is no
    longer there. ``saved(path)`` follows each `save`.
    """

    features_changed = Signal(object, object, object)
    tomogram_changed = Signal()
    saved = Signal(object)

    def __init__(self, tomogram: Tomogram) -> None:
        self.tomogram = tomogram
        self.features: list[Feature] = []
        self.roi = Region.whole(tomogram.shape)
        self.z_range: tuple[int, int] = clip_z_range(None, tomogram.shape[0])
        self.path: Path | None = None
        self.tried: list[str] = []
        self.display: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self.uid = uuid.uuid4().hex
        self.document: Any = None
        self.lock = threading.RLock()
        self._feature_counter = 0

    @property
    def name(self) -> str:
        """Name of the tomogram."""
        return self.tomogram.name

    def add_feature(self, title: str | None = None, **settings: Any) -> Feature:
        """Add a feature with the next default colour and name, and return it.

        Parameters
        ----------
        title : str, optional
            "Unnamed feature N" by default.
        **settings
            Attributes of `Feature`: color, box_size, brush_radius, alpha, …
        """
        with self.lock:
            settings.setdefault("color", cycle_color(self._feature_counter))
            self._feature_counter += 1
            feature = Feature(title or f"Unnamed feature {self._feature_counter}", self.tomogram.shape, **settings)
            self.insert_feature(feature)
        return feature

    def insert_feature(self, feature: Feature, index: int | None = None) -> None:
        """Put an existing feature (back) at `index`, at the end by default."""
        if feature.shape != self.tomogram.shape:
            raise InputError(
                f"feature {feature.title!r} belongs to a volume of {feature.shape}, not {self.tomogram.shape}"
            )
        with self.lock:
            place = len(self.features) if index is None else min(index, len(self.features))
            feature.lock, feature.annotated = self.lock, self
            self.features.insert(place, feature)
            self._feature_counter = max(self._feature_counter, len(self.features))
            self.features_changed.emit(feature, None, place)

    def remove_feature(self, feature: Feature | str) -> int:
        """Remove a feature and return the index it had."""
        with self.lock:
            found = self.feature(feature) if isinstance(feature, str) else feature
            index = self.features.index(found)
            del self.features[index]
            self.features_changed.emit(found, index, None)
        return index

    def move_feature(self, feature: Feature, index: int) -> None:
        """Move `feature` to place `index` of the display order."""
        with self.lock:
            before = self.features.index(feature)
            index = min(max(index, 0), len(self.features) - 1)
            if index != before:
                self.features.insert(index, self.features.pop(before))
                self.features_changed.emit(feature, before, index)

    def feature_by_uid(self, uid: str) -> Feature:
        """Return the feature with this `uid`.

        Raises
        ------
        KeyError
            It is not, or no longer, there.
        """
        for feature in self.features:
            if feature.uid == uid:
                return feature
        raise KeyError(f"this feature was removed from {self.name!r}")

    def feature(self, title: str) -> Feature:
        """Return the feature called `title`.

        Raises
        ------
        KeyError
            There is none; the message lists those there are.
        """
        for feature in self.features:
            if feature.title == title:
                return feature
        raise KeyError(f"no feature {title!r}; there are: {', '.join(f.title for f in self.features) or 'none'}")

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def save(self, path: str | Path | None = None, overwrite: bool = False) -> Path:
        """Write a ``.scns`` that Ais opens.

        Parameters
        ----------
        path : path, optional
            By default where it came from, or beside the tomogram.
        overwrite : bool
            Replace annotations that these do not come from, or that another program has changed since.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            There is such a file and `overwrite` is false, the file is of another kind (such as the tomogram), or there
            is no place to save to.
        """
        if path is None:
            path = self.path
        if path is None:
            if self.tomogram.path is None:
                raise InputError("give a path: this tomogram has no file beside which to save")
            path = self.tomogram.path.parent / f"{component(self.tomogram.name)}.scns"
        with self.lock:
            self.path = storage.save(self, path, overwrite)
            self.saved.emit(self.path)
        return self.path

    def relink(self, tomogram: Tomogram | str | Path) -> None:
        """Attach the annotations to another copy of the tomogram, of the same shape.

        Raises
        ------
        InputError
            The shape differs.
        """
        found = tomogram if isinstance(tomogram, Tomogram) else storage.load(tomogram, Tomogram)
        if found.shape != self.tomogram.shape:
            raise InputError(
                f"{found.name!r} is {found.shape} (z, y, x) but the annotations belong to "
                f"{self.tomogram.shape}; nothing changed"
            )
        with self.lock:
            self.tomogram = found
            self.tried = []
        self.tomogram_changed.emit()

    def __repr__(self) -> str:
        return f"<AnnotatedTomogram {self.name!r}: {', '.join(f.title for f in self.features) or 'no features'}>"
