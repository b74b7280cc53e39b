"""Unpickling what Ais saved, and nothing else: every name in the file must be on the list here, and none of them runs.

The classes and functions that a ``.scns`` names are replaced by inert stand-ins: records that keep what they were
given, and arrays that are rebuilt from their bytes. Anything else is refused by name. Stand-ins for functions are made
anew for every file and take no attributes, so that a file cannot change what the next one is read with.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import AisError, FileFormatError, UnsafeFileError

_OPCODES = {
    "PROTO", "FRAME", "STOP", "MARK", "POP", "POP_MARK", "DUP", "MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT",
    "GET", "BINGET", "LONG_BINGET", "NONE", "NEWTRUE", "NEWFALSE", "INT", "BININT", "BININT1", "BININT2",
    "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE",
    "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "EMPTY_LIST",
    "APPEND", "APPENDS", "LIST", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "EMPTY_DICT", "DICT",
    "SETITEM", "SETITEMS", "GLOBAL", "STACK_GLOBAL", "REDUCE", "NEWOBJ", "BUILD",
}  # fmt: skip


_NUMBER_TYPE = re.compile(r"[<>|=]?([iu][1248]|f[248]|b1|u?int(8|16|32|64)|float(16|32|64))")


class Record:
    """Stand-in for an object: keeps the arguments it was made with and its state."""

    kind = ""

    def __new__(cls, *args: Any) -> Record:  # noqa: D102
        record = object.__new__(cls)
        record.args = args
        record.state = None
        return record

    def __init__(self, *args: Any) -> None:
        self.args: tuple[Any, ...]
        self.state: Any

    def __setstate__(self, state: Any) -> None:
        if not isinstance(self, Record):  # the state of a class itself
            raise UnsafeFileError("it changes a class, which is not allowed")
        self.state = state

    @property
    def fields(self) -> dict[str, Any]:
        """The attributes of the object; empty when it has none."""
        return self.state if isinstance(self.state, dict) else {}


class DtypeRecord(Record):
    """A NumPy type; only plain numbers can be decoded."""

    @property
    def dtype(self) -> np.dtype:
        """The type, for booleans, integers and floats.

        Raises
        ------
        FileFormatError
            It is another kind of type, such as Python objects.
        """
        code = self.args[0] if self.args else None
        code = code.name.rsplit(".", 1)[-1] if isinstance(code, _StandIn) else code
        if not isinstance(code, str) or not _NUMBER_TYPE.fullmatch(code):
            raise FileFormatError(f"arrays of {str(code)[:30]!r} are not numbers")
        order = self.state[1] if isinstance(self.state, tuple) and len(self.state) > 1 else "="
        return np.dtype(code).newbyteorder(">" if order == ">" else "<" if order == "<" else "=")


class ArrayRecord(Record):
    """A NumPy array as it is pickled: (version, shape, type, Fortran order, bytes)."""

    @property
    def size(self) -> int:
        """Bytes of its data."""
        return len(self.state[4]) if isinstance(self.state, tuple) and len(self.state) == 5 else 0

    def decode(self) -> np.ndarray:
        """Return the array.

        Raises
        ------
        FileFormatError
            Its parts do not fit together, or it does not hold numbers.
        """
        state = self.state
        if not isinstance(state, tuple) or len(state) != 5 or not isinstance(state[2], DtypeRecord):
            raise FileFormatError("an array is incomplete")
        _, shape, kind, fortran, data = state
        dtype = kind.dtype
        if not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape) or len(shape) > 4:
            raise FileFormatError(f"an array has the shape {str(shape)[:60]}")
        if not isinstance(data, bytes) or len(data) != math.prod(shape) * dtype.itemsize:
            raise FileFormatError(f"an array of {shape} {dtype} does not have the bytes for it")
        return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


class _StandIn:
    """Stand-in for a function, or for something that is only mentioned; the instruction BUILD cannot change it."""

    __slots__ = ("function", "name")

    def __init__(self, name: str, function: Callable[..., Any] | None = None) -> None:
        self.name, self.function = name, function

    def __call__(self, *args: Any) -> Any:
        if self.function is None:
            raise UnsafeFileError(f"it calls {self.name}, which is not allowed")
        return self.function(*args)

    def __setstate__(self, state: Any) -> None:
        raise UnsafeFileError(f"it changes {self.name}, which is not allowed")


class _FileHandle(Record):
    """Stand-in for an open file; nothing is opened."""


def _reconstruct(*args: Any) -> ArrayRecord:
    return ArrayRecord(*args)


def _create_array(function: Any, args: Any, state: Any, extra: Any = None) -> ArrayRecord:
    """Stand-in for what dill writes in place of an array."""
    if not isinstance(function, _StandIn) or function.function is not _reconstruct:
        raise UnsafeFileError("it lets dill._dill._create_array call something else than NumPy")
    array = ArrayRecord(*args)
    array.__setstate__(state)
    return array


def _scalar(dtype: Any, data: Any = b"") -> Any:
    if not isinstance(dtype, DtypeRecord) or not isinstance(data, bytes) or len(data) != dtype.dtype.itemsize:
        raise FileFormatError("a number is damaged")
    return np.frombuffer(data, dtype.dtype)[0].item()


def _encode(text: Any, encoding: Any = "") -> bytes:
    """Stand-in for how the older protocols write bytes."""
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise UnsafeFileError("it calls _codecs.encode for something else than bytes")
    return text.encode("latin1")


_CLASSES = {
    "se_frame": {"SEFrame", "Segmentation", "Transform", "Overlay"},
    "opengl_classes": {"Texture", "VertexArray", "VertexBuffer", "IndexBuffer", "Transform"},
    "clem_frame": {"Overlay"},
}
#: Functions that may be called, and names that may be mentioned (None).
_FUNCTIONS: dict[tuple[str, str], Callable[..., Any] | None] = {
    ("dill._dill", "_create_array"): _create_array,
    ("_codecs", "encode"): _encode,
    ("io", "open"): None,
    ("_io", "open"): None,
}
_RECORDS: dict[tuple[str, str], type[Record]] = {
    ("dill._dill", "_create_filehandle"): _FileHandle,
    ("numpy", "dtype"): DtypeRecord,
    ("OpenGL.constant", "IntConstant"): type("IntConstant", (Record,), {"kind": "IntConstant"}),
    ("mrcfile.mrcfile", "MrcFile"): type("MrcFile", (Record,), {"kind": "MrcFile"}),
}
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    _FUNCTIONS[_module, "_reconstruct"] = _reconstruct
    _FUNCTIONS[_module, "scalar"] = _scalar
for _name in (
    "ndarray", "memmap", "recarray", "record", "bool_", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "float16", "float32", "float64",
):  # fmt: skip
    _FUNCTIONS["numpy", _name] = _FUNCTIONS["numpy.rec", _name] = None
_AIS = {
    (module, name): type(name, (Record,), {"kind": name}) for module, names in _CLASSES.items() for name in names
}  # fmt: skip


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _FUNCTIONS:
            return _StandIn(f"{module}.{name}", _FUNCTIONS[module, name])
        if (module, name) in _RECORDS:
            return _RECORDS[module, name]
        # Ais moved between packages: core., Pom.core., scNodes.core., Ais.core.
        match = re.fullmatch(r"(?:\w+\.)?core\.(\w+)", module)
        if match and (match[1], name) in _AIS:
            return _AIS[match[1], name]
        raise UnsafeFileError(f"it asks for {module}.{name}, which annotations never need")

    def persistent_load(self, pid: Any) -> Any:
        raise UnsafeFileError("it refers to objects outside the file")


def load_pickle(path: Path) -> Record:
    """Unpickle a file of Ais into records; nothing in it is executed.

    Raises
    ------
    UnsafeFileError
        It names something that is not on the list.
    FileFormatError
        It is not a pickle, or is damaged.
    """
    try:
        data = path.read_bytes()
        _check_opcodes(data)
        found = _Unpickler(io.BytesIO(data)).load()
    except AisError as error:
        kind = type(error)
        note = "; nothing of the file was executed" if kind is UnsafeFileError else ""
        raise kind(f"{path}: {error}{note}") from None
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error
    except Exception as error:  # a damaged pickle can make the unpickler raise nearly anything
        raise FileFormatError(f"{path}: the pickle is damaged or truncated ({error})") from None
    if not isinstance(found, Record):
        raise FileFormatError(f"{path}: expected annotations of Ais, found a {type(found).__name__}")
    return found


def _check_opcodes(data: bytes) -> None:
    """Refuse what annotations never need before anything is built.

    An index into the memory of the unpickler makes it allocate that much, so it must fit the file.
    """
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name not in _OPCODES:
            raise UnsafeFileError(f"it uses the pickle instruction {opcode.name}, which annotations never need")
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(argument or 0) > len(data):
            raise UnsafeFileError("it announces more objects than it can hold")
