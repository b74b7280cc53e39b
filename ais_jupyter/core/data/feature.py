"""One kind of thing that is annotated: a mask per slice and boxes around the places to learn from."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data.colors import Color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.feature_settings import DEFAULTS, FEATURE_SETTINGS, Group
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.numbers import is_number, shown

Box = tuple[int, int, int]


class Feature:
    """One kind of thing that is annotated, such as "Ribosome". `AnnotatedTomogram.add_feature` makes one.

    Its settings are of three groups (`core.data.feature_settings`): those of the drawing, which can be undone, those of
    the tool and those of the view, which are only kept.

    Parameters
    ----------
    title, color, box_size, brush_radius, alpha, visible, filled, show_boxes, flood, flood_sensitivity
        The attributes of these names.
    shape : (z, y, x)
        Size of the tomogram.

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
    uid : str
        32 hexadecimal digits that name this feature for as long as it is open, also after it was renamed.
    annotated : AnnotatedTomogram or None
        What it belongs to.
    lock : RLock
        That of the tomogram it belongs to; every change is made and announced while it is held.

    Raises
    ------
    InputError
        On making one, or later on setting an attribute: a value is of another kind, or no finite number.

    Notes
    -----
    Events (psygnal) tell listeners what changed and what was there before, enough to undo it. A listener may take
    fewer arguments.

    - ``mask_changed(z, region, before, after)``: `before` and `after` are the values in `region`, or None where the
      slice had or has no mask. Copy what you keep.
    - ``boxes_changed(z, start, removed, added)``: from index `start`, `removed` gave way to `added`; `z` is a slice
      concerned.
    - ``settings_changed(name, before, after)``.
    """

    mask_changed = Signal(int, object, object, object)
    boxes_changed = Signal(int, int, tuple, tuple)
    settings_changed = Signal(str, object, object)

    title: str
    color: Color
    box_size: int
    brush_radius: float
    alpha: float
    visible: bool
    filled: bool
    show_boxes: bool
    flood: bool
    flood_sensitivity: float

    def __init__(
        self,
        title: str,
        shape: tuple[int, int, int],
        color: Any = DEFAULTS["color"],
        box_size: int = DEFAULTS["box_size"],
        brush_radius: float = DEFAULTS["brush_radius"],
        alpha: float = DEFAULTS["alpha"],
        visible: bool = DEFAULTS["visible"],
        filled: bool = DEFAULTS["filled"],
        show_boxes: bool = DEFAULTS["show_boxes"],
        flood: bool = DEFAULTS["flood"],
        flood_sensitivity: float = DEFAULTS["flood_sensitivity"],
    ) -> None:
        self.shape = shape
        self.title = title
        self.color = color
        self.box_size = box_size
        self.brush_radius = brush_radius
        self.alpha = alpha
        self.visible = visible
        self.filled = filled
        self.show_boxes = show_boxes
        self.flood = flood
        self.flood_sensitivity = flood_sensitivity
        self.extra: dict[str, Any] = {}
        self.uid = uuid.uuid4().hex
        self.lock = threading.RLock()
        self.annotated: Any = None
        self._masks: dict[int, np.ndarray] = {}
        self._boxes: list[Box] = []

    def __setattr__(self, name: str, value: Any) -> None:
        setting = FEATURE_SETTINGS.get(name)
        if setting is not None:
            value = setting.checked(value)
        if setting is None or "_boxes" not in self.__dict__:  # or while being built
            object.__setattr__(self, name, value)
            return
        with self.lock:
            before = getattr(self, name)
            object.__setattr__(self, name, value)
            if value != before:
                self.settings_changed.emit(name, before, value)

    # masks -----------------------------------------------------------------------------------------------------------

    def mask(self, z: int) -> np.ndarray | None:
        """Return the mask of slice `z`, uint8 (y, x) of 0 and 1, or None if nothing was drawn. Do not write into it."""
        return self._masks.get(int(z))

    def set_mask(self, z: int, mask: np.ndarray | None) -> None:
        """Replace the mask of slice `z`; anything non-zero counts as 1, None removes it.

        Raises
        ------
        InputError
            `z` is outside the tomogram or the mask is not (y, x) of it.
        """
        z = self._checked_z(z)
        after = None
        if mask is not None:
            array = np.asarray(mask)
            if array.shape != self.shape[1:]:
                raise InputError(f"a mask of {self.title!r} must be {self.shape[1:]} (y, x), not {array.shape}")
            after = (array != 0).astype(np.uint8)
        with self.lock:
            before = self._masks.pop(z, None)
            if after is not None:
                self._masks[z] = after
            self.mask_changed.emit(z, Region.whole(self.shape), before, after)

    def edit_mask(self, z: int, region: Region, values: np.ndarray) -> None:
        """Write `values` (0/1) into `region` of the mask of slice `z`, which is made when there is none.

        Raises
        ------
        InputError
            `z` or part of `region` is outside the tomogram, or `values` do not fill `region`.
        """
        z = self._checked_z(z)
        height, width = self.shape[1:]
        if not (0 <= region.y0 <= region.y1 <= height and 0 <= region.x0 <= region.x1 <= width):
            raise InputError(f"{region} reaches outside a slice of {height}×{width} (y, x)")
        values = (np.asarray(values) != 0).astype(np.uint8)
        if values.shape != region.shape:
            raise InputError(f"{region} needs values of {region.shape} (y, x), not {values.shape}")
        with self.lock:
            mask = self._masks.get(z)
            before = None if mask is None else mask[region.slices].copy()
            if mask is None:
                mask = self._masks[z] = np.zeros((height, width), np.uint8)
            mask[region.slices] = values
            self.mask_changed.emit(z, region, before, values)

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

    def boxes_by_slice(self) -> dict[int, list[tuple[int, int]]]:
        """Centres (y, x) of the boxes of every slice that has any, in the order in which they were placed."""
        found: dict[int, list[tuple[int, int]]] = {}
        for z, y, x in self._boxes:
            found.setdefault(z, []).append((y, x))
        return found

    def boxes_in(self, z: int) -> list[Box]:
        """Boxes of slice `z`."""
        return [box for box in self._boxes if box[0] == z]

    def add_box(self, z: int, y: int, x: int) -> None:
        """Add a box centred on (y, x) of slice `z`; it may reach outside the image."""
        with self.lock:
            self.splice_boxes(len(self._boxes), 0, [(z, y, x)])

    def remove_box(self, z: int, y: int, x: int, reach: float = np.inf) -> Box | None:
        """Remove the box of slice `z` whose centre is nearest to (y, x) within `reach` pixels, and return it."""
        with self.lock:
            near = [(np.hypot(b[1] - y, b[2] - x), i) for i, b in enumerate(self._boxes) if b[0] == z]
            if not near or min(near)[0] > reach:
                return None
            index = min(near)[1]
            box = self._boxes[index]
            self.splice_boxes(index, 1, [])
        return box

    def set_boxes(self, z: int, centres: list[tuple[int, int]]) -> None:
        """Replace the boxes of slice `z` by those with these `centres` (y, x); they come last in the order."""
        z = self._checked_z(z)
        with self.lock:
            kept = [b for b in self._boxes if b[0] != z] + [(z, y, x) for y, x in centres]
            same = 0
            while same < min(len(kept), len(self._boxes)) and kept[same] == self._boxes[same]:
                same += 1
            self.splice_boxes(same, len(self._boxes) - same, kept[same:])

    def splice_boxes(self, start: int, count: int, added: Sequence[Box]) -> None:
        """From index `start`, replace `count` boxes by `added`; every other change of boxes is made of this one."""
        new = tuple((self._checked_z(z), _coordinate(y), _coordinate(x)) for z, y, x in added)
        with self.lock:
            removed = tuple(self._boxes[start : start + count])
            if removed == new:
                return
            self._boxes[start : start + count] = new
            self.boxes_changed.emit((new or removed)[0][0], start, removed, new)

    def clear_slice(self, z: int) -> None:
        """Remove the mask and the boxes of slice `z`."""
        with self.lock:
            if int(z) in self._masks:
                self.set_mask(z, None)
            self.set_boxes(z, [])

    def settings(self, group: Group | None = None) -> dict[str, Any]:
        """Return all settings, or those of a group, as plain values; see `core.data.feature_settings`."""
        return {
            name: getattr(self, name)
            for name, setting in FEATURE_SETTINGS.items()
            if group is None or setting.group == group
        }

    def _checked_z(self, z: int) -> int:
        if not is_number(z) or not 0 <= int(z) < self.shape[0]:
            raise InputError(f"slice {shown(z)} is outside the tomogram (0–{self.shape[0] - 1})")
        return int(z)

    def __repr__(self) -> str:
        return f"<Feature {self.title!r}: {len(self._masks)} slices, {len(self._boxes)} boxes>"


def _coordinate(value: int) -> int:
    """Return a box's coordinate, a number that may lie outside the tomogram, as those of Ais may."""
    if not is_number(value):
        raise InputError(f"a box is placed at whole voxels (z, y, x), not at {shown(value)}")
    return int(value)
