"""MRC volumes: tomograms and segmentations, also compressed with gzip or bzip2."""

from __future__ import annotations

import bz2
import gzip
import math
import os
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.geometry import as_voxel_size
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.byte_sign import ByteReading, asked_for, header_decides, voxels_decide
from ais_jupyter.core.files.mrc_header import (
    HEADER_SIZE,
    MrcHeader,
    Placement,
    make_header,
    parse_header,
    stored_dtype,
)
from ais_jupyter.core.files.raw_volume import RawVolume
from ais_jupyter.core.files.volume_writer import VolumeWriter

GZIP_MAGIC, BZIP2_MAGIC = b"\x1f\x8b", b"BZh"

_SAMPLED_SLICES, _SAMPLED_VOXELS = 8, 1 << 20
_CHUNK = 1 << 22
_GZIP_BEST_RATIO = 1040  # deflate cannot do better, so a shorter file cannot hold what its header announces


def read_mrc(path: str | Path, *, signed_bytes: bool | None = None) -> Tomogram:
    """Open an MRC volume (``.mrc .rec .map .st``, also ``.gz`` and ``.bz2``); voxels are read when they are looked at.

    Parameters
    ----------
    path : path
    signed_bytes : bool, optional
        Whether voxels of mode 0 are −128…127 or 0…255; by default the file decides (see `byte_sign`).

    Returns
    -------
    Tomogram
        Voxel size and origin (z, y, x) in Å; see `MrcHeader.position` for the origin. NaN and infinite voxels are
        given as they are.

    Raises
    ------
    FileFormatError
        It is not an MRC volume, is truncated, or holds complex, colour or 4-bit voxels.
    """
    path = Path(path)
    with _opened(path) as file:
        source: Path | BinaryIO
        magic = file.read(3)
        file.seek(0)
        if magic[:2] == GZIP_MAGIC or magic == BZIP2_MAGIC:
            source, header = _decompressed(file, path)
        else:
            header = parse_header(file.read(HEADER_SIZE), os.fstat(file.fileno()).st_size, str(path))
            source = path
    volume = RawVolume(source, header.offset, header.shape, header.stored, header=header)
    if header.mode == 0:
        volume.see_bytes(_byte_reading(volume, header, signed_bytes))
    return Tomogram(volume, header.voxel_size, header.position, path=path)


def _byte_reading(volume: RawVolume, header: MrcHeader, signed: bool | None) -> ByteReading:
    """Decide how bytes are seen, if necessary by a sample of slices."""
    if signed is not None:
        return asked_for(signed)
    if (told := header_decides(header)) is not None:
        return told
    depth, height, width = header.shape
    every = max(1, height * width * _SAMPLED_SLICES // _SAMPLED_VOXELS)
    numbers = np.unique(np.linspace(0, depth - 1, min(depth, _SAMPLED_SLICES)).astype(int))
    sample = np.concatenate([volume[int(z)].reshape(-1)[::every] for z in numbers])
    return voxels_decide(sample.view(np.uint8), header)


def read_segmentation(path: str | Path) -> Segmentation:
    """Open a segmented volume; its bytes are signed, since int8 segmentations hold 0–127."""
    return Segmentation.from_volume(read_mrc(path, signed_bytes=True))


def write_mrc(
    path: str | Path,
    array: np.ndarray,
    voxel_size: float | Sequence[float],
    origin: Sequence[float] = (0.0, 0.0, 0.0),
) -> None:
    """Write a volume (z, y, x), or one slice (y, x), with its voxel size and origin in Å (z, y, x)."""
    volume = np.asarray(array)
    volume = volume[np.newaxis] if volume.ndim == 2 else volume
    with VolumeWriter(path, volume.shape, volume.dtype, voxel_size, origin) as writer:
        writer.write(0, volume)


def save_tomogram(tomogram: Tomogram, path: str | Path, voxel_size: float | Sequence[float] | None = None) -> None:
    """Write a tomogram slice by slice, with its place and (unless another is given) its voxel size.

    Bytes stay bytes (mode 0, with IMOD's stamp where they are unsigned). Integers of more than 16 bits become 32-bit
    floats.
    """
    size = tomogram.voxel_size if voxel_size is None else voxel_size
    header = getattr(tomogram.data, "header", None)
    was_bytes = isinstance(header, MrcHeader) and header.mode == 0
    with VolumeWriter(path, tomogram.shape, tomogram.dtype, size, like=tomogram, keep_bytes=was_bytes) as writer:
        for z in range(tomogram.shape[0]):
            writer.write(z, tomogram.slice(z))


def mrc_from_bytes(data: bytes, what: str) -> tuple[np.ndarray, float]:
    """Read a small MRC file from memory: its array, (y, x) for an image and (z, y, x) for a volume, and Å in x."""
    header = parse_header(data[:HEADER_SIZE], len(data), what)
    count = math.prod(header.shape)
    array = np.frombuffer(data, header.stored, count, header.offset).reshape(header.shape)
    return (array[0] if header.is_image else array), header.voxel_size[2]


def mrc_to_bytes(array: np.ndarray, voxel_size: float) -> bytes:
    """Return an image (y, x) or a small volume (z, y, x) as the bytes of an MRC file."""
    volume = array[np.newaxis] if array.ndim == 2 else array
    data = volume.astype(stored_dtype(array.dtype))
    wide = data.astype(float)
    statistics = float(wide.min()), float(wide.max()), float(wide.mean()), float(wide.std())
    shape = data.shape[0], data.shape[1], data.shape[2]
    header = make_header(shape, data.dtype, Placement(as_voxel_size(voxel_size)), statistics, array.ndim == 2)
    return header + data.tobytes()


def _opened(path: Path) -> BinaryIO:
    if path.is_dir():
        raise FileFormatError(f"{path} is a folder; expected a volume file")
    try:
        return open(path, "rb")
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error


def _decompressed(file: BinaryIO, path: Path) -> tuple[BinaryIO, MrcHeader]:
    """Unpack into a nameless temporary file, no further than the header announces."""
    is_gzip = file.read(2) == GZIP_MAGIC
    file.seek(0)
    stream: Any = gzip.GzipFile(fileobj=file) if is_gzip else bz2.BZ2File(file)
    try:
        raw = stream.read(HEADER_SIZE)
        header = parse_header(raw, None, str(path))
        needed = header.offset + header.data_size
        packed = os.fstat(file.fileno()).st_size
        if is_gzip and needed > packed * _GZIP_BEST_RATIO + HEADER_SIZE:
            raise FileFormatError(
                f"{path}: the header announces {needed} bytes, more than {packed} compressed bytes can hold: "
                f"it is truncated or damaged"
            )
        target = tempfile.TemporaryFile(dir=_roomy_folder(needed, path))  # noqa: SIM115
        try:
            target.write(raw)
            left = needed - len(raw)
            while left > 0:
                chunk = stream.read(min(left, _CHUNK))
                if not chunk:
                    raise FileFormatError(
                        f"{path}: the header announces {needed} bytes but only {needed - left} come out: "
                        "it is truncated"
                    )
                target.write(chunk)
                left -= len(chunk)
        except BaseException:
            target.close()
            raise
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise FileFormatError(f"{path}: the compressed file is truncated or damaged ({error})") from error
    return target, header


def _roomy_folder(needed: int, path: Path) -> str:
    """Return a folder for temporary files with room for `needed` bytes."""
    for folder in (tempfile.gettempdir(), str(path.resolve().parent)):
        if os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > needed + (64 << 20):
            return folder
    raise FileFormatError(
        f"{path}: unpacking needs {needed / 1e9:.1f} GB of temporary space; "
        "unpack it yourself, or set TMPDIR to a larger disk"
    )
