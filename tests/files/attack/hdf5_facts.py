"""HDF5 files that are whole and lie: one attribute, array, name or link is another."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable

import h5py
import numpy as np

MAGIC = b"\x89HDF\r\n\x1a\n"
SHAPES = ((), (0,), (1,), (3, 3), (1 << 20, 1 << 12), (2, 3, 4, 5, 6), (1 << 31,))
TYPES = ("f2", "f8", "i1", "u8", "c8", "S5", h5py.string_dtype(), np.dtype([("a", "f4"), ("b", "i2")]))
NUMBERS = (0, -1, 1 << 31, 1 << 62, float("nan"), float("inf"), 1e308)


def spoil(good: bytes, chance: random.Random, spoil_json: Callable[[bytes, random.Random], bytes]) -> bytes:
    """Return the file with one fact changed; `spoil_json` changes one in the texts that describe the network."""
    memory = io.BytesIO(good)
    with contextlib.suppress(ValueError, OSError, TypeError, RuntimeError, KeyError), h5py.File(memory, "r+") as file:
        names: list[str] = ["/"]
        file.visit(names.append)
        groups = [name for name in names if isinstance(file[name], h5py.Group)]
        arrays = [name for name in names if isinstance(file[name], h5py.Dataset)]
        way = chance.randrange(4)
        if way == 0:
            _attribute(file[chance.choice(names)], chance, spoil_json)
        elif way == 1 and arrays:
            _array(file, chance.choice(arrays), chance)
        elif way == 2:
            _link(file, chance.choice(groups), chance)
        else:
            _name(file, chance.choice(names[1:]), chance)
    return memory.getvalue()


def _attribute(holder: h5py.HLObject, chance: random.Random, spoil_json: Callable) -> None:
    keys = list(holder.attrs)
    if not keys:
        holder.attrs["weight_names"] = np.array([b"x"] * chance.choice([1, 1000]))
        return
    key = chance.choice(keys)
    value = holder.attrs[key]
    if isinstance(value, (str, bytes)):
        text = value.encode() if isinstance(value, str) else value
        changed = (
            spoil_json(text, chance) if text[:1] in b"{[" else chance.choice([b"", b"\xff\xfe", b"../x", b"9" * 99])
        )
        holder.attrs[key] = changed.decode("utf-8", "replace").replace("\0", "")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "SO" and len(value):
        names = list(value)
        names[chance.randrange(len(names))] = chance.choice([b"", b"no such", b"../..", names[0], b"/"])
        holder.attrs[key] = np.array(names, "S")
    else:
        holder.attrs[key] = chance.choice([chance.choice(NUMBERS), "text", np.zeros(3), np.zeros((2, 2), "S3")])


def _array(file: h5py.File, name: str, chance: random.Random) -> None:
    shape = chance.choice([*SHAPES, file[name].shape, file[name].shape[::-1]])
    dtype = chance.choice([*TYPES, file[name].dtype])
    del file[name]
    if np.prod(shape, dtype=float) > 1e6:  # it is not written: a file of a few bytes that asks for gigabytes
        file.create_dataset(name, shape, dtype, chunks=tuple(min(n, 64) for n in shape))
        return
    options = {"chunks": True, "compression": chance.choice([None, "gzip", "lzf"])} if shape and 0 not in shape else {}
    made = file.create_dataset(name, shape, dtype, **options)
    if made.dtype.kind in "fiu" and chance.random() < 0.5:
        made[...] = np.full(shape, chance.choice([0, 1, np.nan if made.dtype.kind == "f" else 7]))


def _link(file: h5py.File, group: str, chance: random.Random) -> None:
    name = f"link{chance.randrange(9)}" if chance.random() < 0.3 else chance.choice([*file[group], "link"])
    with contextlib.suppress(KeyError):
        del file[group][name]
    way = chance.randrange(4)
    if way == 0:
        file[group][name] = file[group]  # a circle
    elif way == 1:
        file[group][name] = h5py.SoftLink(chance.choice([f"{group}/{name}", "/", "/no such", ".."]))
    elif way == 2:
        file[group][name] = h5py.ExternalLink(chance.choice(["/etc/passwd", "other.h5"]), "/")
    else:
        file[group][name] = file["/"]


def _name(file: h5py.File, name: str, chance: random.Random) -> None:
    if chance.random() < 0.4:
        del file[name]
    else:
        file.move(name, chance.choice(["moved", "a/b/c", f"{name}x", "a" * 5000, ".hidden"]))
