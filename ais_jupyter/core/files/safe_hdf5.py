"""Access to HDF5 content that may come from anywhere: no links out of the file, no sizes the file cannot hold."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import AisError, FileFormatError, UnsafeFileError

MAGIC = b"\x89HDF\r\n\x1a\n"
_BEST_RATIO = 1100  # of deflate, the filter that networks are stored with if any
_LONGEST_TEXT = 64 << 20


@contextmanager
def opened_hdf5(data: bytes, what: str) -> Iterator[Any]:
    """Open an HDF5 file that lies in memory; whatever its library complains about becomes our own error."""
    import h5py

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            yield file
    except AisError:
        raise
    except Exception as error:  # a damaged file can make h5py raise nearly anything
        raise FileFormatError(f"{what}: the HDF5 file is damaged ({error})") from error


def child(group: Any, path: str, what: str) -> Any:
    """Return the group or dataset at `path` below `group`, which must lie in this very file.

    Raises
    ------
    UnsafeFileError
        There is a soft or external link on the way.
    FileFormatError
        There is nothing of that name.
    """
    import h5py

    for part in path.split("/"):
        link = group.get(part, getlink=True) if isinstance(group, h5py.Group) and part else None
        if link is None:
            raise FileFormatError(f"{what}: {path!r} is missing")
        if not isinstance(link, h5py.HardLink):
            raise UnsafeFileError(f"{what}: {path!r} is a link to another place; only data in the file itself is read")
        group = group[part]
    return group


def read_array(dataset: Any, what: str) -> np.ndarray:
    """Return a dataset of real numbers.

    Raises
    ------
    UnsafeFileError
        The data lie in other files, or more is announced than the file can hold.
    FileFormatError
        They are not real numbers.
    """
    import h5py

    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "fiu" or dataset.shape is None:
        raise FileFormatError(f"{what}: expected an array of numbers")
    if dataset.external or dataset.is_virtual:
        raise UnsafeFileError(f"{what}: the data lie in other files; only data in the file itself is read")
    stored = dataset.id.get_storage_size()
    needed = int(np.prod(dataset.shape, dtype=object)) * dataset.dtype.itemsize
    if needed > stored * (_BEST_RATIO if dataset.chunks else 1):
        raise UnsafeFileError(f"{what}: {needed} bytes are announced where {stored} are stored; refused")
    return np.asarray(dataset[()])


def text_attribute(group: Any, name: str, what: str) -> str | None:
    """Return a text attribute, or None where there is none."""
    if name not in group.attrs:
        return None
    _check_size(group, name, what)
    value = group.attrs[name]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise FileFormatError(f"{what}: attribute {name!r} should be text")
    return value


def names_attribute(group: Any, name: str, what: str) -> list[str]:
    """Return a list of names; long lists are spread over ``name0``, ``name1``, … as Keras does."""
    found = [name] if name in group.attrs else []
    while f"{name}{len(found)}" in group.attrs and found != [name]:
        found.append(f"{name}{len(found)}")
    if not found:
        raise FileFormatError(f"{what}: the list {name!r} is missing")
    names: list[str] = []
    for key in found:
        _check_size(group, key, what)
        values = np.atleast_1d(group.attrs[key])
        if values.size and values.dtype.kind not in "SUO":
            raise FileFormatError(f"{what}: attribute {name!r} should be a list of names")
        names += [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values.ravel().tolist()]
    return names


def _check_size(group: Any, name: str, what: str) -> None:
    attribute = group.attrs.get_id(name)
    if int(np.prod(attribute.shape or (), dtype=object)) * attribute.dtype.itemsize > _LONGEST_TEXT:
        raise UnsafeFileError(f"{what}: attribute {name!r} announces an absurd size; refused")
