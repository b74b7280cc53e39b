"""JSON from files that may be damaged: a sound value of the expected kind, or our own error."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from ais_jupyter.core.data.errors import FileFormatError

T = TypeVar("T")


def parse_json(data: bytes | str, kind: type[T], what: str) -> T:
    """Return the JSON value in `data`, which must be a `kind` (dict or list).

    Raises
    ------
    FileFormatError
        It is not JSON, or not a `kind`.
    """
    try:
        value: Any = json.loads(data)
    except (ValueError, RecursionError) as error:  # ValueError covers bad JSON and bad UTF-8
        raise FileFormatError(f"{what}: expected JSON ({error})") from error
    if not isinstance(value, kind):
        raise FileFormatError(f"{what}: expected a JSON {kind.__name__}, found {type(value).__name__}")
    return value


def number(value: Any, default: float, what: str) -> float:
    """Return `value` as a finite float; None gives `default`."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e30:
        raise FileFormatError(f"{what}: expected a number, found {value!r}")
    return float(value)


def whole_number(value: Any, default: int, what: str, least: int = -(2**31), most: int = 2**31) -> int:
    """Return `value` as an integer between `least` and `most`; None gives `default`."""
    result = number(value, default, what)
    if result != int(result) or not least <= result <= most:
        raise FileFormatError(f"{what}: expected an integer from {least} to {most}, found {value!r}")
    return int(result)
