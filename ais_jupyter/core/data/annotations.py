"""What a person painted: features with one mask per slice and boxes around the places to learn from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import CYCLE, Color, as_color, cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region, clip_z_range
from ais_jupyter.core.data.tomogram import Tomogram

Box = tuple[int, int, int]

DEFAULT_BOX_SIZE = 128
DEFAULT_BRUSH_RADIUS = 10.0
DEFAULT_FLOOD_SENSITIVITY = 50.0


class Feature:
    """One kind of thing that is annotated, such as "Ribosome".

    Attributes
    ----------
    title : str
        Becomes part of file names.
    color : (r, g, b)
        0–1.
    box_size : int
        Edge of the boxes in pixels of the tomogram.
    brush_radius : float
        Pixels.
    alpha : float
        Opacity of the overlay, 0–1.
    visible, filled, show_boxes : bool
        How it is drawn; not `filled` is an outline.
    flood, flood_sensitivity : bool, float
        Whether the brush floods, and its sensitivity 1–100.
    extra : dict
        Settings read from a file that this program does not use and writes back.

    Events (psygnal) tell listeners what changed: `mask_changed(z)`, `boxes_changed(z)`, `settings_changed(name)`.
    """

    mask_changed = Signal(int)
    boxes_changed = Signal(int)
    settings_changed = Signal(str)

    _SETTINGS = (
        "title", "color", "box_size", "brush_radius", "alpha", "visible", "filled", "show_boxes", "flood", "flood_sensitivity",
    )  # fmt: skip

    def __init__(
        self,
        title: str,
        shape: tuple[int, int, int],
        color: Any = CYCLE[0],
        box_size: int = DEFAULT_BOX_SIZE,
        brush_radius: float = DEFAULT_BRUSH_RADIUS,
        alpha: float = 1.0,
        visible: bool = True,
        filled: bool = True,
        show_boxes: bool = True,
        flood: bool = False,
        flood_sensitivity: float = DEFAULT_FLOOD_SENSITIVITY,
    ) -> None:
        self.shape = shape
        self.title = title
        self.color: Color = as_color(color)
        self.box_size = int(box_size)
        self.brush_radius = float(brush_radius)
        self.alpha = float(alpha)
        self.visible = visible
        self.filled = filled
        self.show_boxes = show_boxes
        self.flood = flood
        self.flood_sensitivity = float(flood_sensitivity)
        self.extra: dict[str, Any] = {}
        self._masks: dict[int, np.ndarray] = {}
        self._boxes: list[Box] = []

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name in self._SETTINGS and hasattr(self, "_boxes"):  # not while being built
            self.settings_changed.emit(name)

    # masks -----------------------------------------------------------------------------------------------------------

    def mask(self, z: int) -> np.ndarray | None:
        """Return the mask of slice `z`, uint8 (y, x) of 0 and 1, or None where nothing was drawn. Do not write into it."""
        return self._masks.get(int(z))

    def set_mask(self, z: int, mask: np.ndarray | None) -> None:
        """Replace the mask of slice `z`; anything non-zero counts as 1, None removes it.

        Raises
        ------
        InputError
            `z` is outside the tomogram or the mask is not (y, x) of it.
        """
        z = self._checked_z(z)
        if mask is None:
            self._masks.pop(z, None)
        else:
            array = np.asarray(mask)
            if array.shape != self.shape[1:]:
                raise InputError(f"a mask of {self.title!r} must be {self.shape[1:]} (y, x), not {array.shape}")
            self._masks[z] = (array != 0).astype(np.uint8)
        self.mask_changed.emit(z)

    def edit_mask(self, z: int, region: Region, values: np.ndarray) -> None:
        """Write `values` (0/1) into `region` of the mask of slice `z`, which is made when there is none."""
        z = self._checked_z(z)
        if z not in self._masks:
            self._masks[z] = np.zeros(self.shape[1:], np.uint8)
        self._masks[z][region.slices] = values
        self.mask_changed.emit(z)

    @property
    def masks(self) -> dict[int, np.ndarray]:
        """All masks by slice, in order of z."""
        return dict(sorted(self._masks.items()))

    @property
    def annotated_slices(self) -> list[int]:
        """Slices that have a mask (also an empty one), ascending."""
        return sorted(self._masks)

    # boxes -----------------------------------------------------------------------------------------------------------

    @property
    def boxes(self) -> list[Box]:
        """Centres (z, y, x) in pixels, in the order in which they were placed. A copy."""
        return list(self._boxes)

    def boxes_in(self, z: int) -> list[Box]:
        """Boxes of slice `z`."""
        return [box for box in self._boxes if box[0] == z]

    def add_box(self, z: int, y: int, x: int) -> None:
        """Add a box centred on (y, x) of slice `z`; it may reach outside the image."""
        self._boxes.append((self._checked_z(z), int(y), int(x)))
        self.boxes_changed.emit(int(z))

    def remove_box(self, z: int, y: int, x: int, reach: float = np.inf) -> Box | None:
        """Remove the box of slice `z` whose centre is nearest to (y, x) within `reach` pixels, and return it."""
        near = [(np.hypot(b[1] - y, b[2] - x), i) for i, b in enumerate(self._boxes) if b[0] == z]
        if not near or min(near)[0] > reach:
            return None
        box = self._boxes.pop(min(near)[1])
        self.boxes_changed.emit(int(z))
        return box

    def set_boxes(self, z: int, centres: list[tuple[int, int]]) -> None:
        """Replace the boxes of slice `z` by those centred on (y, x) …"""
        z = self._checked_z(z)
        self._boxes = [b for b in self._boxes if b[0] != z] + [(z, int(y), int(x)) for y, x in centres]
        self.boxes_changed.emit(z)

    def clear_slice(self, z: int) -> None:
        """Remove the mask and the boxes of slice `z`."""
        self.set_mask(z, None)
        self.set_boxes(z, [])

    def settings(self) -> dict[str, Any]:
        """Return title, colour, sizes and how it is drawn, as plain values."""
        return {name: getattr(self, name) for name in self._SETTINGS}

    def _checked_z(self, z: int) -> int:
        if not 0 <= int(z) < self.shape[0]:
            raise InputError(f"slice {z} is outside the tomogram (0–{self.shape[0] - 1})")
        return int(z)

    def __repr__(self) -> str:
        return f"<Feature {self.title!r}: {len(self._masks)} slices, {len(self._boxes)} boxes>"


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
        How it is shown: "contrast" (low, high), "invert", "interpolate", "autocontrast", "slice".
    extra : dict
        Fields of a file that this program does not use and writes back.
    lock : RLock
        Hold it to change several things at once; widgets answer from other threads.
    """

    features_changed = Signal()
    tomogram_changed = Signal()

    def __init__(self, tomogram: Tomogram) -> None:
        self.tomogram = tomogram
        self.features: list[Feature] = []
        self.roi = Region.whole(tomogram.shape)
        self.z_range: tuple[int, int] = clip_z_range(None, tomogram.shape[0])
        self.path: Path | None = None
        self.tried: list[str] = []
        self.display: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
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
            self.features.append(feature)
        self.features_changed.emit()
        return feature

    def insert_feature(self, feature: Feature, index: int | None = None) -> None:
        """Put an existing feature (back) at `index`, at the end by default."""
        if feature.shape != self.tomogram.shape:
            raise InputError(f"feature {feature.title!r} belongs to a volume of {feature.shape}, not {self.tomogram.shape}")
        with self.lock:
            self.features.insert(len(self.features) if index is None else index, feature)
            self._feature_counter = max(self._feature_counter, len(self.features))
        self.features_changed.emit()

    def remove_feature(self, feature: Feature | str) -> int:
        """Remove a feature and return the index it had."""
        with self.lock:
            found = self.feature(feature) if isinstance(feature, str) else feature
            index = self.features.index(found)
            del self.features[index]
        self.features_changed.emit()
        return index

    def move_feature(self, feature: Feature, index: int) -> None:
        """Move a feature to another place in the display order."""
        with self.lock:
            self.features.remove(feature)
            self.features.insert(index, feature)
        self.features_changed.emit()

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

    def save(self, path: str | Path | None = None) -> Path:
        """Write a ``.scns`` that Ais opens; without `path`, to where it came from or beside the tomogram."""
        if path is None:
            path = self.path
        if path is None:
            if self.tomogram.path is None:
                raise InputError("give a path: this tomogram has no file beside which to save")
            path = self.tomogram.path.parent / (self.tomogram.name + ".scns")
        with self.lock:
            self.path = storage.save(self, path)
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
                f"{found.name!r} is {found.shape} (z, y, x) but the annotations belong to {self.tomogram.shape}; nothing changed"
            )
        with self.lock:
            self.tomogram = found
            self.tried = []
        self.tomogram_changed.emit()

    def __repr__(self) -> str:
        return f"<AnnotatedTomogram {self.name!r}: {', '.join(f.title for f in self.features) or 'no features'}>"
