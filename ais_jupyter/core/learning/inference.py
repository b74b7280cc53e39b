"""From grey values to probabilities, with a network's own pixel size and normalisation."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.geometry import rescale_factor
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.learning.augmentation import N_SYMMETRIES, N_SYMMETRIES_WITH_DEPTH, orient, orient_back
from ais_jupyter.core.learning.engine import Engine
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.normalization import Statistic, finite, normalize, standardize
from ais_jupyter.core.learning.padding import grid_of, padding_for, view_or_none
from ais_jupyter.core.learning.resizing import resize_xy
from ais_jupyter.core.learning.slab_tiles import tiled_slab
from ais_jupyter.core.learning.tiling import TileGrid

#: Rim set to zero by `trim_edges`.
TRIM_PIXELS = 16
#: A voxel size that would change an image more than so many times is a mistake.
_MOST_RESCALING = 32.0
_UNKNOWN_BOX = 64


class Inference:
    """A network ready to be applied to grey values as they are in a tomogram.

    Parameters
    ----------
    engine : Engine
    info : ModelInfo
        Depth, pixel size and normalisation of the network, and its own `tta` and `overlap`.
    options : InferenceOptions

    Attributes
    ----------
    is_slab : bool
        The network is three-dimensional: a result for each slice of its input.
    """

    def __init__(self, engine: Engine, info: ModelInfo, options: InferenceOptions) -> None:
        self.engine, self.info, self.options = engine, info, options.of(info)
        self.is_slab = engine.network is not None and len(engine.network.input_shape) == 4
        self._is_forest = isinstance(engine.network, Forest)
        self._view = view_or_none(engine.network)

    def middle_slices(self, blocks: np.ndarray, pixel_size: float, statistic: Statistic | None) -> np.ndarray:
        """Probabilities of the middle slices of blocks.

        Parameters
        ----------
        blocks : (n, z, y, x)
            Grey values as they are in the tomogram; z is the depth of the network.
        pixel_size : float
            Å per pixel of the blocks; 0 unknown.
        statistic : Statistic or None
            Of the whole volume; needed when the normalisation is global.

        Returns
        -------
        float32 (n, y, x), 0–1

        Raises
        ------
        InputError
            The statistic is missing, or the pixel sizes differ beyond reason.
        """
        if self.is_slab:
            depth = blocks.shape[1]
            return np.stack([self.slab(block, pixel_size, statistic)[depth // 2] for block in blocks])
        values = self._prepared(blocks, pixel_size, statistic)
        if self._is_forest:  # it continues images beyond their edges by itself, and tiles would change nothing
            probabilities = self._augmented(values)
        else:
            probabilities = self._in_tiles(values) if self.options.tiled else self._whole(values)
        return self._finished(probabilities, blocks.shape[-2:])

    def slab(self, block: np.ndarray, pixel_size: float, statistic: Statistic | None) -> np.ndarray:
        """Probabilities float32 (z, y, x), 0–1, of a block (z, y, x) as deep as a network of slabs."""
        values = self._prepared(block[None], pixel_size, statistic)[0]
        total = np.zeros(values.shape, np.float32)
        count = self._orientations(deep=True)
        for index in range(count):
            turned = np.ascontiguousarray(orient(values, index, 1, 2, 0))
            total += orient_back(tiled_slab(self.engine, turned, grid_of(self._view)), index, 1, 2, 0)
        return self._finished(total / np.float32(count), block.shape[-2:])

    def _prepared(self, blocks: np.ndarray, pixel_size: float, statistic: Statistic | None) -> np.ndarray:
        """Rescale and normalise blocks (n, z, y, x) for the network."""
        values = finite(np.asarray(blocks, np.float32))
        factor = rescale_factor(pixel_size, self.info.voxel_size) if self.options.rescale else 1.0
        if not 1 / _MOST_RESCALING <= factor <= _MOST_RESCALING:
            raise InputError(
                f"the tomogram has {pixel_size:g} Å per pixel and {self.info.title!r} was trained at "
                f"{self.info.voxel_size:g} Å; one of the two must be wrong: correct it, or do not rescale"
            )
        if factor != 1.0:
            rows, cols = (max(1, int(np.round(n * factor))) for n in values.shape[-2:])
            values = resize_xy(values, (rows, cols))
        if self.options.is_global(self.info):
            if statistic is None:
                raise InputError(
                    "this network needs the statistic of the whole volume; segment the tomogram instead of one slice"
                )
            return normalize(values, statistic)
        return standardize(values, axis=(1, 2, 3))

    def _finished(self, probabilities: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
        """Bring results (n, y, x) back to the tomogram's pixels, and trim their edges."""
        rows, cols = size
        result = resize_xy(np.clip(probabilities, 0, 1), (rows, cols), self.options.resize_alignment)
        if not self.options.trim_edges:
            return result
        trimmed = np.zeros_like(result)
        keep = (..., slice(TRIM_PIXELS, rows - TRIM_PIXELS), slice(TRIM_PIXELS, cols - TRIM_PIXELS))
        trimmed[keep] = result[keep]
        return trimmed

    def _whole(self, values: np.ndarray) -> np.ndarray:
        rows, cols = (padding_for(n, self._view) for n in values.shape[-2:])
        padded = np.pad(values, ((0, 0), (0, 0), rows, cols), mode="reflect")
        result = self._augmented(padded)
        return result[:, rows[0] : result.shape[1] - rows[1], cols[0] : result.shape[2] - cols[1]]

    def _in_tiles(self, values: np.ndarray) -> np.ndarray:
        box = self.info.box_size if self.info.box_size > 0 else _UNKNOWN_BOX
        if self._view is not None:
            box += -box % self._view.grid
        grid = TileGrid(values.shape[-2:], box, float(self.options.overlap or 0.0), self.options.overlap_mode)
        results = []
        for block in values:
            tiles = grid.cut(block)
            if not self.options.is_global(self.info):
                tiles = standardize(tiles, axis=(1, 2, 3))
            results.append(grid.join(self._augmented(tiles)))
        return np.stack(results)

    def _orientations(self, deep: bool) -> int:
        if self._is_forest:  # its filters see the same in every orientation
            return 1
        return min(int(self.options.tta or 1), N_SYMMETRIES_WITH_DEPTH if deep else N_SYMMETRIES)

    def _augmented(self, blocks: np.ndarray) -> np.ndarray:
        """Mean prediction (n, y, x) over the orientations of prepared blocks (n, z, y, x)."""
        deep = blocks.shape[1] > 1
        count = self._orientations(deep)
        total: np.ndarray | None = None
        for index in range(count):
            turned = orient(blocks, index, 2, 3, 1 if deep else None)
            batch = np.ascontiguousarray(np.moveaxis(turned, 1, -1), np.float32)
            back = orient_back(self.engine.predict(batch), index, 1, 2)
            total = back.astype(np.float32) if total is None else total + back
        assert total is not None
        return total / np.float32(count)


def to_grey_levels(probabilities: np.ndarray) -> np.ndarray:
    """Return floor(p · 255) as uint8, as Ais writes it."""
    return np.floor(np.clip(probabilities, 0, 1) * 255).astype(np.uint8)
