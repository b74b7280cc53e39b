"""Whole annotations as plain fields and bytes, for the journal. Nothing read back is executed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram, Feature
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.editing.packing import pack_mask, unpack_mask
from ais_jupyter.core.editing.plain_values import decode_values, encode_values


def encode_feature(feature: Feature, blobs: list[bytes]) -> dict[str, Any]:
    """Fields of a feature with its masks and boxes; bytes are appended to `blobs`."""
    masks = []
    for z, mask in feature.masks.items():
        masks.append([z, len(blobs)])
        blobs.append(pack_mask(mask))
    return {
        "uid": feature.uid,
        "settings": feature.settings(),
        "extra": encode_values(feature.extra, blobs),
        "boxes": feature.boxes,
        "masks": masks,
    }


def decode_feature(fields: dict[str, Any], blobs: Sequence[bytes], shape: tuple[int, int, int]) -> Feature:
    """Feature from the fields of `encode_feature`, for a tomogram of `shape` (z, y, x)."""
    settings = dict(fields["settings"])
    feature = Feature(settings.pop("title"), shape, **settings)
    feature.uid = str(fields["uid"])
    feature.extra = decode_values(fields["extra"], blobs)
    for z, index in fields["masks"]:
        feature.set_mask(z, unpack_mask(blobs[index], shape[1:]))
    feature.splice_boxes(0, 0, [(z, y, x) for z, y, x in fields["boxes"]])
    return feature


def encode_state(annotated: AnnotatedTomogram) -> dict[str, Any]:
    """Everything but the features: the tomogram, the region of interest, the file."""
    tomogram = annotated.tomogram
    region = annotated.roi
    return {
        "name": tomogram.name,
        "tomogram": None if tomogram.path is None else str(tomogram.path.absolute()),
        "shape": list(tomogram.shape),
        "voxel_size": list(tomogram.voxel_size),
        "origin": list(tomogram.origin),
        "roi": [region.y0, region.y1, region.x0, region.x1],
        "z_range": list(annotated.z_range),
        "path": None if annotated.path is None else str(annotated.path.absolute()),
        "tried": list(annotated.tried),
        "stamp": None if (stamp := storage.stamp_of(annotated)) is None else [stamp.path, stamp.size, stamp.time],
    }


def decode_state(annotated: AnnotatedTomogram, fields: dict[str, Any]) -> None:
    """Bring back what `encode_state` kept, except the tomogram's voxels."""
    annotated.roi = Region(*fields["roi"]).clipped(annotated.tomogram.shape)
    first, last = fields["z_range"]
    annotated.z_range = (int(first), int(last))
    annotated.path = None if fields["path"] is None else Path(fields["path"])
    annotated.tried = list(fields["tried"])
    if stamp := fields.get("stamp"):
        path, size, time = stamp
        storage.remember(annotated, storage.FileStamp(str(path), int(size), int(time)))


def encode_annotated(annotated: AnnotatedTomogram, blobs: list[bytes]) -> dict[str, Any]:
    """Fields of all annotations of a tomogram; bytes are appended to `blobs`."""
    return {
        "uid": annotated.uid,
        "state": encode_state(annotated),
        "display": encode_values(annotated.display, blobs),
        "extra": encode_values(annotated.extra, blobs),
        "features": [encode_feature(feature, blobs) for feature in annotated.features],
    }


def encode_empty(annotated: AnnotatedTomogram) -> dict[str, Any]:
    """Fields of the same tomogram with nothing annotated, for `decode_annotated`."""
    nothing: dict[str, Any] = {"dict": []}
    state = encode_state(annotated)
    return {"uid": annotated.uid, "state": state, "display": nothing, "extra": nothing, "features": []}


def decode_annotated(
    fields: dict[str, Any], blobs: Sequence[bytes], tomogram: Tomogram | None = None
) -> AnnotatedTomogram:
    """Annotations from the fields of `encode_annotated`.

    Without `tomogram` they belong to one whose file is missing, until `relink`.

    Raises
    ------
    FileFormatError
        The fields are not whole, or `tomogram` has another shape.
    """
    try:
        state = fields["state"]
        z, y, x = (int(n) for n in state["shape"])
        if tomogram is None:
            tomogram = Tomogram(
                None, state["voxel_size"], state["origin"], state["name"], state["tomogram"], shape=(z, y, x)
            )
        if tomogram.shape != (z, y, x):
            raise FileFormatError(f"the annotations belong to a volume of {(z, y, x)}, not {tomogram.shape} (z, y, x)")
        annotated = AnnotatedTomogram(tomogram)
        annotated.uid = str(fields["uid"])
        decode_state(annotated, state)
        annotated.display = decode_values(fields["display"], blobs)
        annotated.extra = decode_values(fields["extra"], blobs)
        for feature in fields["features"]:
            annotated.insert_feature(decode_feature(feature, blobs, (z, y, x)))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FileFormatError(f"the kept annotations are incomplete: {error!r}") from error
    return annotated


def same_annotations(first: AnnotatedTomogram, second: AnnotatedTomogram) -> bool:
    """Whether both have the same features in the same order with the same masks, boxes and settings."""
    if [f.uid for f in first.features] != [f.uid for f in second.features]:
        return False
    for a, b in zip(first.features, second.features):
        if a.settings() != b.settings() or a.boxes != b.boxes or a.annotated_slices != b.annotated_slices:
            return False
        if any(not np.array_equal(mask, b.masks[z]) for z, mask in a.masks.items()):
            return False
    return True


def copy_of(feature: Feature) -> Feature:
    """Return a copy that does not change with the feature."""
    blobs: list[bytes] = []
    return decode_feature(encode_feature(feature, blobs), blobs, feature.shape)
