"""The flood brush: inside the brush, the connected pixels whose values are like that under the cursor."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.editing.brush import NOTHING, Painted, disc
from ais_jupyter.core.editing.display import autocontrast

FloodRule = Literal["relative", "contrast"]
Limits = tuple[float, float]


def half_width(sensitivity: float) -> float:
    """Half-width of the accepted band for a sensitivity of 1 (±1.5) to 100 (±0.05)."""
    if not 1 <= sensitivity <= 100:
        raise InputError(f"the sensitivity of the flood brush is 1–100, not {sensitivity}")
    return 0.05 + 1.45 * (100 - sensitivity) / 99


def band(value: float, sensitivity: float, rule: FloodRule = "relative", limits: Limits = (0.0, 1.0)) -> Limits:
    """Values between which, exclusively, the flood brush accepts pixels around `value`.

    - ``"relative"``: value·(1 ± h), as in the desktop program. It depends on where the grey level zero lies, and
      accepts nothing where `value` is 0.
    - ``"contrast"``: value ± h·(high − low)/2, where `limits` = (low, high) are those of the display: the same whatever
      is added to all values.
    """
    h = half_width(sensitivity)
    if rule == "relative":
        low, high = value * (1 - h), value * (1 + h)
        return (low, high) if low <= high else (high, low)
    if rule == "contrast":
        width = h * abs(limits[1] - limits[0]) / 2
        return value - width, value + width
    raise InputError(f"the rule of the flood brush is 'relative' or 'contrast', not {rule!r}")


def flood(
    image: np.ndarray, y: int, x: int, radius: float, sensitivity: float, rule: FloodRule = "relative",
    limits: Limits | None = None,
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
    rule, limits
        See `band`; `limits` are by default those of `autocontrast`.
    """
    from scipy import ndimage

    height, width = image.shape
    if not (0 <= y < height and 0 <= x < width):
        return NOTHING
    low, high = band(float(image[y, x]), sensitivity, rule, limits or autocontrast(image))
    region, inside = disc(image.shape, y, x, radius)
    values = np.asarray(image[region.slices], np.float64)
    candidates = inside & (values > low) & (values < high)
    labels, _ = ndimage.label(candidates)  # neighbours above, below, left and right
    own = labels[y - region.y0, x - region.x0]
    return region, (labels == own) & candidates if own else np.zeros(region.shape, bool)
