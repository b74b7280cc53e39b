"""Reading tar archives that may come from anywhere: nothing goes to disk, nothing but plain members is accepted."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import TracebackType
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError

TEXT_LIMIT = 64 << 20  # bytes; metadata are a few kilobytes
_HEADER_READ_LIMIT = 1 << 20


class SafeTar:
    """An uncompressed tar archive whose members have been checked.

    Attributes
    ----------
    names : list of str
        Members, in the order of the archive.

    Raises
    ------
    UnsafeFileError
        A member is a link, a device or the like, lies outside the archive (absolute or with ``..``), or announces more
        bytes than the archive has.
    FileFormatError
        It is not a tar archive, or is damaged.
    """

    def __init__(self, path: str | Path | bytes, name: str = "") -> None:
        self.what = name or (str(path) if not isinstance(path, bytes) else "archive")
        try:
            self._file: Any = io.BytesIO(path) if isinstance(path, bytes) else open(path, "rb")  # noqa: SIM115
        except OSError as error:
            raise FileFormatError(f"cannot open {self.what}: {error.strerror}") from error
        try:
            self._members = self._listed()
        except BaseException:
            self._file.close()
            raise
        self.names = list(self._members)

    def size(self, name: str) -> int:
        """Bytes of a member."""
        return self._members[name][1]

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Return the content of a member.

        Raises
        ------
        FileFormatError
            There is no such member, or it is larger than `limit` bytes.
        """
        if name not in self._members:
            raise FileFormatError(f"{self.what} has no member {name!r}")
        offset, size = self._members[name]
        if limit is not None and size > limit:
            raise UnsafeFileError(f"{self.what}: member {name!r} has {size} bytes; at most {limit} make sense there")
        self._file.seek(offset)
        return self._file.read(size)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> SafeTar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listed(self) -> dict[str, tuple[int, int]]:
        self._file.seek(0, os.SEEK_END)
        total = self._file.tell()
        self._file.seek(0)
        members = {}
        bounded: Any = _Bounded(self._file, total)
        try:
            with tarfile.open(fileobj=bounded, mode="r:") as archive:
                for info in archive:
                    if not info.isdir():
                        self._check(info, total)
                        members[info.name] = (info.offset_data, info.size)
        except (FileFormatError, OSError):
            raise
        except Exception as error:  # a damaged header can make tarfile raise nearly anything
            raise FileFormatError(f"{self.what} is not a tar archive, or is damaged ({error})") from error
        return members

    def _check(self, info: tarfile.TarInfo, total: int) -> None:
        shown = f"{self.what}: member {info.name!r}"
        if not info.isreg() or info.issparse():
            kind = "sparse file" if info.issparse() else "link" if info.islnk() or info.issym() else "special file"
            raise UnsafeFileError(f"{shown} is a {kind}; such archives hold plain files only. Nothing was read from it")
        posix, windows = PurePosixPath(info.name), PureWindowsPath(info.name)
        if posix.is_absolute() or windows.drive or windows.root or ".." in posix.parts or ".." in windows.parts:
            raise UnsafeFileError(f"{shown} points outside the archive. Nothing was read from it")
        if info.size < 0 or info.offset_data + info.size > total:
            raise UnsafeFileError(
                f"{shown} announces {info.size} bytes in an archive of {total}: "
                "it is truncated, or made to exhaust memory"
            )


class _Bounded:
    """The archive while it is listed: one read is small, and all together read it no more than once.

    That ends both huge extended headers and headers that send the reader round in circles.
    """

    def __init__(self, file: Any, total: int) -> None:
        self._file = file
        self._left = 2 * total + _HEADER_READ_LIMIT

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _HEADER_READ_LIMIT:
            raise FileFormatError(f"an extended header of the archive announces {size} bytes: damaged")
        self._left -= max(size, 1)
        if self._left < 0:
            raise FileFormatError("the headers of the archive refer to each other in circles: damaged")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def add_member(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Append a plain file to an archive that is being written."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = 0o644
    archive.addfile(info, io.BytesIO(data))
