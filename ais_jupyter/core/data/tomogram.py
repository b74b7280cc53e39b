"""A tomogram: a volume read slice by slice, with its voxel size and origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ais_jupyter.core.data.errors import CancelledError, InputError, TomogramMissingError
from ais_jupyter.core.data.geometry import Vector3, as_voxel_size, axis_index
from ais_jupyter.core.data.names import volume_stem
from ais_jupyter.core.data.numbers import number, shown, whole
from ais_jupyter.core.data.texts import valid_title

#: Slices of a cross-section that are read between two looks at whether it is still wanted.
_SECTION_STEP = 16


class VolumeSource(Protocol):
    """What a tomogram reads from: a NumPy array, or a file that gives parts of itself as arrays."""

    shape: tuple[int, ...]
    dtype: np.dtype

    def __getitem__(self, key: Any) -> np.ndarray: ...


class Tomogram:
    """A volume (z, y, x) that is read from its file only where it is looked at.

    Parameters
    ----------
    data : array-like of shape (z, y, x), or None
        A NumPy array or any object with ``shape``, ``dtype`` and ``__getitem__``. None stands for a tomogram whose
        file is missing; then `shape` must be given.
    voxel_size : float or (z, y, x)
        Å; 0 means unknown.
    origin : (z, y, x)
        Å.
    name : str
        Used for the names of outputs; the stem of the file by default.
    path : path, optional
        Where the volume lies.
    shape : (z, y, x), optional
        Only for a missing tomogram.

    Raises
    ------
    InputError
        The volume does not have three axes, or one of them is empty.
    """

    def __init__(
        self,
        data: VolumeSource | np.ndarray | None,
        voxel_size: float | Sequence[float] = 0.0,
        origin: Sequence[float] = (0.0, 0.0, 0.0),
        name: str | None = None,
        path: str | Path | None = None,
        shape: Sequence[int] | None = None,
    ) -> None:
        if data is not None and not (hasattr(data, "shape") and hasattr(data, "dtype")):
            raise InputError(f"a tomogram is made of an array of (z, y, x), not of {shown(data)}")
        axes = (shape if data is None else data.shape) or ()
        if not isinstance(axes, Sequence) or len(axes) != 3:
            raise InputError(f"a tomogram has three axes (z, y, x); found shape {shown(axes)}")
        size = tuple(whole(n, "the size of a tomogram along an axis") for n in axes)
        self.data = data
        self.shape: tuple[int, int, int] = (size[0], size[1], size[2])
        self.voxel_size: Vector3 = as_voxel_size(voxel_size)
        if not isinstance(origin, (Sequence, np.ndarray)) or len(origin) != 3:
            raise InputError(f"an origin is three numbers (z, y, x) in Å, not {shown(origin)}")
        z, y, x = (number(v, "an origin (Å)") for v in origin)
        self.origin: Vector3 = (z, y, x)
        self.path = None if path is None else Path(path)
        self.name = valid_title(name or (volume_stem(self.path) if self.path else "")) or "tomogram"

    @property
    def available(self) -> bool:
        """Whether the voxels can be read."""
        return self.data is not None

    @property
    def dtype(self) -> np.dtype:
        """Type of the voxels as they are read."""
        return np.dtype(np.float32) if self.data is None else np.dtype(self.data.dtype)

    @property
    def pixel_size(self) -> float:
        """Å per pixel in XY; 0 when unknown."""
        return self.voxel_size[2]

    def slice(self, index: int, axis: str | int = "z", withdrawn: Callable[[], bool] = lambda: False) -> np.ndarray:
        """One slice: (y, x) for axis z, (z, x) for axis y, (z, y) for axis x.

        Parameters
        ----------
        index : int
            Number of the slice along the axis.
        axis : "z", "y", "x" or 0–2
            The axis that the slice lies across.
        withdrawn : callable
            Says whether the slice is no longer wanted. A cross-section touches the whole file, which may take a
            minute: it is asked every few slices.

        Raises
        ------
        IndexError
            `index` is outside the volume.
        TomogramMissingError
            The file is missing.
        CancelledError
            The slice was withdrawn.
        """
        number = axis_index(axis)
        if not 0 <= index < self.shape[number]:
            raise IndexError(f"slice {index} along {'zyx'[number]} is outside 0–{self.shape[number] - 1}")
        source, index = self._source(), int(index)
        if number == 0:
            return np.asarray(source[index])
        section = np.empty((self.shape[0], self.shape[3 - number]), self.dtype)
        for start in range(0, self.shape[0], _SECTION_STEP):
            if withdrawn():
                raise CancelledError(f"slice {index} along {'zyx'[number]} is no longer wanted")
            part = slice(start, start + _SECTION_STEP)
            section[part] = source[part, index] if number == 1 else source[part, :, index]
        return section

    def rows(self, z: int, start: int = 0, stop: int | None = None, step: int = 1) -> np.ndarray:
        """Return rows of one slice; the others need not come into memory.

        Parameters
        ----------
        z : int
            Number of the slice.
        start, stop, step : int
            As of ``range``.

        Returns
        -------
        array (rows, x)
            The grey values as they are stored.

        Raises
        ------
        TomogramMissingError
            The file is missing.
        """
        return np.asarray(self._source()[z, start:stop:step])

    def slab(self, start: int, stop: int) -> np.ndarray:
        """Slices start <= z < stop as an array (z, y, x)."""
        return np.asarray(self._source()[start:stop])

    def around(self, z: int, depth: int) -> np.ndarray:
        """`depth` slices z − depth//2 … as (depth, y, x); at the ends of the volume the edge slice repeats."""
        first = z - depth // 2
        wanted = np.clip(np.arange(first, first + depth), 0, self.shape[0] - 1)
        block = self.slab(int(wanted[0]), int(wanted[-1]) + 1)
        return block[wanted - wanted[0]]

    def _source(self) -> VolumeSource | np.ndarray:
        if self.data is None:
            raise TomogramMissingError(
                f"the tomogram {self.name!r} ({self.path}) cannot be found; relink it to read its voxels"
            )
        return self.data

    def __repr__(self) -> str:
        z, y, x = self.shape
        size = f"{self.pixel_size:.2f} Å" if self.pixel_size else "unknown voxel size"
        missing = "" if self.available else ", missing"
        return f"<Tomogram {self.name!r} {z}×{y}×{x} (z, y, x), {size}, {self.dtype}{missing}>"
