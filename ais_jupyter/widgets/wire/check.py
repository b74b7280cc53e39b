"""Checks a message against its declaration, at the door: what a handler gets is what was declared."""

import contextlib
import math
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from typing_extensions import NotRequired, is_typeddict

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.texts import has_lone_surrogate
from ais_jupyter.widgets.wire.declare import Items, Length, Range

#: Entries of a list or dictionary, unless its declaration says otherwise.
MOST_ITEMS = 100_000
#: How much of a wrong value an error quotes.
_QUOTED = 60

_fields_of: dict[type, dict[str, tuple[Any, bool]]] = {}


class MessageError(InputError):
    """A message is not what its declaration says."""


def check(value: Any, hint: Any, what: str) -> Any:
    """Return `value` as `hint` declares it, with JSON's lists as tuples where a tuple is declared.

    Parameters
    ----------
    value : object
        Plain values as JSON gives them.
    hint : type
        A ``TypedDict``, ``Literal``, ``Annotated``, union, list, tuple, dict, str, int, float, bool or ``Any``.
    what : str
        Names the value in errors.

    Raises
    ------
    MessageError
        A field is missing, unknown or of another type, a number is not finite or out of range, or a text is too long
        or not valid Unicode.
    """
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *notes = get_args(hint)
        most = next((note.most for note in notes if isinstance(note, Items)), None)
        found = _entries(value, inner, what, most) if most is not None else check(value, inner, what)
        for note in notes:
            _bound(found, note, what)
        return found
    if hint is Any:
        return value
    if origin is Literal:
        # True == 1 in Python, and a switch is no number
        if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in get_args(hint)):
            return value
        raise MessageError(f"{what} must be one of {', '.join(map(repr, get_args(hint)))}, not {_quote(value)}")
    if origin in (Union, UnionType):
        return _one_of(value, get_args(hint), what)
    if is_typeddict(hint):
        return _record(value, hint, what)
    if origin in (list, tuple, dict):
        return _entries(value, hint, what, MOST_ITEMS)
    return _plain(value, hint, what)


def fields_of(record: type) -> dict[str, tuple[Any, bool]]:
    """Return the declared type of each field of a ``TypedDict``, and whether the field is required."""
    known = _fields_of.get(record)
    if known is None:
        known = {}
        for name, hint in get_type_hints(record, include_extras=True).items():
            optional = get_origin(hint) is NotRequired
            known[name] = (get_args(hint)[0] if optional else hint, not optional)
        _fields_of[record] = known
    return known


def _record(value: Any, record: type, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MessageError(f"{what} must have fields, not be {_quote(value)}")
    fields = fields_of(record)
    unknown = [name for name in value if name not in fields]
    if unknown:
        raise MessageError(f"{what} has no field {_quote(unknown[0])}")
    missing = [name for name, (_, required) in fields.items() if required and name not in value]
    if missing:
        raise MessageError(f"{what} lacks the field {missing[0]!r}")
    return {name: check(one, fields[name][0], f"{name!r} of {what}") for name, one in value.items()}


def _entries(value: Any, hint: Any, what: str, most: int) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is dict:
        if not isinstance(value, dict) or len(value) > most:
            raise MessageError(f"{what} must be a table of at most {most} entries, not {_quote(value)}")
        return {check(key, inner[0], what): check(one, inner[1], what) for key, one in value.items()}
    if not isinstance(value, (list, tuple)):
        raise MessageError(f"{what} must be a list, not {_quote(value)}")
    if origin is list:
        if len(value) > most:
            raise MessageError(f"{what} may have {most} entries at most, not {len(value)}")
        return [check(one, inner[0], f"an entry of {what}") for one in value]
    if len(value) != len(inner):
        raise MessageError(f"{what} must have {len(inner)} entries, not {len(value)}")
    return tuple(check(one, kind, f"an entry of {what}") for one, kind in zip(value, inner))


def _one_of(value: Any, kinds: tuple[Any, ...], what: str) -> Any:
    if value is None and NoneType in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not NoneType)
    if isinstance(value, dict) and len(kinds) > 1:
        return check(value, _variant(value, kinds, what), what)
    if len(kinds) == 1:
        return check(value, kinds[0], what)
    for kind in kinds:
        with contextlib.suppress(MessageError):
            return check(value, kind, what)
    raise MessageError(f"{what} cannot be {_quote(value)}")


def _variant(value: dict[str, Any], kinds: tuple[Any, ...], what: str) -> Any:
    """Return which of several records this is: the one whose ``Literal`` field agrees, or that has the same fields."""
    for kind in kinds:
        for name, (hint, _) in fields_of(kind).items():
            if get_origin(hint) is Literal and value.get(name) in get_args(hint):
                return kind
    for kind in kinds:
        if not any(get_origin(hint) is Literal for hint, _ in fields_of(kind).values()):
            return kind
    raise MessageError(f"{what} is of no known kind")


def _plain(value: Any, hint: Any, what: str) -> Any:
    if hint is str:
        if not isinstance(value, str):
            raise MessageError(f"{what} must be text, not {_quote(value)}")
        if "\0" in value or has_lone_surrogate(value):
            raise MessageError(f"{what} holds characters that are not text")
        return value
    if hint is bool:
        if not isinstance(value, bool):
            raise MessageError(f"{what} must be true or false, not {_quote(value)}")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MessageError(f"{what} must be a number, not {_quote(value)}")
    if hint is int:
        if isinstance(value, float) and not value.is_integer():
            raise MessageError(f"{what} must be a whole number, not {_quote(value)}")
        return int(value)
    if not math.isfinite(value):
        raise MessageError(f"{what} must be a finite number, not {_quote(value)}")
    return value


def _bound(value: Any, note: Any, what: str) -> None:
    if isinstance(note, Range) and isinstance(value, (int, float)) and not note.low <= value <= note.high:
        raise MessageError(f"{what} must be between {note.low:g} and {note.high:g}, not {_quote(value)}")
    if isinstance(note, Length) and isinstance(value, str) and len(value) > note.most:
        raise MessageError(f"{what} may have {note.most} characters at most, not {len(value)}")


def _quote(value: Any) -> str:
    """`value` in a few characters that can be shown anywhere."""
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and abs(value) > 2**63:
        return "a huge number"
    text = ascii(value)
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
