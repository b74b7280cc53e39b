"""Annotations of Ais (``.scns``), of every age: features, masks, boxes, and how they were shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError, UnsafeFileError
from ais_jupyter.core.data.feature import DEFAULT_BOX_SIZE, DEFAULT_BRUSH_RADIUS, DEFAULT_FLOOD_SENSITIVITY, Feature
from ais_jupyter.core.data.geometry import Region, clip_z_range
from ais_jupyter.core.data.names import volume_stem
from ais_jupyter.core.data.texts import valid_text, valid_title
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.find_tomogram import find_tomogram
from ais_jupyter.core.files.quoting import quoted
from ais_jupyter.core.files.safe_pickle import ArrayRecord, Record, load_pickle

NM = 10.0  # Å
_LARGEST_AXIS = 1 << 20
_LONGEST_TITLE = 10_000
_SPARE = 64 << 20  # bytes of masks beyond those in the file, for arrays that several slices share

#: Keys of the frame and of a feature that are kept and written back.
FRAME_EXTRA = ("sample", "export", "pick", "alpha", "feature_counter")
FEATURE_EXTRA = ("collapsed", "expanded")


def read_scns(path: str | Path, folders: Iterable[str | Path] = ()) -> AnnotatedTomogram:
    """Open annotations. Nothing in the file is executed.

    Parameters
    ----------
    path : path
    folders : paths
        Where else to look for the tomogram.

    Returns
    -------
    AnnotatedTomogram
        When the tomogram cannot be found its voxels are missing, `tried` holds the names that were tried, and
        everything else is usable; `relink` attaches it later.

    Raises
    ------
    UnsafeFileError
        The file asks for something that annotations never need.
    FileFormatError
        It does not hold annotations, or is damaged.
    """
    path = Path(path)
    root = load_pickle(path)
    if root.kind != "SEFrame":
        raise FileFormatError(f"{path}: expected annotations of Ais, found its {root.kind or type(root).__name__}")
    frame = dict(root.fields)
    if root.args and isinstance(root.args[0], str):
        frame.setdefault("path", root.args[0])
    try:
        return _annotated(frame, path, folders)
    except (FileFormatError, InputError) as error:
        kind = UnsafeFileError if isinstance(error, UnsafeFileError) else FileFormatError
        raise kind(f"{path}: {error}") from None
    except (TypeError, ValueError, KeyError, OverflowError, AttributeError, RecursionError) as error:
        raise FileFormatError(f"{path}: the annotations are damaged ({quoted(error)})") from None


def read_features(path: Path, shape: tuple[int, int, int]) -> list[Feature]:
    """Open the features of annotations alone, for a tomogram of `shape` (z, y, x)."""
    root = load_pickle(path)
    budget = _Budget.of(path)
    return [_feature(record.fields, shape, budget) for record in root.fields.get("features") or []]


@dataclass
class _Budget:
    """What the features of a file may still need: parts of a file can be shared, so that little says much."""

    mask_bytes: int
    boxes: int

    @classmethod
    def of(cls, path: Path) -> _Budget:
        size = path.stat().st_size
        return cls(4 * size + _SPARE, size)

    def take_mask(self, size: int) -> None:
        self.mask_bytes -= size
        if self.mask_bytes < 0:
            raise UnsafeFileError("the masks need far more memory than the file has bytes; refused")

    def take_boxes(self, count: int) -> None:
        self.boxes -= count
        if self.boxes < 0:
            raise UnsafeFileError("there are more boxes than the file has bytes; refused")


def _annotated(frame: dict[str, Any], path: Path, folders: Iterable[str | Path]) -> AnnotatedTomogram:
    features = [record for record in frame.get("features") or [] if isinstance(record, Record)]
    stored = valid_text(frame["path"]) if isinstance(frame.get("path"), str) else ""
    stated = _stated_shape(frame)
    title = _text(frame.get("title"), volume_stem(stored or path))
    tomogram, tried = _included_map(frame, title), list[str]()
    if tomogram is None:
        tomogram, tried = find_tomogram(stored or "", path, folders, stated)
        if tomogram is None:
            shape = stated or _shape_from_features(features)
            size = max(0.0, _number(frame.get("pixel_size"), 0.0) * NM)
            tomogram = Tomogram(None, size, name=title, path=stored or None, shape=shape)
        tomogram.name = title
    annotated = AnnotatedTomogram(tomogram)
    annotated.path = path
    annotated.tried = tried
    budget = _Budget.of(path)
    for record in features:
        annotated.insert_feature(_feature(record.fields, tomogram.shape, budget))
    _frame_settings(annotated, frame, features)
    return annotated


def _frame_settings(annotated: AnnotatedTomogram, frame: dict[str, Any], features: list[Record]) -> None:
    shape = annotated.tomogram.shape
    try:
        annotated.roi = Region.from_ais(frame["crop_roi"], shape[1]).clipped(shape)
        annotated.z_range = clip_z_range((frame["export_bottom"], frame["export_top"]), shape[0])
    except (InputError, KeyError, TypeError, ValueError, OverflowError):
        pass  # absent in hand-written files; then the whole volume counts, as it does in Ais
    limits = frame.get("contrast_lims")
    if isinstance(limits, (list, tuple)) and len(limits) == 2:
        annotated.display["contrast"] = (_number(limits[0], 0.0), _number(limits[1], 1.0))
    for key in ("invert", "interpolate", "autocontrast"):
        if key in frame:
            annotated.display[key] = bool(frame[key])
    if "current_slice" in frame:
        annotated.display["slice"] = min(max(int(_number(frame["current_slice"], 0)), 0), shape[0] - 1)
    annotated.extra = {key: frame[key] for key in FRAME_EXTRA if isinstance(frame.get(key), (bool, int, float))}
    active = [i for i, record in enumerate(features) if record is frame.get("active_feature")]
    if active:
        annotated.extra["active_feature"] = active[0]


def _feature(fields: dict[str, Any], shape: tuple[int, int, int], budget: _Budget) -> Feature:
    feature = Feature(
        _text(fields.get("title"), "Unnamed feature"),
        shape,
        [_number(c, 0.0) for c in fields.get("colour", (1.0, 1.0, 1.0))],
        box_size=int(_number(fields.get("box_size"), DEFAULT_BOX_SIZE)),
        brush_radius=_number(fields.get("brush_size"), DEFAULT_BRUSH_RADIUS),
        alpha=_number(fields.get("alpha"), 1.0),
        visible=not fields.get("hide", False),
        filled=not fields.get("contour", False),
        show_boxes=bool(fields.get("show_boxes", True)),
        flood=bool(fields.get("magic", False)),
        flood_sensitivity=_number(fields.get("magic_strength"), DEFAULT_FLOOD_SENSITIVITY),
    )
    for z, record in (fields.get("slices") or {}).items():
        if record is None:
            continue  # seen but never drawn on
        if not isinstance(record, ArrayRecord):
            raise FileFormatError(f"slice {z} of {feature.title!r} is not an array")
        budget.take_mask(record.size)
        feature.set_mask(int(z), record.decode())
    boxes: list[tuple[int, int, int]] = []
    for z, centres in (fields.get("boxes") or {}).items():
        budget.take_boxes(len(centres))
        boxes += [(int(z), _place(y), _place(x)) for x, y in centres]
    feature.splice_boxes(0, 0, boxes)
    feature.extra = {key: bool(fields[key]) for key in FEATURE_EXTRA if key in fields}
    return feature


def _included_map(frame: dict[str, Any], title: str) -> Tomogram | None:
    """Return the volume that was saved with the annotations; its bytes are unsigned as everywhere."""
    record = frame.get("map")
    data = record.fields.get("_data") if isinstance(record, Record) else None
    if not isinstance(data, ArrayRecord):
        return None
    volume = data.decode()
    volume = volume.view(np.uint8) if volume.dtype == np.int8 else volume
    return Tomogram(
        volume.astype(volume.dtype.newbyteorder("=")), _number(frame.get("pixel_size"), 0.0) * NM, name=title
    )


def _stated_shape(frame: dict[str, Any]) -> tuple[int, int, int] | None:
    if not {"n_slices", "height", "width"} <= frame.keys():
        return None
    return _checked_shape(frame["n_slices"], frame["height"], frame["width"])


def _shape_from_features(features: list[Record]) -> tuple[int, int, int]:
    """Return the smallest volume that holds all that is drawn, where the file does not say its size."""
    if not features:
        raise FileFormatError("neither the tomogram nor its size can be found")
    used = [z for f in features for key in ("slices", "boxes") for z in f.fields.get(key) or {}]
    first = features[0].fields
    return _checked_shape(max(used, default=0) + 1, first.get("height"), first.get("width"))


def _checked_shape(z: Any, y: Any, x: Any) -> tuple[int, int, int]:
    if not all(isinstance(n, int) and 0 < n <= _LARGEST_AXIS for n in (z, y, x)):
        raise FileFormatError(f"the tomogram cannot have {quoted((z, y, x))} voxels (z, y, x)")
    return z, y, x


def _number(value: Any, default: float) -> float:
    if value is None:
        return default
    if not isinstance(value, (int, float)) or not abs(value) < 1e30:
        raise FileFormatError(f"expected a number, found {quoted(value)}")
    return value


def _place(value: Any) -> int:
    """Centre of a box along y or x, which may lie outside the image, but not far."""
    number = int(_number(value, 0))
    if abs(number) > 2 * _LARGEST_AXIS:
        raise FileFormatError(f"a box cannot lie at {number}")
    return number


def _text(value: Any, default: str) -> str:
    """Return a title; numbers, as some scripts give them, become text."""
    if value is None or value == "":
        return default
    if isinstance(value, (int, float)):
        return f"{value}"
    if not isinstance(value, str):
        raise FileFormatError(f"expected a title, found {quoted(value)}")
    return valid_title(value[:_LONGEST_TITLE]) or default
