"""Writing a volume slice by slice, in any order, with memory that does not depend on its size."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileWriteError, InputError
from ais_jupyter.core.data.geometry import Vector3, as_voxel_size
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc_header import HEADER_SIZE, WRITTEN_BY, MrcHeader, Placement, make_header, stored_dtype
from ais_jupyter.core.files.safe_write import PartFile, writing


class VolumeWriter:
    """An MRC file being written; slices that are never written are zero.

    Nothing appears under the final name before `commit`, whatever happens. As a context manager it commits when the
    block ends and aborts when the block fails. May be used from several threads.

    Parameters
    ----------
    path : path
    shape : (z, y, x)
    dtype : dtype
        Of the voxels; uint8 is stored in 16 bits (mode 6) as Ais does, float64 in 32.
    voxel_size : float or (z, y, x)
        Å; 0 unknown.
    origin : (z, y, x)
        Å.
    like : Tomogram, optional
        The input: its place, axis order, cell angles and labels are taken over, so that both lie over each other in
        any program; `origin` does not count then.
    labels : list of str
        What the volume is, up to 80 characters each; they become labels of the header, before those of `like`.
    keep_bytes : bool
        Store unsigned bytes as bytes, marked as unsigned, instead of widening them.

    Raises
    ------
    FileWriteError
        The folder is missing or not writable, or the disk has no room for the volume.
    InputError
        MRC cannot hold such voxels.
    """

    def __init__(
        self,
        path: str | Path,
        shape: Sequence[int],
        dtype: Any,
        voxel_size: float | Sequence[float],
        origin: Sequence[float] = (0.0, 0.0, 0.0),
        like: Tomogram | None = None,
        labels: Sequence[str] = (),
        keep_bytes: bool = False,
    ) -> None:
        if len(shape) != 3 or min(shape) < 1:
            raise InputError(f"a volume has three axes (z, y, x), none of them empty; found shape {tuple(shape)}")
        self.shape = int(shape[0]), int(shape[1]), int(shape[2])
        self.path = Path(path)
        self._dtype = np.dtype(dtype)
        self._as_bytes = keep_bytes and self._dtype == np.uint8
        self._stored = np.dtype(np.int8) if self._as_bytes else stored_dtype(self._dtype)
        self._placement = _placement(as_voxel_size(voxel_size), origin, like, tuple(labels))
        self._statistics = np.zeros((self.shape[0], 4))  # minimum, maximum, sum, sum of squares of each slice
        self._lock = threading.Lock()
        self._file = PartFile(self.path)
        try:
            self._check_room()
            with writing(self._file.target):
                self._stream = open(self._file.part, "r+b", buffering=0)  # noqa: SIM115
                self._stream.truncate(HEADER_SIZE + self._n_bytes)
        except BaseException:
            self._file.abort()
            raise

    def write(self, z: int, array: np.ndarray) -> None:
        """Write one slice (y, x) as slice `z`, or a slab (n, y, x) starting there.

        Raises
        ------
        InputError
            The array does not fit into the volume.
        FileWriteError
            The disk is full.
        """
        slab = np.asarray(array)
        slab = slab[np.newaxis] if slab.ndim == 2 else slab
        if slab.shape[1:] != self.shape[1:] or not 0 <= z <= self.shape[0] - len(slab):
            raise InputError(
                f"a slab of {slab.shape} at slice {z} does not fit into a volume of {self.shape} (z, y, x)"
            )
        if not np.can_cast(slab.dtype, self._dtype, "same_kind"):
            raise InputError(f"voxels of {slab.dtype} do not fit into a volume of {self._dtype}")
        plane_size = self.shape[1] * self.shape[2] * self._stored.itemsize
        for number, plane in enumerate(slab, z):  # one at a time: the widened copy stays small
            data = np.ascontiguousarray(plane)
            data = data.view(np.int8) if self._as_bytes and data.dtype == np.uint8 else data.astype(self._stored)
            row = _plane_statistics(data.view(np.uint8) if self._as_bytes else data)
            with self._lock, writing(self._file.target):
                self._stream.seek(HEADER_SIZE + number * plane_size)
                _write_all(self._stream, data)
                self._statistics[number] = row

    def commit(self) -> None:
        """Write the header and give the file its final name."""
        low, high = self._statistics[:, 0].min(), self._statistics[:, 1].max()
        count = float(np.prod(self.shape, dtype=float))
        mean = self._statistics[:, 2].sum() / count
        deviation = np.sqrt(max(0.0, self._statistics[:, 3].sum() / count - mean**2))
        statistics = float(low), float(high), float(mean), float(deviation)
        header = make_header(self.shape, self._stored, self._placement, statistics, unsigned_bytes=self._as_bytes)
        try:
            with writing(self._file.target):
                self._stream.seek(0)
                self._stream.write(header)
                self._stream.close()
        except BaseException:
            self.abort()
            raise
        self._file.commit()

    def abort(self) -> None:
        """Give up: nothing is left, and a file that was there before stays."""
        self._stream.close()
        self._file.abort()

    def __enter__(self) -> VolumeWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.abort()

    @property
    def _n_bytes(self) -> int:
        return self.shape[0] * self.shape[1] * self.shape[2] * self._stored.itemsize

    def _check_room(self) -> None:
        """Say at once, not after hours of work, that the disk is too small."""
        free = shutil.disk_usage(self._file.target.parent).free
        if free < self._n_bytes:
            raise FileWriteError(
                f"cannot write {self.path}: it needs {self._n_bytes / 1e6:.0f} MB "
                f"and the disk has {free / 1e6:.0f} MB free"
            )


def _placement(
    voxel_size: Vector3, origin: Sequence[float], like: Tomogram | None, labels: tuple[str, ...]
) -> Placement:
    if like is None:
        z, y, x = (float(v) for v in origin)
        return Placement(voxel_size, (z, y, x), labels=labels)
    header = getattr(like.data, "header", None)
    if isinstance(header, MrcHeader):
        kept = tuple(one for one in header.labels if one != WRITTEN_BY)
        return Placement(voxel_size, header.origin, header.nstart, header.axes, header.angles, (*labels, *kept))
    return Placement(voxel_size, like.origin, labels=labels)


def _plane_statistics(plane: np.ndarray) -> tuple[float, float, float, float]:
    values = plane if plane.dtype.kind != "f" else plane[np.isfinite(plane)]
    if not values.size:
        return 0.0, 0.0, 0.0, 0.0
    wide = values.astype(np.float64)
    return float(values.min()), float(values.max()), float(wide.sum()), float(np.square(wide).sum())


def _write_all(stream: Any, data: np.ndarray) -> None:
    view = memoryview(data.reshape(-1).view(np.uint8))  # type: ignore[arg-type]
    while len(view):
        view = view[stream.write(view) :]
