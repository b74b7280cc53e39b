"""Writing annotations (``.scns``) that Ais opens, with or without the tomogram at hand."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, FileFormatError, FileWriteError
from ais_jupyter.core.data.feature import Feature
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc_header import Placement, make_header, stored_dtype
from ais_jupyter.core.files.pickle_writer import NamedClass, NamedObject, dump
from ais_jupyter.core.files.safe_write import replacing
from ais_jupyter.core.files.scns import NM, read_features

_MODULE = "Ais.core.se_frame"
_SEFRAME, _SEGMENTATION, _TRANSFORM = (NamedClass(_MODULE, n) for n in ("SEFrame", "Segmentation", "Transform"))
_MRCFILE = NamedClass("mrcfile.mrcfile", "MrcFile")
_BINS = 40
#: Pixels that are sorted to find the contrast; of larger slices every so many.
_SORTED = 16_000_000


def write_scns(annotated: AnnotatedTomogram, path: str | Path) -> None:
    """Write annotations in the form of Ais 1.2.

    A tomogram that has no file of its own (it came out of a ``.scns``) is written into this one, lest it be lost.

    Raises
    ------
    FileWriteError
        The file cannot be written; what was there stays.
    """
    with annotated.lock:
        root: NamedObject | None = _frame(annotated, Path(path))
        with replacing(path) as part:
            with part.open("wb") as file:
                dump(root, file)
            root = None  # it holds a whole slice, which may be large
            _verify(part, annotated, Path(path))


def _verify(part: Path, annotated: AnnotatedTomogram, path: Path) -> None:
    """Read the features back before the old file is replaced: what cannot be read again is not saved.

    Raises
    ------
    FileWriteError
        A title, a setting or a mask does not survive.
    """
    try:
        found = read_features(part, annotated.tomogram.shape)
        for ours, theirs in zip(annotated.features, found, strict=True):
            same = ours.title == theirs.title and ours.boxes_by_slice() == theirs.boxes_by_slice()
            if not same or ours.annotated_slices != theirs.annotated_slices:
                raise FileFormatError(f"feature {ours.title!r} comes back changed")
            for z, mask in ours.masks.items():
                if not np.array_equal(mask, theirs.masks[z]):
                    raise FileFormatError(f"slice {z} of {ours.title!r} comes back changed")
    except (AisError, ValueError, TypeError) as error:
        raise FileWriteError(f"{path} was not written, since it could not be read again: {error}") from error


def _frame(annotated: AnnotatedTomogram, path: Path) -> NamedObject:
    tomogram = annotated.tomogram
    n_slices, height, width = tomogram.shape
    stored = _stored_path(tomogram, path)
    # Only what is in memory and nowhere else; a file that has gone while it was open must not keep annotations unsaved.
    included = isinstance(tomogram.data, np.ndarray) and not (tomogram.path and tomogram.path.exists())
    current = int(annotated.display.get("slice", n_slices // 2))
    image = _current_image(tomogram, current)
    numbers = itertools.count(int(time.strftime("%Y%m%d%H%M%S")) * 1_000_000_000)
    root = NamedObject(_SEFRAME, (stored,), call=True)
    features = [_segmentation(feature, root, tomogram, current, next(numbers)) for feature in annotated.features]
    counts, edges = _histogram(image)
    active = annotated.extra.get("active_feature", len(features) - 1)
    root.state.update(
        uid=next(numbers), path=stored, scns_path=str(path.absolute()), _norm_cache=None, title=tomogram.name,
        n_slices=n_slices, height=height, width=width, current_slice=current, slice_changed=False, data=image,
        includes_map=included, map=_map(tomogram) if included else None,
        features=features, feature_counter=max(int(annotated.extra.get("feature_counter", 0)), len(features)),
        active_feature=features[active] if 0 <= active < len(features) else None,
        pixel_size=float(tomogram.pixel_size / NM) or 1.0, transform=_transform(tomogram.pixel_size / NM or 1.0),
        clem_frame_path=None, overlay=None, texture=None, quad_va=None, border_va=None,
        interpolate=bool(annotated.display.get("interpolate", False)), alpha=float(annotated.extra.get("alpha", 1.0)),
        filters=[], invert=bool(annotated.display.get("invert", False)),
        crop=annotated.roi != Region.whole(tomogram.shape), crop_roi=annotated.roi.to_ais(height),
        autocontrast=bool(annotated.display.get("autocontrast", True)),
        sample=bool(annotated.extra.get("sample", True)), export=bool(annotated.extra.get("export", False)),
        pick=bool(annotated.extra.get("pick", False)),
        export_bottom=int(annotated.z_range[0]), export_top=int(annotated.z_range[1]),
        hist_vals=np.log(counts + 1).astype(np.float32), hist_bins=edges.astype(np.float32),
        corner_positions_local=[], contrast_lims=_contrast(annotated, image),
    )  # fmt: skip
    return root


def _segmentation(feature: Feature, root: NamedObject, tomogram: Tomogram, current: int, uid: int) -> NamedObject:
    segmentation = NamedObject(_SEGMENTATION)
    boxes: dict[int, list[list[int]]] = {z: [] for z, _, _ in feature.boxes}  # slices in the order of their first box
    for z, y, x in feature.boxes:
        boxes[z].append([x, y])
    boxes.update({z: [] for z in feature.annotated_slices if z not in boxes})
    slices = {z: feature.mask(z) for z in boxes}
    segmentation.state.update(
        uid=uid, parent=root, width=tomogram.shape[2], height=tomogram.shape[1], title=feature.title,
        colour=tuple(feature.color), alpha=feature.alpha, hide=not feature.visible, contour=not feature.filled,
        expanded=bool(feature.extra.get("expanded", False)), collapsed=bool(feature.extra.get("collapsed", False)),
        brush_size=feature.brush_radius, show_boxes=feature.show_boxes, magic=feature.flood,
        magic_strength=feature.flood_sensitivity, box_size=feature.box_size,
        box_size_nm=feature.box_size * (tomogram.pixel_size / NM or 1.0), slices=slices, boxes=boxes,
        n_boxes=len(feature.boxes), edited_slices=feature.annotated_slices, current_slice=current,
        data=feature.mask(current), texture=None,
    )  # fmt: skip
    return segmentation


def _transform(scale: float) -> NamedObject:
    transform = NamedObject(_TRANSFORM)
    matrix = np.diag([scale, scale, 1.0, 1.0])
    transform.state.update(
        translation=np.zeros(2), rotation=0.0, scale=float(scale), matrix=matrix, matrix_no_scale=np.eye(4)
    )
    return transform


def _map(tomogram: Tomogram) -> NamedObject:
    """Return the whole volume as the object that Ais keeps; unsigned bytes become the signed ones of its files."""
    volume = tomogram.slab(0, tomogram.shape[0])
    volume = volume.view(np.int8) if volume.dtype == np.uint8 else volume.astype(stored_dtype(volume.dtype))
    statistics = float(volume.min()), float(volume.max()), float(volume.mean()), float(volume.std())
    place = Placement(tomogram.voxel_size, tomogram.origin)
    raw = make_header(tomogram.shape, volume.dtype, place, statistics)
    header = np.frombuffer(raw, HEADER_DTYPE.newbyteorder("<")).reshape(()).view(np.recarray)
    record = NamedObject(_MRCFILE)
    record.state.update(
        _data=np.ascontiguousarray(volume), _header=header, _extended_header=np.zeros(0, "V1"), _iostream=None,
        _mode="r", _permissive=True, _read_only=True,
    )  # fmt: skip
    return record


def _current_image(tomogram: Tomogram, z: int) -> np.ndarray:
    """Return the raw values that are shown, float32 (y, x); zeros where the tomogram is missing or cannot be read."""
    try:
        image = tomogram.slice(z).astype(np.float32, copy=isinstance(tomogram.data, np.ndarray))
    except (AisError, OSError):
        image = np.zeros(tomogram.shape[1:], np.float32)
    return np.nan_to_num(image, copy=False, posinf=0.0, neginf=0.0)


def _histogram(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts and edges of 40 bins, in bands of rows: a slice may be large.

    In double precision: 40 bins need not fit between two neighbouring 32-bit numbers.
    """
    limits = (float(image.min()), float(image.max()))
    edges = np.histogram_bin_edges(np.array(limits), _BINS, limits)
    counts = np.zeros(_BINS, np.int64)
    for start in range(0, image.shape[0], 512):
        counts += np.histogram(image[start : start + 512].astype(np.float64), _BINS, limits)[0]
    return counts, edges


def _contrast(annotated: AnnotatedTomogram, image: np.ndarray) -> list[float]:
    limits = annotated.display.get("contrast")
    if limits is None:
        step = max(1, image.size // _SORTED)
        limits = np.percentile(image.ravel()[::step], (0.06, 99.94))  # what Ais saturates
    return [float(limits[0]), float(limits[1])]


def _stored_path(tomogram: Tomogram, path: Path) -> str:
    if tomogram.path is None:
        return str(path.absolute().with_suffix(".mrc"))  # as Ais names volumes that lie inside annotations
    return str(tomogram.path.absolute()) if tomogram.path.exists() else str(tomogram.path)
