"""A volume that lies uncompressed in a file and is read from it piece by piece."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ais_jupyter.core.data.errors import TomogramChangedError, TomogramMissingError
from ais_jupyter.core.files.byte_sign import ByteReading
from ais_jupyter.core.files.file_identity import FileIdentity

#: Rows are read one by one where fewer than one in so many is wanted.
_SPARSE = 4
#: Bytes read at once of a plane of which a part is wanted.
_BAND = 32 << 20


class RawVolume:
    """Voxels of a file as an array-like (z, y, x) that reads what is asked for, and keeps nothing.

    Reading is plain file input, not a memory map: mapped pages would count as memory of the process, which must not
    grow with the volume.

    Parameters
    ----------
    source : path or open binary file
        An open file is used as it is (and closed with this object); a path is opened for each access, so that
        thousands of volumes can be held at once.
    offset : int
        Bytes before the first voxel.
    shape : (z, y, x)
    stored : dtype
        Type in the file, with byte order.
    header : object, optional
        What the file says besides; see `mrc_header.MrcHeader`.

    Attributes
    ----------
    bytes : ByteReading or None
        How 8-bit voxels are seen, and why.
    """

    def __init__(
        self,
        source: str | Path | BinaryIO,
        offset: int,
        shape: tuple[int, int, int],
        stored: np.dtype,
        header: Any = None,
    ) -> None:
        self.shape: tuple[int, ...] = shape
        self.ndim = 3
        self.stored = np.dtype(stored)
        self.dtype = self.stored.newbyteorder("=")
        self.header = header
        self.bytes: ByteReading | None = None
        self._source = source if hasattr(source, "read") else Path(source)
        self._identity = FileIdentity.of(self._source) if isinstance(self._source, Path) else None
        self._offset = offset
        self._lock = threading.Lock()

    def see_bytes(self, reading: ByteReading) -> None:
        """See the 8-bit voxels of the file in another way."""
        self.bytes, self.dtype = reading, reading.dtype

    def __getitem__(self, key: Any) -> np.ndarray:
        """Index with integers and slices, as NumPy does; the result is an array of its own."""
        z, y, x = self._full_key(key)
        numbers = np.arange(self.shape[0])[z]
        first, count = self._rows(y)
        inner = (_shifted(y, first, self.shape[1]), x)
        if isinstance(self._source, Path):
            with self._opened(self._source) as file:
                return self._read(file, numbers, first, count, inner)
        with self._lock:
            return self._read(self._source, numbers, first, count, inner)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self[:], dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def _opened(self, path: Path) -> BinaryIO:
        try:
            file = open(path, "rb")  # noqa: SIM115  the caller closes it
        except OSError as error:
            raise TomogramMissingError(f"{path} was moved or deleted while it was open ({error.strerror})") from error
        if self._identity is not None and not self._identity.is_of(file):
            file.close()
            raise TomogramChangedError(
                f"{path} has changed or is damaged since it was opened: close it and open it again"
            )
        return file

    def _full_key(self, key: Any) -> tuple[Any, Any, Any]:
        parts = list(key) if isinstance(key, tuple) else [key]
        if any(part is Ellipsis for part in parts):
            place = next(i for i, part in enumerate(parts) if part is Ellipsis)
            parts[place : place + 1] = [slice(None)] * (4 - len(parts))
        parts += [slice(None)] * (3 - len(parts))
        if len(parts) != 3 or not all(isinstance(p, (int, np.integer, slice)) for p in parts):
            raise IndexError(f"a volume in a file takes up to three integers or slices (z, y, x), not {key!r}")
        return parts[0], parts[1], parts[2]

    def _rows(self, y: Any) -> tuple[int, int]:
        """First row and number of rows that hold everything `y` selects."""
        rows = np.atleast_1d(np.arange(self.shape[1])[y])
        return (int(rows.min()), int(np.ptp(rows)) + 1) if rows.size else (0, 0)

    def _read(self, file: Any, numbers: np.ndarray, first: int, count: int, inner: tuple[Any, Any]) -> np.ndarray:
        width = self.shape[2]
        if _whole(inner, self.shape) and _consecutive(numbers):
            block = self._block(file, int(numbers.flat[0]) if numbers.size else 0, 0, numbers.size * self.shape[1])
            return self._native(block.reshape(*numbers.shape, *self.shape[1:]))
        planes = [self._plane(file, int(z), first, count, inner) for z in np.atleast_1d(numbers)]
        if numbers.ndim == 0:
            return planes[0]
        if not planes:
            return np.empty((0, *np.empty((count, width))[inner].shape), self.dtype)
        return np.stack(planes)

    def _plane(self, file: Any, z: int, first: int, count: int, inner: tuple[Any, Any]) -> Any:
        """Read one plane, in bands: what was not asked for leaves memory at once, however large the plane is."""
        rows, columns = inner
        wanted = np.arange(count)[rows]
        if wanted.ndim == 0:
            found = self._native(self._block(file, z, first + int(wanted), 1)[columns])
            return np.array(found) if np.ndim(found) else found
        width = self.shape[2]
        sparse = wanted.size * _SPARSE < count
        height = 1 if sparse else max(1, _BAND // max(1, width * self.stored.itemsize))
        found = np.empty((wanted.size, *np.empty(width)[columns].shape), self.dtype)
        for start in range(0, wanted.size, height):
            band = wanted[start : start + height]
            low = int(band.min())
            block = self._block(file, z, first + low, int(band.max()) - low + 1).reshape(-1, width)
            found[start : start + height] = self._native(block[:, columns])[band - low]
        return found

    def _block(self, file: Any, z: int, row: int, rows: int) -> np.ndarray:
        """Read `rows` rows that follow each other in the file, starting at `row` of slice `z`."""
        block = np.empty(rows * self.shape[2], self.stored)
        file.seek(self._offset + (z * self.shape[1] + row) * self.shape[2] * self.stored.itemsize)
        view = memoryview(block.view(np.uint8))  # type: ignore[arg-type]
        done = 0
        while done < len(view):
            got = file.readinto(view[done:])
            if not got:
                raise TomogramChangedError(
                    f"{self._source} ended while slice {z} was read: the file has changed or is damaged"
                )
            done += got
        return block

    def _native(self, block: Any) -> Any:
        if self.stored.newbyteorder("=") == self.dtype:
            return block.astype(self.dtype, copy=False)
        if self.bytes is not None and self.bytes.shifted:  # adding 128 is turning the highest bit over
            return block.view(np.uint8) ^ np.uint8(128)
        return block.view(self.dtype)


def _shifted(index: Any, first: int, length: int) -> Any:
    """Index into the rows that were read instead of into the whole slice."""
    if isinstance(index, slice):
        chosen = np.arange(length)[index]
        return chosen - first if index != slice(None) else index
    return int(np.arange(length)[index]) - first


def _whole(inner: tuple[Any, Any], shape: tuple[int, ...]) -> bool:
    return all(
        isinstance(part, slice) and part.indices(size) == (0, size, 1)
        for part, size in zip(inner, shape[1:], strict=True)
    )


def _consecutive(numbers: np.ndarray) -> bool:
    return numbers.size < 2 or bool(np.all(np.diff(numbers) == 1))
