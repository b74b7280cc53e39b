"""Default colours of features and models: the cycle of nine that Ais users know, RGB 0–1."""

from __future__ import annotations

import re

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import shown

Color = tuple[float, float, float]

#: The 266 that Ais has for the seventh blue is clamped to 255.
CYCLE: tuple[Color, ...] = (
    (66 / 255, 214 / 255, 164 / 255),
    (255 / 255, 243 / 255, 0 / 255),
    (255 / 255, 104 / 255, 0 / 255),
    (255 / 255, 13 / 255, 0 / 255),
    (174 / 255, 0 / 255, 255 / 255),
    (21 / 255, 0 / 255, 255 / 255),
    (0 / 255, 136 / 255, 255 / 255),
    (0 / 255, 247 / 255, 255 / 255),
    (0 / 255, 255 / 255, 0 / 255),
)


def cycle_color(index: int) -> Color:
    """Colour number `index` of the cycle, repeating."""
    return CYCLE[index % len(CYCLE)]


def as_color(value: object) -> Color:
    """RGB colour 0–1 from three numbers (clamped to 0–1) or from "#rrggbb".

    Raises
    ------
    InputError
        It is neither.
    """
    if isinstance(value, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        value = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    try:
        if isinstance(value, (str, bytes)):
            raise ValueError("a text")
        r, g, b = (min(1.0, max(0.0, float(v))) for v in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"a colour is three numbers 0–1 or '#rrggbb', not {shown(value)}") from error
    return r, g, b
