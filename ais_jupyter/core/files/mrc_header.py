"""The 1024 bytes at the start of an MRC file, read with patience and checked against the size of the file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE
from mrcfile.utils import byte_order_from_machine_stamp, mode_from_dtype

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.geometry import Vector3

HEADER_SIZE = 1024
#: The last label of every file that this program writes.
WRITTEN_BY = "written by ais_jupyter"
_MOST_LABELS, _LABEL_LENGTH = 10, 80

_DTYPES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
_UNSUPPORTED = {
    3: "complex 16-bit integers (a Fourier transform)",
    4: "complex 32-bit floats (a Fourier transform)",
    16: "RGB bytes (a colour image)",
    101: "packed 4-bit integers",
}
IMOD_STAMP = 1146047817  # "IMOD" at byte 152: then bit 0 of the flags at byte 156 says whether bytes are signed
_FARTHEST_ORIGIN = 1e7  # Å; larger numbers come from programs that keep other things in these bytes


@dataclass(frozen=True)
class MrcHeader:
    """What an MRC header says.

    Attributes
    ----------
    shape : (z, y, x)
    mode : int
    stored : dtype
        Of the voxels, with byte order.
    offset : int
        Bytes before the first voxel.
    voxel_size : (z, y, x)
        Å; 0 unknown.
    origin : (z, y, x)
        Å, as written in the header.
    nstart : (z, y, x)
        Number of the first section, row and column.
    is_image : bool
        One section that stands for a single image (space group 0).
    axes : (c, r, s)
        Which of X, Y, Z (1, 2, 3) columns, rows and sections are; voxel size and origin above follow the file's order.
    angles : (α, β, γ)
        Of the cell, degrees.
    labels : tuple of str
        Without those that are empty.
    minimum, maximum : float
        As the header states them.
    imod_flags : int or None
        None where IMOD did not write the file.
    """

    shape: tuple[int, int, int]
    mode: int
    stored: np.dtype
    offset: int
    voxel_size: Vector3
    origin: Vector3
    nstart: tuple[int, int, int]
    is_image: bool = False
    axes: tuple[int, int, int] = (1, 2, 3)
    angles: Vector3 = (90.0, 90.0, 90.0)
    labels: tuple[str, ...] = ()
    minimum: float = 0.0
    maximum: float = 0.0
    imod_flags: int | None = None

    @property
    def data_size(self) -> int:
        """Bytes of voxels."""
        z, y, x = self.shape
        return z * y * x * self.stored.itemsize

    @property
    def position(self) -> Vector3:
        """Where the first voxel lies, (z, y, x) in Å.

        The origin field when it says something (MRC2014; what ChimeraX shows), otherwise nstart × voxel size (the older
        convention, kept by CCP4 and RELION).
        """
        if any(self.origin):
            return self.origin
        z, y, x = (n * size for n, size in zip(self.nstart, self.voxel_size, strict=True))
        return z, y, x


def parse_header(raw: bytes, file_size: int | None, what: str) -> MrcHeader:
    """Read the header of a file of `file_size` bytes (None: not known, as in a compressed file).

    A wrong machine stamp, a missing map identifier, unusual axis fields and unknown voxel sizes are accepted, as other
    programs write them.

    Raises
    ------
    FileFormatError
        It is not an MRC header, the kind of voxels is not supported, or the file is too short for what it announces.
    """
    _refuse_text(raw, what)
    if len(raw) < HEADER_SIZE:
        raise FileFormatError(
            f"{what}: an MRC file starts with a header of {HEADER_SIZE} bytes; this one has {len(raw)}"
        )
    candidates = [_with_order(raw, order) for order in _byte_orders(raw)]
    record = next((c for c in candidates if _plausible(c, file_size)), candidates[0])
    return _checked(record, file_size, what)


def looks_like_mrc(raw: bytes, file_size: int | None) -> bool:
    """Whether these first bytes are an MRC header that fits the file, or say that they are one."""
    if len(raw) < HEADER_SIZE:
        return False
    return raw[208:211] == b"MAP" or any(_plausible(_with_order(raw, order), file_size) for order in "<>")


@dataclass(frozen=True)
class Placement:
    """Where a volume lies in space, and what is said about it: everything a result takes over from its input.

    Attributes
    ----------
    voxel_size, origin : (z, y, x)
        Å, in the order of sections, rows and columns.
    nstart : (z, y, x)
    axes : (c, r, s)
    angles : (α, β, γ)
    labels : tuple of str
    """

    voxel_size: Vector3
    origin: Vector3 = (0.0, 0.0, 0.0)
    nstart: tuple[int, int, int] = (0, 0, 0)
    axes: tuple[int, int, int] = (1, 2, 3)
    angles: Vector3 = (90.0, 90.0, 90.0)
    labels: tuple[str, ...] = ()


def make_header(
    shape: tuple[int, int, int],
    dtype: np.dtype,
    placement: Placement,
    statistics: tuple[float, float, float, float],
    is_image: bool = False,
    unsigned_bytes: bool = False,
) -> bytes:
    """Return the header of a little-endian volume.

    Parameters
    ----------
    shape : (z, y, x)
    dtype : dtype
        As stored.
    placement : Placement
    statistics : (minimum, maximum, mean, standard deviation)
    is_image : bool
    unsigned_bytes : bool
        The bytes of mode 0 count from 0 to 255; said by IMOD's stamp, which most programs follow.
    """
    header = np.zeros((), HEADER_DTYPE.newbyteorder("<"))
    header["nz"], header["ny"], header["nx"] = shape
    header["nzstart"], header["nystart"], header["nxstart"] = placement.nstart
    header["mode"] = mode_from_dtype(dtype)
    for axis, size, count, place in zip(_xyz(placement.axes), placement.voxel_size, shape, placement.origin):
        header[f"m{axis}"] = count
        header["cella"][axis] = size * count
        header["origin"][axis] = place
    for angle, degrees in zip(("alpha", "beta", "gamma"), placement.angles):
        header["cellb"][angle] = degrees
    header["mapc"], header["mapr"], header["maps"] = placement.axes
    header["dmin"], header["dmax"], header["dmean"], header["rms"] = statistics
    header["ispg"] = 0 if is_image else 1
    header["nversion"] = 20141
    header["map"] = b"MAP "
    header["machst"] = (0x44, 0x44, 0, 0)
    labels = [*placement.labels[: _MOST_LABELS - 1], WRITTEN_BY]
    header["nlabl"] = len(labels)
    for number, label in enumerate(labels):
        header["label"][number] = label.encode("ascii", "replace")[:_LABEL_LENGTH]
    raw = bytearray(header.tobytes())
    if unsigned_bytes:
        raw[152:160] = np.array([IMOD_STAMP, 0], "<i4").tobytes()
    return bytes(raw)


def _xyz(axes: tuple[int, int, int]) -> str:
    """Names of the directions of sections, rows and columns."""
    return "".join("xyz"[number - 1] for number in reversed(axes))


def stored_dtype(dtype: np.dtype) -> np.dtype:
    """Type in an MRC file for voxels of `dtype`: 8-bit unsigned is widened to 16 bits (mode 6), as Ais does.

    Integers of more than 16 bits become 32-bit floats, which hold them exactly up to 2²⁴.

    Raises
    ------
    InputError
        MRC has no such type.
    """
    kind = np.dtype(dtype)
    table = {"b1": "u2", "u1": "u2", "u2": "u2", "i1": "i1", "i2": "i2", "f2": "f2", "f4": "f4", "f8": "f4"}
    table |= dict.fromkeys(("i4", "u4", "i8", "u8"), "f4")
    name = f"{kind.kind}{kind.itemsize}"
    if name not in table:
        raise InputError(f"MRC files hold integers and floating-point numbers, not {kind}; convert the volume first")
    return np.dtype("<" + table[name])


def _byte_orders(raw: bytes) -> str:
    """Both byte orders, that of the machine stamp first."""
    try:
        return "<>" if byte_order_from_machine_stamp(bytearray(raw[212:216])) == "<" else "><"
    except ValueError:
        return "<>"


def _with_order(raw: bytes, order: str) -> np.ndarray:
    return np.frombuffer(raw[:HEADER_SIZE], HEADER_DTYPE.newbyteorder(order))[0]


def _plausible(record: np.ndarray, file_size: int | None) -> bool:
    """Whether mode and sizes make sense, and fit into the file where its size is known."""
    mode, extended = int(record["mode"]), int(record["nsymbt"])
    sizes = [int(record[name]) for name in ("nx", "ny", "nz")]
    if mode not in _DTYPES and mode not in _UNSUPPORTED:
        return False
    if min(sizes) < 1 or extended < 0:
        return False
    if file_size is None:
        return max(sizes) < 1 << 20
    item = np.dtype(_DTYPES.get(mode, "u1")).itemsize
    return HEADER_SIZE + extended + sizes[0] * sizes[1] * sizes[2] * item // (2 if mode == 101 else 1) <= file_size


def _checked(record: np.ndarray, file_size: int | None, what: str) -> MrcHeader:
    has_name = bytes(record["map"])[:3] == b"MAP"
    doubt = "" if has_name else " (and the word MAP is missing at byte 208: this is probably not an MRC file)"
    shape = int(record["nz"]), int(record["ny"]), int(record["nx"])
    if min(shape) < 1:
        raise FileFormatError(f"{what}: the header announces {shape} voxels (z, y, x); each must be at least 1{doubt}")
    mode = int(record["mode"])
    if mode in _UNSUPPORTED:
        raise FileFormatError(
            f"{what}: MRC mode {mode}, {_UNSUPPORTED[mode]}, is not a tomogram; convert it to real numbers first"
        )
    if mode not in _DTYPES:
        raise FileFormatError(f"{what}: MRC mode must be one of {', '.join(map(str, _DTYPES))}, found {mode}{doubt}")
    extended = int(record["nsymbt"])
    if extended < 0 or (file_size is not None and HEADER_SIZE + extended > file_size):
        raise FileFormatError(
            f"{what}: the header announces an extended header of {extended} bytes in a file of {file_size} bytes{doubt}"
        )
    stored = np.dtype(_DTYPES[mode]).newbyteorder(record.dtype["mode"].byteorder)
    axes = _axes(record)
    header = MrcHeader(
        shape, mode, stored, HEADER_SIZE + extended, _voxel_size(record, shape, axes), _origin(record, axes),
        (int(record["nzstart"]), int(record["nystart"]), int(record["nxstart"])),
        int(record["ispg"]) == 0 and shape[0] == 1, axes, _angles(record), _labels(record),
        float(record["dmin"]), float(record["dmax"]), _imod_flags(record),
    )  # fmt: skip
    if file_size is not None and header.offset + header.data_size > file_size:
        z, y, x = shape
        raise FileFormatError(
            f"{what}: {z}×{y}×{x} voxels of {stored.name} need {header.offset + header.data_size} bytes, "
            f"but the file has {file_size}: it is truncated or was not written to the end{doubt}"
        )
    return header


def _axes(record: np.ndarray) -> tuple[int, int, int]:
    """Axis fields; columns, rows and sections are x, y and z where they are no permutation of 1, 2, 3."""
    columns, rows, sections = (int(record[name]) for name in ("mapc", "mapr", "maps"))
    return (columns, rows, sections) if {columns, rows, sections} == {1, 2, 3} else (1, 2, 3)


def _voxel_size(record: np.ndarray, shape: tuple[int, int, int], axes: tuple[int, int, int]) -> Vector3:
    """Cell size divided by the sampling; what cannot be is 0 (unknown), and z follows x when it alone is missing."""
    sizes = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for axis, count in zip(_xyz(axes), shape, strict=True):
            sampling = int(record[f"m{axis}"])
            size = float(record["cella"][axis]) / (sampling if sampling > 0 else count)
            sizes.append(size if np.isfinite(size) and 0 < size < 1e6 else 0.0)
    z, y, x = sizes
    return z or x, y or x, x


def _origin(record: np.ndarray, axes: tuple[int, int, int]) -> Vector3:
    values = [float(record["origin"][axis]) for axis in _xyz(axes)]
    if not all(np.isfinite(v) and abs(v) < _FARTHEST_ORIGIN for v in values):
        return 0.0, 0.0, 0.0
    return values[0], values[1], values[2]


def _angles(record: np.ndarray) -> Vector3:
    """Angles of the cell; 90° where they make no sense."""
    alpha, beta, gamma = (float(record["cellb"][name]) for name in ("alpha", "beta", "gamma"))
    return (alpha, beta, gamma) if all(0 < angle < 180 for angle in (alpha, beta, gamma)) else (90.0, 90.0, 90.0)


def _labels(record: np.ndarray) -> tuple[str, ...]:
    texts = (bytes(label).split(b"\0")[0].decode("ascii", "replace").strip() for label in record["label"])
    return tuple(text for text in texts if text)


def _imod_flags(record: np.ndarray) -> int | None:
    """Return the flags of a file that IMOD wrote, at byte 156 behind its stamp; None for other programs."""
    stamp, flags = np.frombuffer(record.tobytes()[152:160], record.dtype["mode"])
    return int(flags) if int(stamp) == IMOD_STAMP else None


def _refuse_text(raw: bytes, what: str) -> None:
    start = raw[:HEADER_SIZE]
    if start and all(byte in b"\t\n\r\f" or 32 <= byte < 127 for byte in start):
        shown = start[:60].decode("ascii").strip().replace("\n", " ")
        raise FileFormatError(f"{what}: expected an MRC volume but found a text file, beginning “{shown}”")
    if not start:
        raise FileFormatError(f"{what}: expected an MRC volume but the file is empty")
