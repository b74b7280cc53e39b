"""From slices of a tomogram to probabilities, with a network's own pixel size and normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import rescale_factor
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.training_set import GLOBAL_MAD
from ais_jupyter.core.learning.augmentation import N_SYMMETRIES, N_SYMMETRIES_WITH_DEPTH, orient, orient_back
from ais_jupyter.core.learning.engine import Engine
from ais_jupyter.core.learning.normalization import Statistic, finite, normalize, standardize
from ais_jupyter.core.learning.resizing import Alignment, resize_xy
from ais_jupyter.core.learning.sight import Sight, sight_of
from ais_jupyter.core.learning.tiling import Overlap, TileGrid

#: Networks shrink their input by up to this factor; padded sizes are multiples of it.
SIZE_MULTIPLE = 32
#: Pixels added in all to each dimension of a whole slice, by reflection, half on each side.
WHOLE_SLICE_PADDING = 64
#: Rim set to zero by `trim_edges`.
TRIM_PIXELS = 16


@dataclass(frozen=True)
class InferenceOptions:
    """How a network is applied.

    Attributes
    ----------
    tta : int
        Test-time augmentation: mean over this many orientations, 1–8 (up to 16 for input of several slices).
    tiled : bool
        Tiles of the training box size instead of whole slices.
    overlap : float
        Overlap of tiles, 0–0.9.
    overlap_mode : "average" or "best"
        Average overlapping tiles, or use only their centres.
    trim_edges : bool
        Set a rim of 16 px to zero.
    rescale : bool
        Bring slices to the network's pixel size when it differs by more than 5 %.
    normalization : "model", "global_mad" or "per-slice"
        "model" follows what the network was trained with.
    resize_alignment : "pixels" or "corners"
        How results are brought back to the tomogram's pixels; "corners" is what the command line of Ais does.
    """

    tta: int = 1
    tiled: bool = False
    overlap: float = 0.2
    overlap_mode: Overlap = "average"
    trim_edges: bool = False
    rescale: bool = True
    normalization: Literal["model", "global_mad", "per-slice"] = "model"
    resize_alignment: Alignment = "pixels"

    def __post_init__(self) -> None:
        if not 1 <= self.tta <= N_SYMMETRIES_WITH_DEPTH:
            raise InputError(
                f"tta must be 1–{N_SYMMETRIES} (up to {N_SYMMETRIES_WITH_DEPTH} with depth), not {self.tta}"
            )
        if not 0 <= self.overlap <= 0.9:
            raise InputError(f"overlap must be 0–0.9, not {self.overlap}")

    def is_global(self, info: ModelInfo) -> bool:
        """Whether slices are normalised by the statistic of the whole volume."""
        if self.normalization == "model":
            return info.normalization == GLOBAL_MAD
        return self.normalization == GLOBAL_MAD


def segment_blocks(
    engine: Engine,
    blocks: np.ndarray,
    info: ModelInfo,
    options: InferenceOptions,
    pixel_size: float,
    statistic: Statistic | None,
) -> np.ndarray:
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
    """
    size = blocks.shape[-2:]
    values = prepare(blocks, info, options, pixel_size, statistic)
    predict = _tiled if options.tiled else _whole
    probabilities = predict(engine, values, info, options)
    probabilities = resize_xy(np.clip(probabilities, 0, 1), size, options.resize_alignment)
    if options.trim_edges:
        keep = (slice(TRIM_PIXELS, size[0] - TRIM_PIXELS), slice(TRIM_PIXELS, size[1] - TRIM_PIXELS))
        trimmed = np.zeros_like(probabilities)
        trimmed[:, keep[0], keep[1]] = probabilities[:, keep[0], keep[1]]
        return trimmed
    return probabilities


def prepare(
    blocks: np.ndarray, info: ModelInfo, options: InferenceOptions, pixel_size: float, statistic: Statistic | None
) -> np.ndarray:
    """Rescale and normalise blocks (n, z, y, x) for the network."""
    values = finite(np.asarray(blocks, np.float32))
    factor = rescale_factor(pixel_size, info.voxel_size) if options.rescale else 1.0
    if factor != 1.0:
        rows, cols = (max(1, int(np.round(n * factor))) for n in values.shape[-2:])
        values = resize_xy(values, (rows, cols))
    if options.is_global(info):
        if statistic is None:
            raise InputError(
                "this network needs the statistic of the whole volume; segment the tomogram, not a lone slice"
            )
        return normalize(values, statistic)
    return standardize(values, axis=(1, 2, 3))


def padding_for(n: int, sight: Sight | None = None) -> tuple[int, int]:
    """Reflection before and after a dimension of `n` pixels of a whole slice.

    As in Ais: up to a multiple of 32, plus 64. For a network that sees less than that, only as much as makes no
    difference: at least its reach, on the same grid.
    """
    extra = -n % SIZE_MULTIPLE + WHOLE_SLICE_PADDING
    sides = extra // 2, extra - extra // 2
    if sight is None or SIZE_MULTIPLE % sight.multiple:
        return sides
    before, after = (min(side, sight.reach + (side - sight.reach) % sight.multiple) for side in sides)
    return before, after


def _whole(engine: Engine, values: np.ndarray, info: ModelInfo, options: InferenceOptions) -> np.ndarray:
    sight = sight_of(engine.network) if engine.network is not None else None
    rows, cols = padding_for(values.shape[-2], sight), padding_for(values.shape[-1], sight)
    padded = np.pad(values, ((0, 0), (0, 0), rows, cols), mode="reflect")
    result = augmented_prediction(engine, padded, options.tta)
    return result[:, rows[0] : result.shape[1] - rows[1], cols[0] : result.shape[2] - cols[1]]


def _tiled(engine: Engine, values: np.ndarray, info: ModelInfo, options: InferenceOptions) -> np.ndarray:
    box = info.box_size if info.box_size > 0 else 64
    grid = TileGrid(values.shape[-2:], box, options.overlap, options.overlap_mode)
    results = []
    for slab in values:
        tiles = grid.cut(slab)
        if not options.is_global(info):
            tiles = standardize(tiles, axis=(1, 2, 3))
        results.append(grid.join(augmented_prediction(engine, tiles, options.tta)))
    return np.stack(results)


def augmented_prediction(engine: Engine, blocks: np.ndarray, tta: int) -> np.ndarray:
    """Mean prediction (n, y, x) over the first `tta` orientations of blocks (n, z, y, x)."""
    deep = blocks.shape[1] > 1
    count = min(tta, N_SYMMETRIES_WITH_DEPTH if deep else N_SYMMETRIES)
    total: np.ndarray | None = None
    for index in range(count):
        turned = orient(blocks, index, 2, 3, 1 if deep else None)
        batch = np.ascontiguousarray(np.moveaxis(turned, 1, -1), np.float32)
        back = orient_back(engine.predict(batch), index, 1, 2)
        total = back.astype(np.float32) if total is None else total + back
    assert total is not None
    return total / np.float32(count)


def to_grey_levels(probabilities: np.ndarray) -> np.ndarray:
    """Return floor(p · 255) as uint8, as Ais writes it."""
    return np.floor(np.clip(probabilities, 0, 1) * 255).astype(np.uint8)
