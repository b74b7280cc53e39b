"""Options that are given by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ais_jupyter.core.data.errors import InputError


def refuse_unknown(options: Any, given: Iterable[str], what: str) -> None:
    """See that names are those of fields of a dataclass.

    Parameters
    ----------
    options : dataclass
    given : list of str
    what : str
        Whose options they are, for people.

    Raises
    ------
    InputError
        There is no such option.
    """
    known = [field.name for field in fields(options)]
    if unknown := [name for name in given if name not in known]:
        raise InputError(f"{what} has no option {', '.join(unknown)}; there are {', '.join(known)}")
