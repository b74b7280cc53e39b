"""The flood brush: inside the brush, the connected pixels whose values are like that under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from ais_jupyter.core.data.errors import InputError
from painting_reference.brush import NOTHING, Painted, disc

FloodRule = Literal["relative", "spread"]


def half_width(sensitivity: float) -> float:
    """Half-width of the accepted band for a sensitivity of 1 (±1.5) to 100 (±0.05)."""
    if not 1 <= sensitivity <= 100:
        raise InputError(f"the sensitivity of the flood brush is 1–100, not {sensitivity}")
    return 0.05 + 1.45 * (100 - sensitivity) / 99


def band(value: float, sensitivity: float, rule: FloodRule = "relative", spread: float = 0.0) -> tuple[float, float]:
    """Values between which, exclusively, the flood brush accepts pixels around `value`.

    - ``"relative"``: value·(1 ± h), as in the desktop program. It depends on where the grey level zero lies, and
      accepts nothing where `value` is 0.
    - ``"spread"``: value ± h·spread, where `spread` is the standard deviation of the slice: the same whatever is added
      to all values.
    """
    h = half_width(sensitivity)
    if rule == "relative":
        low, high = value * (1 - h), value * (1 + h)
        return (low, high) if low <= high else (high, low)
    if rule == "spread":
        return value - h * spread, value + h * spread
    raise InputError(f"the rule of the flood brush is 'relative' or 'spread', not {rule!r}")


def flood(
    image: np.ndarray, y: int, x: int, radius: float, sensitivity: float, rule: FloodRule = "relative",
    spread: float | None = None,
) -> Painted:  # fmt: skip
    """Pixels that the flood brush adds at (y, x).

    Parameters
    ----------
    image : (rows, columns) array
        The slice as displayed, after its filters.
    y, x : int
        Pixel under the cursor.
    radius : float
        Of the brush, in pixels.
    sensitivity : float
        1–100.
    rule, spread
        See `band`; `spread` is by default the standard deviation of `image`.
    """
    from scipy import ndimage

    height, width = image.shape
    if not (0 <= y < height and 0 <= x < width):
        return NOTHING
    if spread is None:
        spread = float(np.std(image, dtype=np.float64)) if rule == "spread" else 0.0
    low, high = band(float(image[y, x]), sensitivity, rule, spread)
    region, inside = disc(image.shape, y, x, radius)
    values = np.asarray(image[region.slices], np.float64)
    candidates = inside & (values > low) & (values < high)
    labels, _ = ndimage.label(candidates)  # neighbours above, below, left and right
    own = labels[y - region.y0, x - region.x0]
    return region, (labels == own) & candidates if own else np.zeros(region.shape, bool)


def flood_stroke(
    image: np.ndarray, points: Sequence[tuple[int, int]], radius: float, sensitivity: float,
    rule: FloodRule = "relative", spread: float | None = None,
) -> np.ndarray:  # fmt: skip
    """Mask (rows, columns) of the flood brush at each of `points` (y, x), each with its own value under the cursor."""
    painted = np.zeros(image.shape, bool)
    if spread is None and rule == "spread":
        spread = float(np.std(image, dtype=np.float64))
    for y, x in points:
        region, mask = flood(image, y, x, radius, sensitivity, rule, spread)
        painted[region.slices] |= mask
    return painted
