"""Slab (3-D) networks: a result for each of the slices they are given, averaged where slabs overlap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.augmentation import N_SYMMETRIES_WITH_DEPTH, orient, orient_back
from ais_jupyter.core.learning.engine import Engine
from ais_jupyter.core.learning.inference import SIZE_MULTIPLE, InferenceOptions, prepare
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.resizing import resize_xy

#: Edge of the tiles in XY, and what is discarded on each side of a tile (defaults of ``ais segment``).
TILE, DISCARD = 512, 64


def segment_slab(
    engine: Engine,
    slab: np.ndarray,
    info: ModelInfo,
    options: InferenceOptions,
    pixel_size: float,
    statistic: Statistic | None,
) -> np.ndarray:
    """Probabilities float32 (z, y, x), 0–1, of a slab (z, y, x) as deep as the network."""
    values = prepare(slab[None], info, options, pixel_size, statistic)[0]
    total = np.zeros(values.shape, np.float32)
    count = min(options.tta, N_SYMMETRIES_WITH_DEPTH)
    for index in range(count):
        turned = np.ascontiguousarray(orient(values, index, 1, 2, 0))
        total += orient_back(_tiled_slab(engine, turned), index, 1, 2, 0)
    return resize_xy(np.clip(total / count, 0, 1), slab.shape[-2:], options.resize_alignment)


def segment_slabs(
    engine: Engine,
    tomogram: Tomogram,
    info: ModelInfo,
    options: InferenceOptions,
    z_range: tuple[int, int],
    region: tuple[slice, slice],
    statistic: Statistic | None,
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield (z, probabilities (y, x) of the region) for each slice of a range, in order.

    Slabs follow each other by half their depth; where a network was trained with shifts in depth, only results within
    half the shift from the middle count.
    """
    depth = info.depth
    step = max(1, depth // 2)
    reach = info.z_jitter // 2 if info.z_jitter else depth
    trusted = np.abs(np.arange(depth) - depth // 2) <= reach
    totals: dict[int, np.ndarray] = {}
    weights: dict[int, int] = {}
    start, stop = z_range
    ready = start
    for first in range(start - depth // 2, stop, step):
        wanted = np.clip(np.arange(first, first + depth), 0, tomogram.shape[0] - 1)
        block = tomogram.slab(int(wanted[0]), int(wanted[-1]) + 1)[wanted - wanted[0]][(slice(None), *region)]
        result = segment_slab(engine, block, info, options, tomogram.pixel_size, statistic)
        for d in np.flatnonzero(trusted):
            z = first + int(d)
            if ready <= z < stop:
                totals[z] = totals.get(z, 0) + result[d]  # type: ignore[operator]
                weights[z] = weights.get(z, 0) + 1
        while ready < min(stop, first + step):  # no later slab reaches these
            yield ready, _mean(totals, weights, ready, result.shape[1:])
            ready += 1
    while ready < stop:
        yield ready, _mean(totals, weights, ready, result.shape[1:])
        ready += 1


def _mean(totals: dict[int, np.ndarray], weights: dict[int, int], z: int, shape: tuple[int, ...]) -> np.ndarray:
    if z not in weights:
        return np.zeros(shape, np.float32)
    return totals.pop(z) / np.float32(weights.pop(z))


def _tiled_slab(engine: Engine, values: np.ndarray) -> np.ndarray:
    """Apply the network to tiles of a prepared slab (z, y, x) and keep the middle of each."""
    depth, ny, nx = values.shape
    edge = [min(TILE, -(-(n + 2 * DISCARD) // SIZE_MULTIPLE) * SIZE_MULTIPLE) for n in (ny, nx)]
    inner = [e - 2 * DISCARD for e in edge]
    if min(inner) < 1:
        raise InputError(f"tiles of {edge} leave nothing inside a discarded rim of {DISCARD} px")
    counts = [-(-n // i) for n, i in zip((ny, nx), inner)]
    after = [c * i + DISCARD - n for c, i, n in zip(counts, inner, (ny, nx))]
    padded = np.pad(values, ((0, 0), (DISCARD, after[0]), (DISCARD, after[1])), mode="reflect")
    result = np.empty((depth, ny, nx), np.float32)
    for row in range(counts[0]):
        for col in range(counts[1]):
            y, x = row * inner[0], col * inner[1]
            tile = padded[:, y : y + edge[0], x : x + edge[1]]
            batch = np.ascontiguousarray(np.moveaxis(tile, 0, -1)[None, ..., None], np.float32)
            probabilities = np.moveaxis(engine.predict(batch)[0], -1, 0)
            kept = probabilities[:, DISCARD : DISCARD + inner[0], DISCARD : DISCARD + inner[1]]
            here = result[:, y : y + inner[0], x : x + inner[1]]
            here[...] = kept[:, : here.shape[1], : here.shape[2]]
    return result
