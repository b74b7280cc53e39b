"""TIFF stacks as tomograms: uncompressed ones are read in place, others page by page."""

from __future__ import annotations

import contextlib
import logging
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.geometry import Vector3
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.raw_volume import RawVolume

_ANGSTROM = {
    "å": 1.0, "angstrom": 1.0, "ångström": 1.0, "a": 1.0, "nm": 10.0, "nanometer": 10.0, "µm": 1e4, "μm": 1e4,
    "um": 1e4, "micron": 1e4, "micrometer": 1e4, "\\u00b5m": 1e4, "mm": 1e7, "cm": 1e8, "inch": 2.54e8, "pm": 0.01,
}  # fmt: skip
_COARSEST = 1e4  # Å; beyond that the resolution is meant for a printer
_BEST_RATIO = 1100  # of deflate; LZW and PackBits are below
_STACK_AXES = set("ZTCQISRAPEL")


class PagedVolume:
    """Pages of a compressed TIFF as an array-like (z, y, x); a page is decoded when it is looked at."""

    def __init__(self, path: Path, shape: tuple[int, int, int], dtype: np.dtype) -> None:
        self.path = path
        self.shape = shape
        self.ndim = 3
        self.dtype = dtype
        self._lock = threading.Lock()
        self._last: tuple[int, np.ndarray] | None = None

    def __getitem__(self, key: Any) -> np.ndarray:
        z, *rest = key if isinstance(key, tuple) else (key,)
        numbers = np.arange(self.shape[0])[z]
        with self._lock:
            planes = [np.array(self._page(int(n))[tuple(rest)]) for n in np.atleast_1d(numbers)]
        if not planes:
            return np.empty((0, *self.shape[1:]), self.dtype)
        return planes[0] if numbers.ndim == 0 else np.stack(planes)

    def _page(self, number: int) -> np.ndarray:
        import tifffile

        if self._last is None or self._last[0] != number:
            with reading_tiff(self.path), tifffile.TiffFile(self.path) as tiff:
                page = tiff.series[0].pages[number]
                if page is None:
                    raise FileFormatError(f"{self.path}: page {number} is missing")
                self._last = number, page.asarray().reshape(self.shape[1:])
        return self._last[1]


def read_tiff(path: str | Path) -> Tomogram:
    """Open a TIFF stack of grey-scale pages of equal size as a tomogram (z, y, x).

    The voxel size is taken from ImageJ or OME metadata, or from the resolution tags when they can be meant for a
    microscope.

    Raises
    ------
    FileFormatError
        It is not a TIFF, is damaged, or is not a stack of equal grey-scale pages.
    """
    import tifffile

    path = Path(path)
    with reading_tiff(path), tifffile.TiffFile(path) as tiff:
        if not tiff.series:
            raise FileFormatError(f"{path}: this TIFF has no images")
        series = tiff.series[0]
        shape = _stack_shape(series, path)
        dtype = np.dtype(series.dtype)
        if dtype.kind not in "iuf" and dtype.kind != "b":
            raise FileFormatError(f"{path}: pages of {dtype} are not a grey-scale tomogram")
        check_size(series, path)
        voxel_size = _voxel_size(tiff)
        if series.dataoffset is not None and dtype.kind != "b":
            stored = dtype.newbyteorder(tiff.byteorder)
            _check_length(path, series.dataoffset, shape, stored)
            data: Any = RawVolume(path, series.dataoffset, shape, stored)
        elif len(series.pages) == shape[0]:
            data = PagedVolume(path, shape, dtype.newbyteorder("="))
        else:  # several slices in one compressed page; rare, and only readable as a whole
            data = series.asarray().reshape(shape)
    return Tomogram(data, voxel_size, path=path)


def check_size(series: Any, path: Path) -> None:
    """Refuse an image that cannot be in a file of this size, before memory is spent on it."""
    needed = math.prod(series.shape) * np.dtype(series.dtype).itemsize
    compressed = int(getattr(series.keyframe, "compression", 1)) != 1
    most = path.stat().st_size * (_BEST_RATIO if compressed else 1)
    if needed > most:
        raise FileFormatError(
            f"{path}: the image needs {needed} bytes, the file can hold {most}: it is truncated or damaged"
        )


def _check_length(path: Path, offset: int, shape: tuple[int, int, int], stored: np.dtype) -> None:
    needed = offset + math.prod(shape) * stored.itemsize
    if path.stat().st_size < needed:
        raise FileFormatError(
            f"{path}: the pages need {needed} bytes but the file has {path.stat().st_size}: it is truncated"
        )


@contextlib.contextmanager
def reading_tiff(path: Path) -> Any:
    """Turn whatever a damaged TIFF makes its reader raise, or only log, into our own error."""
    complaints = _Complaints()
    logger = logging.getLogger("tifffile")
    logger.addHandler(complaints)
    try:
        yield
        if complaints.first:  # a broken chain of pages is logged, and the pages after it are silently missing
            raise FileFormatError(f"{path}: this TIFF is damaged or truncated ({complaints.first})")
    except FileFormatError:
        raise
    except MemoryError as error:
        raise FileFormatError(f"{path}: this TIFF announces more than fits into memory") from error
    except Exception as error:
        raise FileFormatError(f"{path}: not a TIFF stack that can be read ({error})") from error
    finally:
        logger.removeHandler(complaints)


class _Complaints(logging.Handler):
    """Keeps the first error that the TIFF reader logs."""

    first = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and not self.first:
            self.first = record.getMessage()


def _stack_shape(series: Any, path: Path) -> tuple[int, int, int]:
    axes, shape = series.axes, series.shape
    if "S" in axes and shape[axes.index("S")] > 1 and series.keyframe.photometric in (2, 3, 6):
        raise FileFormatError(f"{path}: expected grey-scale slices but found colour images ({axes} {shape})")
    plane = [axes.index(a) for a in "YX" if a in axes]
    others = [i for i in range(len(shape)) if i not in plane and shape[i] > 1]
    if len(plane) != 2 or plane != sorted(plane) or len(others) > 1 or any(i > plane[0] for i in others):
        raise FileFormatError(f"{path}: expected one stack of slices (z, y, x) but found axes {axes} of {shape}")
    if others and axes[others[0]] not in _STACK_AXES:
        raise FileFormatError(f"{path}: cannot tell whether axis {axes[others[0]]!r} of {axes} {shape} is z")
    return (shape[others[0]] if others else 1), shape[plane[0]], shape[plane[1]]


def _voxel_size(tiff: Any) -> Vector3:
    with contextlib.suppress(Exception):  # metadata are a courtesy: a wrong one is no reason to refuse the image
        found = _ome_size(tiff) if tiff.is_ome else _tag_size(tiff)
        if all(np.isfinite(v) and 0 < v < _COARSEST for v in found):
            return found
    return 0.0, 0.0, 0.0


def _ome_size(tiff: Any) -> Vector3:
    import tifffile

    image = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]
    pixels = (image[0] if isinstance(image, list) else image)["Pixels"]
    x, y, z = (
        float(pixels.get(f"PhysicalSize{axis}", 0))
        * _ANGSTROM[str(pixels.get(f"PhysicalSize{axis}Unit", "µm")).lower()]
        for axis in "XYZ"
    )
    return z or x, y or x, x


def _tag_size(tiff: Any) -> Vector3:
    """Size from the resolution tags, in the unit that ImageJ names or that the tag names."""
    tags = tiff.pages[0].tags
    x, y = (tags[name].value[1] / tags[name].value[0] for name in ("XResolution", "YResolution"))
    imagej = tiff.imagej_metadata or {}
    unit = str(imagej.get("unit") or {2: "inch", 3: "cm"}.get(int(tags["ResolutionUnit"].value), "")).lower()
    scale = _ANGSTROM[unit]
    return float(imagej.get("spacing", x)) * scale, y * scale, x * scale
