"""TIFF stacks as tomograms: uncompressed ones are read in place, others page by page."""

from __future__ import annotations

import contextlib
import logging
import math
import re
import threading
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import AisError, FileFormatError, TomogramChangedError, TomogramMissingError
from ais_jupyter.core.data.geometry import Vector3
from ais_jupyter.core.data.numbers import shown
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.file_identity import FileIdentity
from ais_jupyter.core.files.raw_volume import RawVolume
from ais_jupyter.core.files.tiff_chain import check_chain

#: Å per unit, by the spellings of ImageJ, OME, Fiji and people; plurals, case and spaces do not matter.
_ANGSTROM = {
    "pm": 0.01, "picometer": 0.01, "picometre": 0.01,
    "å": 1.0, "angstrom": 1.0, "ångström": 1.0, "ångstrom": 1.0, "angström": 1.0, "ang": 1.0, "a": 1.0,
    "nm": 10.0, "nanometer": 10.0, "nanometre": 10.0, "nanom": 10.0,
    "µm": 1e4, "um": 1e4, "micron": 1e4, "micrometer": 1e4, "micrometre": 1e4,
    "mm": 1e7, "millimeter": 1e7, "millimetre": 1e7, "cm": 1e8, "centimeter": 1e8, "centimetre": 1e8,
    "m": 1e10, "meter": 1e10, "metre": 1e10, "inch": 2.54e8, "inche": 2.54e8, "in": 2.54e8,
}  # fmt: skip
_COARSEST = 1e4  # Å; beyond that the resolution is meant for a printer
_BEST_RATIO = 1100  # of deflate; LZW and PackBits are below
_STACK_AXES = set("ZTCQISRAPEL")


class PagedVolume:
    """Compressed or scattered pages of a TIFF as an array-like (z, y, x); a page is decoded when it is looked at."""

    def __init__(self, path: Path, pages: Sequence[int], shape: tuple[int, int, int], dtype: np.dtype) -> None:
        self.path = path
        self.shape = shape
        self.ndim = 3
        self.dtype = dtype
        self._pages = list(pages)
        self._identity = FileIdentity.of(path)
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
            with opened_as(self.path, self._identity), reading_tiff(self.path), tifffile.TiffFile(self.path) as tiff:
                page = tiff.pages[self._pages[number]]
                if math.prod(page.shape) != math.prod(self.shape[1:]):  # before it is unpacked
                    expected = "×".join(map(str, self.shape[1:]))
                    raise FileFormatError(
                        f"{self.path}: page {self._pages[number]} is not {expected} as the others are"
                    )
                self._last = number, page.asarray().reshape(self.shape[1:]).astype(self.dtype, copy=False)
        return self._last[1]


def read_tiff(path: str | Path) -> Tomogram:
    """Open a TIFF stack of grey-scale pages of equal size as a tomogram (z, y, x).

    Pages that were appended one by one, or compressed differently, are one stack. Smaller pages (thumbnails) are left
    out with a warning. The voxel size is taken from ImageJ or OME metadata, or from the resolution tags when they can
    be meant for a microscope.

    Raises
    ------
    FileFormatError
        It is not a TIFF, is damaged, or is not one stack of equal grey-scale pages.
    """
    import tifffile

    path = Path(path)
    check_chain(path)
    with reading_tiff(path), tifffile.TiffFile(path) as tiff:
        series = _stack_series(tiff, path)
        dtype = np.dtype(series[0].dtype)
        if dtype.kind not in "iuf" and dtype.kind != "b":
            raise FileFormatError(f"{path}: pages of {dtype} are not a grey-scale tomogram")
        for one in series:
            check_size(one, path)
        voxel_size = _voxel_size(tiff)
        data: Any = _scattered(series, path, dtype) if len(series) > 1 else _one_series(series[0], path, dtype, tiff)
    return Tomogram(data, voxel_size, path=path)


def _one_series(series: Any, path: Path, dtype: np.dtype, tiff: Any) -> Any:
    shape = _stack_shape(series, path)
    if series.dataoffset is not None and dtype.kind != "b":
        stored = dtype.newbyteorder(tiff.byteorder)
        _check_length(path, series.dataoffset, shape, stored)
        return RawVolume(path, series.dataoffset, shape, stored)
    if len(series.pages) == shape[0]:
        numbers = [page.index for page in series.pages if page is not None]
        if len(numbers) < shape[0]:
            raise FileFormatError(f"{path}: {shape[0] - len(numbers)} of its {shape[0]} pages are missing")
        return PagedVolume(path, numbers, shape, dtype.newbyteorder("="))
    return series.asarray().reshape(shape)  # several slices in one compressed page; rare


def _scattered(series: Sequence[Any], path: Path, dtype: np.dtype) -> PagedVolume:
    """Pages of several series as one stack, in the order of the file."""
    pages = sorted(page.index for one in series for page in one.pages if page is not None)
    height, width = _stack_shape(series[0], path)[1:]
    return PagedVolume(path, pages, (len(pages), height, width), dtype.newbyteorder("="))


def _stack_series(tiff: Any, path: Path) -> list[Any]:
    """Series that make up the tomogram: all of the largest size.

    A series is what the reader takes for one image; pages that were written one by one, or with other compression, are
    several.
    """
    if not tiff.series:
        raise FileFormatError(f"{path}: this TIFF has no images")
    sizes = [(math.prod(one.keyframe.shape[:2]), np.dtype(one.dtype).str) for one in tiff.series]
    largest = max(size for size, _ in sizes)
    chosen = [one for one, (size, _) in zip(tiff.series, sizes) if size == largest]
    kinds = {(one.keyframe.shape, np.dtype(one.dtype).str, one.keyframe.photometric) for one in chosen}
    if len(kinds) > 1:
        found = ", ".join(f"{shape} of {dtype}" for shape, dtype, _ in sorted(kinds, key=str))
        raise FileFormatError(f"{path}: expected one stack of equal slices but found pages {found}")
    depths = [_stack_shape(one, path)[0] for one in chosen]
    if len(chosen) > 1 and (tiff.is_ome or tiff.is_imagej or any(d != len(c.pages) for d, c in zip(depths, chosen))):
        raise FileFormatError(
            f"{path} holds {len(chosen)} images of {', '.join(map(str, depths))} slices; save each as a file of its own"
        )
    left_out = len(tiff.series) - len(chosen)
    if left_out:
        warnings.warn(f"{path}: {left_out} smaller images (thumbnails, previews) are left out", stacklevel=4)
    return chosen


@contextlib.contextmanager
def opened_as(path: Path, identity: FileIdentity) -> Iterator[None]:
    """See that a file still is what it was when it was opened.

    Raises
    ------
    TomogramMissingError, TomogramChangedError
        It is gone, or is another.
    """
    try:
        with open(path, "rb") as file:
            same = identity.is_of(file)
    except OSError as error:
        raise TomogramMissingError(f"{path} was moved or deleted while it was open ({error.strerror})") from error
    if not same:
        raise TomogramChangedError(f"{path} has changed or is damaged since it was opened: close it and open it again")
    yield


def check_size(series: Any, path: Path) -> None:
    """Refuse an image that cannot be in a file of this size, before memory is spent on it."""
    bits = series.keyframe.bitspersample
    bits = bits if isinstance(bits, int) else 8 * np.dtype(series.dtype).itemsize
    needed = math.prod(series.shape) * bits // 8
    compressed = int(getattr(series.keyframe, "compression", 1)) != 1
    most = path.stat().st_size * (_BEST_RATIO if compressed else 1)
    if needed > most:
        raise FileFormatError(
            f"{path}: the image needs {needed} bytes, the file can hold {most}: it is truncated or damaged"
        )


def _check_length(path: Path, offset: int, shape: tuple[int, int, int], stored: np.dtype) -> None:
    if not isinstance(offset, int):
        raise FileFormatError(f"{path}: its voxels should begin at a whole number of bytes, not at {shown(offset)}")
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
    except AisError:
        raise
    except MemoryError as error:
        raise FileFormatError(f"{path}: this TIFF announces more than fits into memory") from error
    except Exception as error:
        if "imagecodecs" in str(error) or isinstance(error, ImportError):
            raise FileFormatError(
                f"{path}: its compression needs a further package: pip install ais_jupyter[tiff] ({error})"
            ) from error
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
        float(pixels.get(f"PhysicalSize{axis}", 0)) * _angstrom(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        for axis in "XYZ"
    )
    return z or x, y or x, x


def _tag_size(tiff: Any) -> Vector3:
    """Size from the resolution tags, in the unit that ImageJ names or that the tag names."""
    tags = tiff.pages[0].tags
    x, y = (tags[name].value[1] / tags[name].value[0] for name in ("XResolution", "YResolution"))
    imagej = tiff.imagej_metadata or {}
    scale = _angstrom(imagej.get("unit") or {2: "inch", 3: "cm"}.get(int(tags["ResolutionUnit"].value), ""))
    return float(imagej.get("spacing", x)) * scale, y * scale, x * scale


def _angstrom(unit: Any) -> float:
    """Å per unit.

    Raises
    ------
    KeyError
        There is no such unit of length.
    """
    name = unicodedata.normalize("NFKC", str(unit)).strip().strip('"').lower()  # the micro sign becomes the letter mu
    name = re.sub(r"\\u00b5|\\u03bc", "μ", name).replace("μ", "µ").replace("\u212b", "å")
    return _ANGSTROM[name] if name in _ANGSTROM else _ANGSTROM[name.removesuffix("s")]
