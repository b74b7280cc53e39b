"""Several training sets as one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.training_set import IGNORE, TrainingSet
from ais_jupyter.core.learning.normalization import standardize


def pooled(sets: Sequence[TrainingSet]) -> TrainingSet:
    """Join training sets of equal box size and depth.

    Where margins differ, the smallest is kept of all. Another voxel size only warns (the first counts). Sets normalised
    in different ways are all standardised box by box, with a warning, as Ais does.

    Raises
    ------
    InputError
        There is none, or box sizes or depths differ.
    """
    if not sets:
        raise InputError("give at least one training set")
    first = sets[0]
    if len(sets) == 1:
        return first
    sets = [one.trimmed(min(other.margin for other in sets)) for one in sets]
    first = sets[0]
    for other in sets[1:]:
        if (other.box_size, other.depth) != (first.box_size, first.depth):
            raise InputError(
                f"training sets must have boxes of one size and depth; found {first.box_size}×{first.depth} "
                f"and {other.box_size}×{other.depth}: extract them again alike"
            )
        if abs(other.voxel_size - first.voxel_size) > 1e-3:
            warnings.warn(
                f"voxel sizes differ ({first.voxel_size} and {other.voxel_size} Å); {first.voxel_size} is used",
                stacklevel=2,
            )
    mixed = len({s.normalization for s in sets}) > 1
    if mixed:
        warnings.warn("the sets are normalised in different ways: every box is standardised by itself", stacklevel=2)
    jitter = min(s.z_jitter for s in sets)
    slabs = any(s.labels.ndim == 4 for s in sets)
    images = [_trimmed(s.images, s.z_jitter - jitter) for s in sets]
    labels = [_trimmed(_slab_labels(s) if slabs else s.labels, s.z_jitter - jitter if slabs else 0) for s in sets]
    has_sources = all(len(s.sources) == len(s) for s in sets)
    return TrainingSet(
        images=np.concatenate([standardize(i, axis=(1, 2, 3)) for i in images] if mixed else images),
        labels=np.concatenate(labels),
        voxel_size=first.voxel_size,
        normalization=None if mixed else first.normalization,
        features=list(dict.fromkeys(title for s in sets for title in s.features)),
        z_jitter=jitter,
        sources=[source for s in sets for source in s.sources] if has_sources else [],
        flavours=_joined_flavours(sets) if jitter == max(s.z_jitter for s in sets) else {},
        margin=first.margin,
    )


def _trimmed(array: np.ndarray, extra: int) -> np.ndarray:
    """Drop `extra` slices, so that the annotated slice stays at half the depth."""
    if extra <= 0:
        return array
    depth = array.shape[3] - extra
    first = array.shape[3] // 2 - depth // 2
    return array[..., first : first + depth]


def _slab_labels(training_set: TrainingSet) -> np.ndarray:
    if training_set.labels.ndim == 4:
        return training_set.labels
    slab = np.full(training_set.images.shape, IGNORE, training_set.labels.dtype)
    slab[..., slab.shape[3] // 2] = training_set.labels
    return slab


def _joined_flavours(sets: Sequence[TrainingSet]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    joined: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    offset = 0
    for one in sets:
        for name, (where, images) in one.flavours.items():
            before = joined.get(name)
            where = np.asarray(where) + offset
            joined[name] = (where, images) if before is None else (
                np.concatenate([before[0], where]), np.concatenate([before[1], images]),
            )  # fmt: skip
        offset += len(one)
    return joined
