"""What a setting of a layer may be: bounds that every network meets and that no honest network comes near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ais_jupyter.core.data.numbers import is_number

#: Says what a value should be when it is none of that, else None.
Rule = Callable[[Any], str | None]

#: Activations with a name, in the words of Keras 3; what they compute is the same in Keras 2, but for `CHANGED`.
ACTIVATIONS = (
    "linear", "relu", "relu6", "leaky_relu", "sigmoid", "hard_sigmoid", "tanh", "softmax", "softplus", "softsign",
    "selu", "elu", "gelu", "silu", "swish", "mish", "exponential", "hard_silu", "hard_swish",
)  # fmt: skip

_SIZE_LIMIT = 1e9


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def whole(low: int, high: int, per_axis: bool = True, optional: bool = False) -> Rule:
    """Rule of a whole number from `low` to `high`, or of one for each axis."""

    def rule(value: Any) -> str | None:
        values = value if per_axis and isinstance(value, (list, tuple)) else [value]
        if (optional and value is None) or (
            1 <= len(values) <= 3 and all(_is_whole(one) and low <= one <= high for one in values)
        ):
            return None
        return f"a whole number from {low} to {high}" + (" for each axis" if per_axis else "")

    return rule


def margins(high: int) -> Rule:
    """Rule of the pixels at each side: one number, one for each axis, or a pair for each axis."""

    def rule(value: Any) -> str | None:
        values = value if isinstance(value, (list, tuple)) else [value]
        flat = [one for item in values for one in (item if isinstance(item, (list, tuple)) else [item])]
        counted = 1 <= len(values) <= 3 and len(values) <= len(flat) <= 6
        if counted and all(_is_whole(one) and 0 <= one <= high for one in flat):
            return None
        return f"whole numbers from 0 to {high}"

    return rule


def number(low: float = -_SIZE_LIMIT, high: float = _SIZE_LIMIT, optional: bool = False, several: bool = False) -> Rule:
    """Rule of a finite number from `low` to `high`, or of a list of them where `several` are allowed."""

    def rule(value: Any) -> str | None:
        values = value if several and isinstance(value, (list, tuple)) else [value]
        if (optional and value is None) or (
            len(values) <= 4096 and all(is_number(one) and low <= one <= high for one in values)
        ):
            return None
        return f"a number from {low:g} to {high:g}"

    return rule


def choice(*values: Any) -> Rule:
    """Rule of one of some words."""
    return lambda value: None if value in values else f"one of {', '.join(map(repr, values))}"


def switch(value: Any) -> str | None:
    """Rule of True or False."""
    return None if isinstance(value, bool) else "true or false"


def axis(value: Any) -> str | None:
    """Rule of an axis or a list of axes."""
    values = value if isinstance(value, (list, tuple)) else [value]
    if 1 <= len(values) <= 5 and all(_is_whole(one) and -5 <= one <= 5 for one in values):
        return None
    return "one or several axes from -5 to 5"


def axes_or_none(value: Any) -> str | None:
    """Rule of axes that may be left out."""
    return None if value is None or value == [] else axis(value)


def activation(value: Any) -> str | None:
    """Rule of an activation that Keras names."""
    return None if value is None or (isinstance(value, str) and value in ACTIVATIONS) else "an activation Keras names"


def shape(value: Any) -> str | None:
    """Rule of the shape that an image is given anew."""
    fits = isinstance(value, (list, tuple)) and 1 <= len(value) <= 5
    if fits and all(_is_whole(one) and -1 <= one <= 65536 for one in value):
        return None
    return "up to five whole numbers up to 65536"
