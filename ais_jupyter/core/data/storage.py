"""Lets data objects save themselves without knowing any file format, and never over something else.

``core.data`` stands at the bottom of the house and does no input or output, yet ``annotated.save(path)`` is what a user
types. ``core.files`` registers here, per type, what writes it, what reads any file, and what judges whether a file may
be replaced; the package names the module to import when the first object is saved.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class FileStamp:
    """A file as it was when an object was read from it or written to it; by it a change made by others is noticed."""

    path: str
    size: int
    time: int

    @classmethod
    def of(cls, path: str | Path) -> FileStamp | None:
        """Stamp of a file; None where there is none."""
        try:
            found = os.stat(path)
        except OSError:
            return None
        return cls(os.path.realpath(path), found.st_size, found.st_mtime_ns)


_writers: dict[type, Callable[[Any, Path], None]] = {}
_reader: Callable[[Path], Any] | None = None
_judge: Callable[[Any, Path, FileStamp | None, bool], None] | None = None
_provider: str | None = None


def use_provider(module: str) -> None:
    """Name the module whose import registers the writers, the reader and the judge."""
    global _provider
    _provider = module


def register_writer(kind: type, writer: Callable[[Any, Path], None]) -> None:
    """Let `writer(obj, path)` save objects of type `kind`."""
    _writers[kind] = writer


def register_reader(reader: Callable[[Path], Any]) -> None:
    """Let `reader(path)` open any supported file."""
    global _reader
    _reader = reader


def register_judge(judge: Callable[[Any, Path, FileStamp | None, bool], None]) -> None:
    """Let `judge(obj, path, stamp, overwrite)` raise where a file must not be replaced."""
    global _judge
    _judge = judge


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


def save(obj: Any, path: str | Path, overwrite: bool = False, owner: Any = None) -> Path:
    """Write `obj` to `path` in the format of its type and return the path.

    Parameters
    ----------
    obj : object
    path : path
    overwrite : bool
        Whether a file of the same kind may be replaced that `owner` does not come from, or that was changed since.
    owner : object, optional
        What remembers from which file it comes, where that is not `obj` itself.

    Raises
    ------
    TypeError
        No writer is known for this type.
    InputError
        The file must not be replaced.
    """
    _load_provider()
    owner = obj if owner is None else owner
    writer = next((_writers[kind] for kind in type(obj).__mro__ if kind in _writers), None)
    if writer is None:
        raise TypeError(f"no file format is registered for {type(obj).__name__}")
    target = Path(path).expanduser()
    if _judge is not None:
        _judge(obj, target, stamp_of(owner), overwrite)
    writer(obj, target)
    remember(owner, FileStamp.of(target))
    return target


def remember(obj: Any, stamp: FileStamp | None) -> None:
    """Note which file an object comes from."""
    if hasattr(obj, "__dict__"):
        obj.__dict__["_file_stamp"] = stamp


def stamp_of(obj: Any) -> FileStamp | None:
    """File from which an object comes, as it was then."""
    return getattr(obj, "__dict__", {}).get("_file_stamp")


def _load_provider() -> None:
    if _provider is not None:
        importlib.import_module(_provider)
