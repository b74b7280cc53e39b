"""Writing pickles of objects whose classes are not installed here: only their names go into the file."""

from __future__ import annotations

import pickle
from typing import Any, BinaryIO, ClassVar

PROTOCOL = 4


class NamedClass:
    """Name of a class or function that the reader will look up."""

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name


class NamedObject:
    """An object of such a class.

    Parameters
    ----------
    kind : NamedClass
    args : tuple
        Given to the constructor.
    state : dict
        Its attributes; may refer to the object itself.
    call : bool
        Whether reading calls the class (which runs its ``__init__``) or only makes the object.
    """

    def __init__(self, kind: NamedClass, args: tuple[Any, ...] = (), call: bool = False) -> None:
        self.kind = kind
        self.args = args
        self.state: dict[str, Any] = {}
        self.call = call


#: The pickler of the standard library in Python, which alone lets the saving of names be changed.
_StandardPickler: Any = pickle._Pickler  # type: ignore[attr-defined]


class _Pickler(_StandardPickler):
    dispatch: ClassVar[dict[type, Any]] = dict(_StandardPickler.dispatch)

    def save_named_class(self, obj: NamedClass) -> None:
        self.save(obj.module)
        self.save(obj.name)
        self.write(pickle.STACK_GLOBAL)
        self.memoize(obj)

    def save_named_object(self, obj: NamedObject) -> None:
        self.save(obj.kind)
        self.save(obj.args)
        self.write(pickle.REDUCE if obj.call else pickle.NEWOBJ)
        self.memoize(obj)
        self.save(obj.state)
        self.write(pickle.BUILD)

    def save_global(self, obj: Any, name: str | None = None) -> None:
        """Write the module paths that both old and new NumPy know."""
        module = getattr(obj, "__module__", "") or ""
        if module.startswith("numpy"):
            known = "numpy.core.multiarray" if "multiarray" in module else "numpy"
            self.save_named_class(NamedClass(known, name or obj.__name__))
        else:
            super().save_global(obj, name)

    dispatch[NamedClass] = save_named_class
    dispatch[NamedObject] = save_named_object
    dispatch[type] = save_global


def dump(obj: Any, file: BinaryIO) -> None:
    """Write `obj`, made of plain values, NumPy arrays and `NamedObject`, as a pickle of protocol 4."""
    _Pickler(file, PROTOCOL).dump(obj)
