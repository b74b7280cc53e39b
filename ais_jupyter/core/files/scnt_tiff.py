"""Training sets in the TIFF form, which Ais wrote until 2026. Images and labels are stored upside-down there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files.safe_write import replacing
from ais_jupyter.core.files.tiff import check_size, reading_tiff
from ais_jupyter.core.files.tiff_chain import check_chain


def read_scnt_tiff(path: str | Path) -> TrainingSet:
    """Read an array (n, slices + 1, y, x): the slices of each box and then its label; turned upright.

    Raises
    ------
    FileFormatError
        It is not such a TIFF, or is damaged.
    """
    import tifffile

    path = Path(path)
    with reading_tiff(path), tifffile.TiffFile(path) as tiff:
        description = tiff.pages.first.description
        check_size(tiff.series[0], path)
        stack = tiff.series[0].asarray()
    if stack.ndim == 3 and len(stack) % 2 == 0:  # rewritten by a program that drops the shape
        stack = stack.reshape(-1, 2, *stack.shape[1:])
    if stack.ndim != 4 or stack.shape[1] < 2 or stack.shape[2] != stack.shape[3] or stack.dtype.kind not in "iuf":
        raise FileFormatError(
            f"{path}: expected an array (boxes, slices + 1, y, x) of square boxes, found {stack.shape} of {stack.dtype}"
        )
    upright = stack[:, :, ::-1]
    images = np.moveaxis(upright[:, :-1], 1, -1).astype(np.float32)
    return TrainingSet(np.ascontiguousarray(images), clean_labels(upright[:, -1]), _voxel_size(description))


def holds_boxes(path: Path) -> bool:
    """Whether a TIFF has the description and the axes of a training set."""
    import tifffile

    check_chain(path)
    with reading_tiff(path), tifffile.TiffFile(path) as tiff:
        described = re.search(r"^apix=", tiff.pages.first.description, re.MULTILINE)
        shape = tiff.series[0].shape if tiff.series else ()
    return described is not None and 3 <= len(shape) <= 4 and shape[-1] == shape[-2]


def write_scnt_tiff(training_set: TrainingSet, path: str | Path) -> None:
    """Write the TIFF form for versions of Ais before 1.2.

    It has room for one label slice per box: of slab labels the slice of the box itself is kept, and extra slices for
    jitter and margins are cut off. Flavours and sources are lost.

    Raises
    ------
    InputError
        The set is empty.
    """
    import tifffile

    if not len(training_set):
        raise InputError("an empty training set cannot be written as TIFF")
    training_set = training_set.trimmed(0)
    middle, depth = training_set.images.shape[3] // 2, training_set.depth
    images = training_set.images[..., middle - depth // 2 : middle - depth // 2 + depth]
    labels = training_set.labels if training_set.labels.ndim == 3 else training_set.labels[..., middle]
    stack = np.concatenate([np.moveaxis(images, -1, 1), labels[:, np.newaxis].astype(np.float32)], axis=1)
    with replacing(path) as part:
        tifffile.imwrite(
            part,
            np.ascontiguousarray(stack[:, :, ::-1]),
            description=f"apix={training_set.voxel_size:.10g}",
            photometric="minisblack",
            metadata={},
        )


def clean_labels(labels: np.ndarray) -> np.ndarray:
    """Labels as uint8 0, 1 and 2 (ignore). Old sets hold interpolated values between 0 and 1: these become 0 or 1."""
    if np.isin(labels, (0, 1, 2)).all():
        return labels.astype(np.uint8)
    return (np.nan_to_num(labels) >= 0.5).astype(np.uint8)


def _voxel_size(description: str) -> float:
    match = re.search(r"apix=(\S+)", description)
    try:
        value = float(match[1]) if match else -1.0
    except ValueError:
        return -1.0
    return value if np.isfinite(value) else -1.0
