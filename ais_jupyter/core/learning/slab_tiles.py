"""Networks of slabs are applied tile by tile in XY: whole slabs would take too much memory."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.learning.engine import Engine

#: Edge of the tiles in XY, and what is discarded on each side of a tile (defaults of ``ais segment``).
TILE, DISCARD = 512, 64


def tiled_slab(engine: Engine, values: np.ndarray, grid: int) -> np.ndarray:
    """Apply a network to tiles of a prepared slab (z, y, x) and keep the middle of each.

    Parameters
    ----------
    grid : int
        Edges of tiles are multiples of it.
    """
    depth, ny, nx = values.shape
    largest = max(TILE // grid, -(-(2 * DISCARD + 1) // grid)) * grid
    edge = [min(largest, -(-(n + 2 * DISCARD) // grid) * grid) for n in (ny, nx)]
    inner = [e - 2 * DISCARD for e in edge]
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
