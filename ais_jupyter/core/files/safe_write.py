"""Writing that never leaves half a file under the final name.

Everything goes to a temporary name in the same folder, reaches the disk, and is then renamed. A process that is killed
leaves at most the temporary file, which the next write to the same name removes once it is a day old.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ais_jupyter.core.data.errors import FileWriteError

PART_SUFFIX = ".part"
_STALE_AFTER = 24 * 3600.0

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


class PartFile:
    """A file being written under a temporary name.

    Parameters
    ----------
    path : path
        The final name. A symbolic link is followed, so that the link survives; a file that is replaced passes on its
        mode and access list.

    Attributes
    ----------
    target, part : Path
        Final and temporary name.

    Raises
    ------
    FileWriteError
        The folder is missing or not writable, or the name is that of a folder or of a write-protected file.
    """

    def __init__(self, path: str | Path) -> None:
        self.target = Path(os.path.realpath(path))
        name = self.target.name
        # Hidden and without the extension of the target: nobody who lists "*.mrc" takes it for a finished file.
        self.part = self.target.with_name(f".{name[:80]}.{secrets.token_hex(4)}{PART_SUFFIX}")
        with writing(self.target):
            if self.target.is_dir():
                raise FileWriteError(f"cannot write {self.target}: there is a folder of that name")
            if self.target.exists() and not os.access(self.target, os.W_OK):
                raise FileWriteError(f"cannot write {self.target}: the file there is write-protected")
            self.part.touch(exist_ok=False)
            _keep_permissions(self.target, self.part)
        self._remove_stale()

    def commit(self) -> None:
        """Make the content final: on the disk, then under the final name."""
        try:
            with writing(self.target):
                _to_disk(self.part)
                os.replace(self.part, self.target)
        except BaseException:
            self.abort()
            raise
        with contextlib.suppress(OSError):  # not every file system lets a folder be synchronised
            _to_disk(self.target.parent)

    def abort(self) -> None:
        """Remove the temporary file; what was under the final name stays."""
        with contextlib.suppress(OSError):
            self.part.unlink()

    def _remove_stale(self) -> None:
        """Remove what killed processes left of this target long ago."""
        prefix = f".{self.target.name[:80]}."
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.target.parent):
                if entry.name.startswith(prefix) and entry.name.endswith(PART_SUFFIX):
                    info = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(info.st_mode) and time.time() - info.st_mtime > _STALE_AFTER:
                        os.unlink(entry.path)


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary name in the folder of `path`; the file written there replaces `path` when the block succeeds.

    When the block fails or is interrupted the temporary file is removed and `path` stays as it was.

    Raises
    ------
    FileWriteError
        The disk is full, or the folder is missing or not writable.
    """
    file = PartFile(path)
    try:
        with writing(file.target):
            yield file.part
    except BaseException:
        file.abort()
        raise
    file.commit()


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write `data` to `path`, wholly or not at all."""
    with replacing(path) as part:
        part.write_bytes(data)


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, wholly or not at all."""
    write_bytes(path, text.encode())


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in.

    Raises
    ------
    FileWriteError
        It cannot be made: no permission, a read-only disk, or a file of that name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileWriteError(f"cannot make the folder {folder}: {error.strerror or error}") from error


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn the operating system's complaints about writing `target` into errors that say what to do."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)).parent != target.parent:
            raise  # about another file, such as one being read
        raise FileWriteError(f"cannot write {target}: {_reason(error, target)}") from error


def _reason(error: OSError, target: Path) -> str:
    if error.errno in _DISK_FULL:
        return "the disk is full, or a quota or file size limit is reached; free some space and try again"
    if error.errno in _NOT_ALLOWED:
        return f"no permission to write in the folder {target.parent}"
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"the folder {target.parent} does not exist"
    if error.errno == errno.ENAMETOOLONG:
        return "the file name is too long"
    return error.strerror or str(error)


def _keep_permissions(old: Path, new: Path) -> None:
    """Give `new` the mode and the access list of `old`, if there is one: a private file stays private."""
    with contextlib.suppress(OSError):  # a share that knows no modes
        shutil.copymode(old, new)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(old):
                os.setxattr(new, name, os.getxattr(old, name))


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
