"""Paths as people give them: files, folders, wildcards and lists."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from ais_jupyter.core.data.errors import InputError

VOLUMES = (".mrc", ".rec", ".map", ".st", ".mrc.gz", ".tif", ".tiff")


def collect(sources: Sequence[str], suffixes: Sequence[str] = (".mrc",)) -> list[Path]:
    """Files meant by `sources`, each once, in order.

    A folder stands for its files with one of `suffixes`, a ``.txt`` file for the paths in it (one per line,
    ``.mrc`` added when it is missing), anything else for itself or for what the wildcard matches.

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
        elif path.suffix == ".txt" and path.is_file():
            found += _listed(path)
        elif path.exists():
            found.append(path)
        else:
            found += sorted(Path(match) for match in glob.glob(str(path)))
    if not found:
        raise InputError(f"no files found in {', '.join(map(str, sources))} (looked for {', '.join(suffixes)})")
    return list(dict.fromkeys(found))


def _listed(path: Path) -> list[Path]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    names = [line for line in lines if line and not line.startswith("#")]
    return [Path(name if name.lower().endswith(VOLUMES) else name + ".mrc").expanduser() for name in names]


def same_file(one: str | Path | None, other: str | Path | None) -> bool:
    """Whether two paths lead to the same file, through links too; of files that are gone the paths decide."""
    if one is None or other is None:
        return False
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
