"""Declarations as TypeScript."""

import json
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from typing_extensions import is_typeddict

from ais_jupyter.widgets import wire
from ais_jupyter.widgets.wire.check import fields_of
from ais_jupyter.widgets.wire.declare import Event, Request
from ais_jupyter.widgets.wire.transport import MAX_MESSAGE

_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null", Any: "unknown"}


def wire_module() -> str:
    """Return the TypeScript module with every record, request and event."""
    names = _names()
    parts = [
        "/** Bytes. What is larger travels to the kernel in parts. */",
        f"export const MAX_MESSAGE = {MAX_MESSAGE};",
        "",
    ]
    for hint, name in names.items():
        if is_typeddict(hint):
            parts += [_interface(hint, name, names), ""]
        else:
            parts += [f"export type {name} = {_type(hint, names, expand=True)};", ""]
    parts += ["/** Every request by its kind. */", "export interface Requests {"]
    for request in wire.REQUESTS.values():
        question, answer = _type(request.question, names), _type(request.answer, names)
        parts += [_comment(_about(request), 2), f"  {request.kind}: {{ question: {question}; answer: {answer} }};"]
    parts += ["}", "", "/** Every event by its name. */", "export interface Events {"]
    for event in wire.EVENTS.values():
        parts += [_comment(_about(event), 2), f"  {event.name}: {_type(event.content, names)};"]
    parts += ["}", ""]
    return "\n".join(parts)


def _about(message: Request[Any, Any] | Event[Any]) -> str:
    return f"{message.about} Buffers: {message.buffers}." if message.buffers else message.about


def _names() -> dict[Any, str]:
    """Name of every record and alias that gets a name of its own in TypeScript."""
    found: dict[Any, str] = {}
    for subject in wire.SUBJECTS:
        for name, value in vars(subject).items():
            record = is_typeddict(value)
            if name.startswith("_") or not (record or get_origin(value) in (Annotated, Literal, Union, tuple, UnionType)
                                            or isinstance(value, UnionType)):  # fmt: skip
                continue
            if not record and _bare(value) in (str, int, float):
                continue  # a plain value with bounds
            if name in found.values() and found.get(value) != name:
                raise ValueError(f"two declarations are called {name}")
            found[value] = name
    return found


def _bare(hint: Any) -> Any:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint


def _interface(record: Any, name: str, names: dict[Any, str]) -> str:
    bases = [base for base in getattr(record, "__orig_bases__", ()) if base in names]
    inherited = {field for base in bases for field in fields_of(base)}
    if not bases and not fields_of(record):
        return f"{_comment(record.__doc__ or name, 0)}\nexport type {name} = Readonly<Record<string, never>>;"
    extends = f" extends {', '.join(names[base] for base in bases)}" if bases else ""
    lines = [_comment(record.__doc__ or name, 0), f"export interface {name}{extends} {{"]
    for field, (hint, required) in fields_of(record).items():
        if field in inherited:
            continue
        if doc := _doc(hint, names):
            lines.append(_comment(doc, 2))
        lines.append(f"  {field}{'' if required else '?'}: {_type(hint, names)};")
    return "\n".join([*lines, "}"])


def _doc(hint: Any, names: dict[Any, str]) -> str:
    if get_origin(hint) is not Annotated or hint in names:
        return ""
    return "; ".join(note for note in get_args(hint)[1:] if isinstance(note, str))


def _type(hint: Any, names: dict[Any, str], expand: bool = False) -> str:
    if not expand and _hashable(hint) and hint in names:
        return names[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(inner[0], names)
    if origin is Literal:
        return " | ".join(json.dumps(one) for one in inner)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(_type(one, names) for one in inner))
    if origin is list:
        return f"readonly {_bracketed(_type(inner[0], names))}[]"
    if origin is tuple:
        return f"readonly [{', '.join(_type(one, names) for one in inner)}]"
    if origin is dict:
        return f"Readonly<Record<string, {_type(inner[1], names)}>>"
    return _PLAIN[hint]


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text


def _hashable(hint: Any) -> bool:
    try:
        hash(hint)
    except TypeError:
        return False
    return True


def _comment(text: str, indent: int) -> str:
    words = " ".join(text.split())
    return f"{' ' * indent}/** {words[0].upper() + words[1:] if indent else words} */"
