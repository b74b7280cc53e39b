"""Files as people name them: paths, folders, wildcards and lists."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.names import VOLUME_SUFFIXES, is_volume_name, split_result
from ais_jupyter.core.files.text import read_text


def collect_volumes(sources: Sequence[str]) -> list[Path]:
    """Volumes meant by `sources`; see `collect`."""
    return collect(sources, VOLUME_SUFFIXES)


def collect(sources: Sequence[str], suffixes: Sequence[str] = (".mrc",)) -> list[Path]:
    """Files meant by `sources`, each once, in order.

    A folder stands for its files with one of `suffixes`, a ``.txt`` file for the paths in it (one per line,
    ``.mrc`` added where a name has no extension of a volume), anything else for itself or for what the wildcard
    matches; brackets in the names of folders that exist are no wildcards.

    Raises
    ------
    InputError
        Nothing is found; the message says what was looked for.
    """
    found: list[Path] = []
    for source in sources:
        path = Path(source).expanduser()
        if path.is_dir():
            found += sorted(
                p for p in path.iterdir() if p.name.lower().endswith(tuple(suffixes)) and not p.name.startswith(".")
            )
        elif path.suffix.lower() == ".txt" and path.is_file():
            found += [_listed(name, path) for name in read_list(path)]
        elif path.exists():
            found.append(path)
        else:
            found += sorted(_matching(path))
    if not found:
        raise InputError(f"no files found in {', '.join(map(str, sources))} (looked for {', '.join(suffixes)})")
    return list(dict.fromkeys(found))


def collect_segmentations(
    sources: Sequence[str], title: str | None = None, tomograms: Collection[str] | None = None
) -> list[Path]:
    """Results ``<tomogram>__<title>.mrc`` meant by `sources`, of one feature and of some tomograms, or of all.

    See `collect`.

    Raises
    ------
    InputError
        There are none.
    """
    found = []
    for path in collect(sources):
        tomogram, feature = split_result(path)
        if feature and title in (None, feature) and (tomograms is None or tomogram in tomograms):
            found.append(path)
    if not found:
        raise InputError(f"no <tomogram>__{title or '<feature>'}.mrc found in {', '.join(map(str, sources))}")
    return found


def read_list(path: Path) -> list[str]:
    """Lines of a text file, without empty ones, comments (``#``) and quotes around a name.

    Raises
    ------
    FileFormatError
        It is not text.
    """
    lines = (line.strip() for line in read_text(path).split("\n"))
    return [line.strip("\"'") for line in lines if line and not line.startswith("#")]


def _listed(name: str, source: Path) -> Path:
    """Path of a line in a list; relative ones count from the current folder, or else from that of the list."""
    path = Path(name if is_volume_name(name) or Path(name).expanduser().exists() else name + ".mrc").expanduser()
    beside = source.parent / path
    return beside if not path.is_absolute() and not path.exists() and beside.exists() else path


def _matching(path: Path) -> Iterator[Path]:
    """Files that a path with wildcards stands for."""
    root = Path(path.anchor) if path.is_absolute() else Path()
    yield from _below(root, path.parts[1:] if path.is_absolute() else path.parts)


def _below(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    if not parts:
        yield folder
        return
    first, rest = parts[0], parts[1:]
    if (folder / first).exists():  # also with brackets in its name
        yield from _below(folder / first, rest)
    elif first == "**":
        for inner in (folder, *sorted(p for p in folder.rglob("*") if p.is_dir())):
            yield from _below(inner, rest)
    elif glob.has_magic(first):
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if not entry.name.startswith(".") or first.startswith("."))
        for name in names:
            if fnmatch.fnmatch(name, first) and (not rest or (folder / name).is_dir()):
                yield from _below(folder / name, rest)
