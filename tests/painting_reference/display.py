"""Contrast limits and histogram of a displayed slice, as the desktop program computes them."""

from __future__ import annotations

import numpy as np

_MARGIN = 16
_STEP = 4
_SATURATED = 0.0006
_BINS = 40


def subsample(image: np.ndarray) -> np.ndarray:
    """Every fourth pixel in both directions, without a margin of 16 where the image is larger than 64; flat."""
    if min(image.shape) > 64:
        image = image[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    return np.asarray(image[::_STEP, ::_STEP]).ravel()


def autocontrast(image: np.ndarray) -> tuple[float, float]:
    """Limits (low, high) that saturate 0.06 % of the pixels of a slice (y, x) at each end.

    Values that are no numbers do not count.
    """
    values = subsample(image)
    values = np.sort(values[np.isfinite(values)])
    if values.size == 0:
        return 0.0, 1.0
    last = values.size - 1
    low, high = (values[min(last, int(fraction * values.size))] for fraction in (_SATURATED, 1 - _SATURATED))
    return float(low), float(high)


def histogram(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 41 edges of 40 bins of a slice (y, x), and ln(count + 1) in each.

    Values beyond 20 standard deviations above the mean are left out.
    """
    values = subsample(image).astype(np.float64)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return np.linspace(0, 1, _BINS + 1), np.zeros(_BINS)
    values = values[values <= values.mean() + 20 * values.std()]
    counts, edges = np.histogram(values, _BINS)
    return edges, np.log(counts + 1)
