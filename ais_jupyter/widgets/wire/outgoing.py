"""Makes what the kernel says fit for JSON: every text valid, every number finite, nothing but plain values."""

import math
from typing import Any

from ais_jupyter.core.data.texts import valid_text

#: Deeper than any declared message.
_DEPTH = 20


def plain(value: Any, depth: int = 0) -> Any:
    """Return `value` as JSON holds it.

    Lone surrogates become the replacement character, tuples become lists, NumPy's numbers plain ones, and numbers that
    are not finite become None, since JSON has none of these.

    Raises
    ------
    TypeError
        Something in it cannot be said in JSON.
    """
    if depth > _DEPTH:
        raise TypeError("a message is nested too deeply")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {valid_text(_key(key)): plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, depth + 1) for one in value]
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return plain(value.item(), depth + 1)
    raise TypeError(f"a message cannot hold a {type(value).__name__}")


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"a message cannot have the field {key!r}")
