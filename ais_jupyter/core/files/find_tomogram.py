"""Finding the tomogram that annotations belong to, on whatever computer and under whatever folder it is now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.names import MRC_SUFFIXES
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files import kinds

#: Folders of a stored path that are tried below others; deeper paths are a damaged file's.
_MOST_PARTS = 24
_LONGEST_PATH = 4096


def find_tomogram(
    stored: str, annotations: Path, folders: Iterable[str | Path] = (), shape: tuple[int, int, int] | None = None
) -> tuple[Tomogram | None, list[str]]:
    """Look for the tomogram where Ais would, and then by name beside the annotations.

    Parameters
    ----------
    stored : str
        Path in the file, of any operating system.
    annotations : Path
        The ``.scns``.
    folders : paths
        Further folders to search.
    shape : (z, y, x), optional
        What the volume must have; others are passed over.

    Returns
    -------
    Tomogram or None
    list of str
        The names that were tried, with the reason where a file was there and did not fit.
    """
    tried: dict[str, None] = {}
    for candidate in candidates(stored, annotations, folders):
        name = str(candidate)
        if name in tried:
            continue
        reason, tomogram = _opened(candidate, shape)
        if tomogram is not None:
            return tomogram, []
        tried[f"{name} ({reason})" if reason else name] = None
    return None, list(tried)


def candidates(stored: str, annotations: Path, folders: Iterable[str | Path] = ()) -> Iterator[Path]:
    """Paths to try, best first: the stored one; its last parts, longest first, below the folder of the annotations, the
    current folder, the parents and the given folders; then the name of the annotations with the extensions of volumes.
    """  # noqa: D205
    stored = stored[-_LONGEST_PATH:].encode("utf-8", "replace").decode()
    if stored and "\0" not in stored:
        yield Path(stored)
    home = annotations.resolve().parent
    without_drive = re.sub(r"^[A-Za-z]:", "", stored.replace("\0", ""))
    parts = [part for part in re.split(r"[/\\]+", without_drive) if part not in ("", ".", "..")][-_MOST_PARTS:]
    roots = [home, Path.cwd(), *home.parents, *(Path(folder) for folder in folders)]
    for root in roots:
        for start in range(len(parts)):
            yield root.joinpath(*parts[start:])
    for root in (home, *(Path(folder) for folder in folders)):
        for extension in MRC_SUFFIXES:
            yield root / (annotations.stem + extension)


def _opened(path: Path, shape: tuple[int, int, int] | None) -> tuple[str, Tomogram | None]:
    try:
        if not path.is_file():
            return "", None
        kind = kinds.identify(path)
        if kind not in kinds.VOLUMES:  # also annotations, which may name each other in a circle
            return f"there, but {kinds.DESCRIPTION[kind]}, not a tomogram", None
        found = kinds.reader(kind)(path)
    except (FileFormatError, OSError, ValueError) as error:
        return f"there, but {error}", None
    if shape is not None and found.shape != shape:
        return f"there, but {found.shape} instead of {shape} voxels", None
    return "", found
