"""Values from a file in the text of an error: short, and quick also where a small file makes a value endless."""

from __future__ import annotations

import reprlib
from typing import Any

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
_SHORT.maxlevel = 2
_SHORT.maxtuple = _SHORT.maxlist = _SHORT.maxdict = 4


def quoted(value: Any) -> str:
    """Return a value as an error quotes it; errors by their text."""
    if isinstance(value, BaseException):
        return " ".join(str(argument)[:200] if isinstance(argument, str) else _SHORT.repr(argument)
                        for argument in value.args) or type(value).__name__  # fmt: skip
    return _SHORT.repr(value)
