"""Grey values of tomograms brought to one scale before a network sees them."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import GLOBAL_MAD

#: 1.4826 · MAD estimates the standard deviation of normally distributed values.
MAD_TO_DEVIATION = 1.4826
TINY = 1e-7

_SLICES = 32
_MARGIN_FRACTION, _MARGIN_PIXELS = 0.2, 64
#: More voxels than this are thinned out evenly in XY: the statistic does not change, memory stays bounded.
_MOST_VOXELS = 40_000_000


#: Share of the voxels from which on one value counts as a mask, and share of those with an equal neighbour.
_LEAST_FILL, _CONNECTED = 0.02, 0.9
#: Voxels that are enough to find it.
_SAMPLE = 2_000_000


class Statistic(NamedTuple):
    """Centre and scale of a volume's grey values."""

    center: float
    scale: float


def global_statistic(tomogram: Tomogram) -> Statistic:
    """Mean and 1.4826 · median absolute deviation of a tomogram, as Ais measures them.

    Up to 32 slices evenly spaced from the first to the last; a margin of 20 % (at most 64 px) is left out on every
    side. Voxels that are not finite are left out, and so is a constant value that masks part of the volume, with a
    warning.

    Raises
    ------
    InputError
        No voxel is finite.
    """
    nz, ny, nx = tomogram.shape
    my, mx = (min(int(_MARGIN_FRACTION * n), _MARGIN_PIXELS) for n in (ny, nx))
    chosen = np.linspace(0, nz - 1, min(nz, _SLICES)).astype(int)
    step = max(1, int(np.ceil(np.sqrt(len(chosen) * (ny - 2 * my) * (nx - 2 * mx) / _MOST_VOXELS))))
    slices = np.stack([tomogram.slice(z)[my : ny - my : step, mx : nx - mx : step].astype(np.float32) for z in chosen])
    values = slices[np.isfinite(slices)]
    if values.size == 0:
        raise InputError(f"{tomogram.name!r} holds no finite voxel in the slices looked at; it cannot be normalised")
    if (fill := constant_fill(slices)) is not None and (values != fill).any():
        share = float((values == fill).mean())
        values = values[values != fill]
        warnings.warn(
            f"{share:.0%} of the voxels of {tomogram.name!r} have the same value, {fill:g}: they are taken for a mask "
            "and left out when its grey values are normalised",
            stacklevel=2,
        )
    return _measured(values, tomogram.name)


def _measured(values: np.ndarray, name: str) -> Statistic:
    center = float(np.mean(values, dtype=np.float64))
    deviation = MAD_TO_DEVIATION * float(np.median(np.abs(values - np.median(values))))
    if deviation == 0:  # most values are the same, as in a segmentation
        deviation = float(np.std(values, dtype=np.float64))
    if deviation == 0:
        warnings.warn(f"all voxels of {name!r} that were looked at have the same value, {center:g}", stacklevel=3)
        deviation = 1.0
    return Statistic(center, deviation + TINY)


def constant_fill(slices: np.ndarray) -> float | None:
    """Value of what is masked out in slices (z, y, x); None when nothing is.

    A mask is one value that fills at least 2 % of the image in connected areas. In an image of noise a value may be
    as frequent, but its neighbours are others.
    """
    sample = slices[:: max(1, slices.size // _SAMPLE)]
    if sample.shape[-1] < 2:
        return None
    equal = sample[..., 1:] == sample[..., :-1]
    repeated = sample[..., 1:][equal]
    if repeated.size < _LEAST_FILL * equal.size:
        return None
    values, counts = np.unique(repeated, return_counts=True)
    value = values[np.argmax(counts)]
    everywhere = sample == value
    share = float(everywhere.mean())
    connected = float(counts.max()) / max(1, int(everywhere[..., 1:].sum()))
    return float(value) if share >= _LEAST_FILL and connected >= _CONNECTED else None


def normalize(values: np.ndarray, statistic: Statistic) -> np.ndarray:
    """Return (values − center) / scale as float32; voxels that are not finite become 0, the centre."""
    result = (np.asarray(values, np.float32) - np.float32(statistic.center)) / np.float32(statistic.scale)
    return finite(result)


def standardize(values: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """Return (values − mean) / (deviation + 1e-7) over `axis` (everything by default) as float32."""
    values = finite(np.asarray(values, np.float32))
    mean = values.mean(axis=axis, keepdims=True, dtype=np.float64)
    deviation = values.std(axis=axis, keepdims=True, dtype=np.float64)
    return ((values - mean) / (deviation + TINY)).astype(np.float32)


def finite(values: np.ndarray) -> np.ndarray:
    """`values` with NaN and infinities replaced by the mean of the finite ones (0 if there are none)."""
    good = np.isfinite(values)
    if good.all():
        return values
    return np.where(good, values, values[good].mean() if good.any() else 0.0).astype(values.dtype)


def checked_normalization(name: str | None) -> str | None:
    """`name` if it is a normalisation that this version knows.

    Raises
    ------
    InputError
        It is not.
    """
    if name in (None, GLOBAL_MAD):
        return name
    raise InputError(f"unknown normalisation {name!r}; known are 'global_mad' and None (each slice or box by itself)")
