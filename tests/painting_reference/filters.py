"""Filters of the displayed slice, as the desktop program applies them. They never touch what networks see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.errors import InputError

GAUSSIAN = "Gaussian blur"
OFFSET_GAUSSIAN = "Offset Gaussian blur"
BOX = "Box blur"
SOBEL_VERTICAL = "Sobel vertical"
SOBEL_HORIZONTAL = "Sobel horizontal"
KINDS = (GAUSSIAN, OFFSET_GAUSSIAN, BOX, SOBEL_VERTICAL, SOBEL_HORIZONTAL)

_REACH = 16


@dataclass(frozen=True)
class Filter:
    """One filter of the list.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    parameter : float
        Sigma of the Gaussians, where exp(−x²/σ²) has no factor ½; half-width of the box, up to 7; unused for Sobel.
    weight : float
        −1 to 1: result = image·min(1 − weight, 1) + filtered·weight.
    """

    kind: str
    parameter: float = 1.0
    weight: float = 1.0
    enabled: bool = True


def kernels(kind: str, parameter: float) -> tuple[np.ndarray, np.ndarray]:
    """Taps along x and along y, 33 of float64 each, centred.

    Raises
    ------
    InputError
        The kind is unknown or sigma is not above 0.
    """
    if kind in (GAUSSIAN, OFFSET_GAUSSIAN):
        if not parameter > 0:
            raise InputError(f"sigma of a {kind} must be above 0, not {parameter}")
        taps = np.exp(-(np.arange(-_REACH, _REACH + 1) ** 2) / parameter**2)
        taps /= taps.sum()
        if kind == OFFSET_GAUSSIAN:
            taps -= taps.mean()
        return taps, taps
    if kind == BOX:
        half = max(0, min(int(parameter), 7))
        taps = _centred([1 / (2 * half + 1)] * (2 * half + 1))
        return taps, taps
    if kind == SOBEL_VERTICAL:
        return _centred([1, 2, 1]), _centred([1, 0, -1])
    if kind == SOBEL_HORIZONTAL:
        return _centred([1, 0, -1]), _centred([1, 2, 1])
    raise InputError(f"unknown filter {kind!r}; there are: {', '.join(KINDS)}")


def apply_filters(image: np.ndarray, filters: Iterable[Filter]) -> np.ndarray:
    """Filter a slice (y, x) by each enabled filter in order; float32. Outside the image counts as zero."""
    from scipy.ndimage import correlate1d

    result = np.asarray(image, np.float32)
    for item in filters:
        if not item.enabled:
            continue
        along_x, along_y = kernels(item.kind, item.parameter)
        filtered = correlate1d(result.astype(np.float64), along_x, axis=1, mode="constant")
        filtered = correlate1d(filtered, along_y, axis=0, mode="constant")
        result = (result * min(1 - item.weight, 1.0) + filtered * item.weight).astype(np.float32)
    return result


def _centred(values: list[float]) -> np.ndarray:
    taps = np.zeros(2 * _REACH + 1)
    start = _REACH - len(values) // 2
    taps[start : start + len(values)] = values
    return taps
