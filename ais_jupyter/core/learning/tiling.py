"""Square tiles that cover a slice, and how overlapping results are joined."""

from __future__ import annotations

from typing import Literal

import numpy as np

Overlap = Literal["average", "best"]

_LEAST_PADDING = 64


class TileGrid:
    """Tiles of one slice.

    Parameters
    ----------
    shape : (y, x)
        Of the slice.
    box : int
        Edge of the tiles.
    overlap : float
        0–0.9; tiles are ``max(1, int(box · (1 − overlap)))`` apart.
    mode : "average" or "best"
        "best" keeps only the centre of each tile, without the half overlap on each side.
    """

    def __init__(self, shape: tuple[int, int], box: int, overlap: float, mode: Overlap) -> None:
        self.shape, self.box, self.mode = shape, box, mode
        self.stride = max(1, int(box * (1 - overlap)))
        self.margin = int((box - self.stride) / 2)
        pad = max(_LEAST_PADDING, self.margin)
        self.padding = [(pad, pad + self._missing(n + 2 * pad)) for n in shape]
        self.starts = [range(0, n + sum(p) - box + 1, self.stride) for n, p in zip(shape, self.padding)]

    def _missing(self, length: int) -> int:
        """Pixels to add so that tiles cover `length` exactly."""
        if length <= self.box:
            return self.box - length
        return -(length - self.box) % self.stride

    def cut(self, slab: np.ndarray) -> np.ndarray:
        """Tiles (n, z, box, box) of a slab (z, y, x), reflected beyond its edges."""
        padded = np.pad(slab, ((0, 0), *self.padding), mode="reflect")
        b = self.box
        return np.stack([padded[:, y : y + b, x : x + b] for y in self.starts[0] for x in self.starts[1]])

    def join(self, tiles: np.ndarray) -> np.ndarray:
        """One slice (y, x) from the results (n, box, box) of the tiles."""
        size = [n + sum(p) for n, p in zip(self.shape, self.padding)]
        total, weight = np.zeros(size, np.float32), np.zeros(size, np.float32)
        rim = self.margin if self.mode == "best" else 0
        inner = self.box - 2 * rim
        places = ((y, x) for y in self.starts[0] for x in self.starts[1])
        for (y, x), tile in zip(places, tiles):
            here = (slice(y + rim, y + rim + inner), slice(x + rim, x + rim + inner))
            total[here] += tile[rim : rim + inner, rim : rim + inner]
            weight[here] += 1
        joined = total / np.maximum(weight, 1)
        (top, _), (left, _) = self.padding
        return joined[top : top + self.shape[0], left : left + self.shape[1]]
