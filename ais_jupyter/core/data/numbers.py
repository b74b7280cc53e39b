"""The gate for numbers that people and files give: of the right kind, finite, within bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError


def whole(value: Any, what: str, least: int = 1, most: int = 1 << 31) -> int:
    """Return `value` as an integer.

    Raises
    ------
    InputError
        It is no whole number from `least` to `most`; `what` names it.

    Examples
    --------
    >>> whole(64.0, "the box size")
    64
    """
    if not is_number(value) or int(value) != value or not least <= value <= most:
        raise InputError(f"{what} must be a whole number from {least} to {most}, not {shown(value)}")
    return int(value)


def number(value: Any, what: str, low: float = -math.inf, high: float = math.inf, above: bool = False) -> float:
    """Return `value` as a finite float.

    Raises
    ------
    InputError
        It is no number from `low` (with `above`, greater than that) to `high`.
    """
    if not is_number(value) or not low <= value <= high or (above and value == low):
        bounds = f" above {low:g}" if above else f" from {low:g} to {high:g}" if math.isfinite(low + high) else ""
        raise InputError(f"{what} must be a number{bounds}, not {shown(value)}")
    return float(value)


def vector(value: Any, what: str, low: float = -math.inf, high: float = math.inf) -> tuple[float, float, float]:
    """Return one number, for all axes, or three as (z, y, x).

    Raises
    ------
    InputError
        There are neither one nor three finite numbers, or one of them is not from `low` to `high`.

    Examples
    --------
    >>> vector(2, "a size")
    (2.0, 2.0, 2.0)
    """
    numbers = [value] if is_number(value) else _listed(value)
    if len(numbers) not in (1, 3) or not all(is_number(one) and low <= one <= high for one in numbers):
        bounds = f" from {low:g} to {high:g}" if math.isfinite(low + high) else f" of at least {low:g}"
        raise InputError(
            f"{what} is one number or three (z, y, x){bounds if low > -math.inf else ''}, not {shown(value)}"
        )
    z, y, x = (float(one) for one in (numbers * 3 if len(numbers) == 1 else numbers))
    return z, y, x


def _listed(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return list(value.ravel())
    try:
        return [] if isinstance(value, (str, bytes)) else list(value)
    except TypeError:
        return []


def is_number(value: Any) -> bool:
    """Whether `value` is a finite number; `True` and `False` are none."""
    if not isinstance(value, (int, float, np.integer, np.floating)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer larger than any float
        return False


def shown(value: Any) -> str:
    """`value` for an error message: plain ASCII, not longer than a line."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
