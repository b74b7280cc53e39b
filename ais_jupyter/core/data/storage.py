"""Lets data objects save themselves without knowing any file format.

``core.data`` stands at the bottom of the house and may import nothing of ours, yet ``annotated.save(path)`` is what a
user types. ``core.files`` registers here, per type, the function that writes it; the package names
the module to import when the first object is saved.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_writers: dict[type, Callable[[Any, Path], None]] = {}
_reader: Callable[[Path], Any] | None = None
_provider: str | None = None


def use_provider(module: str) -> None:
    """Name the module whose import registers the writers."""
    global _provider
    _provider = module


def register_writer(kind: type, writer: Callable[[Any, Path], None]) -> None:
    """Let `writer(obj, path)` save objects of type `kind`."""
    _writers[kind] = writer


def register_reader(reader: Callable[[Path], Any]) -> None:
    """Let `reader(path)` open any supported file."""
    global _reader
    _reader = reader


def _load_provider() -> None:
    if _provider is not None:
        importlib.import_module(_provider)


def load(path: str | Path, kind: type[T]) -> T:
    """Open `path`, which must hold a `kind`.

    Raises
    ------
    TypeError
        It holds something else, or no reader is registered.
    """
    _load_provider()
    if _reader is None:
        raise TypeError("no file formats are registered")
    found = _reader(Path(path).expanduser())
    if not isinstance(found, kind):
        raise TypeError(f"{path} holds a {type(found).__name__}; expected a {kind.__name__}")
    return found


def save(obj: Any, path: str | Path) -> Path:
    """Write `obj` to `path` in the format of its type and return the path.

    Raises
    ------
    TypeError
        No writer is known for this type.
    """
    _load_provider()
    for kind in type(obj).__mro__:
        if kind in _writers:
            target = Path(path).expanduser()
            _writers[kind](obj, target)
            return target
    raise TypeError(f"no file format is registered for {type(obj).__name__}")
