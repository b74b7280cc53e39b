"""Whether two paths are one file."""

from __future__ import annotations

import os
from pathlib import Path


def same_file(one: str | Path | None, other: str | Path | None) -> bool:
    """Whether two paths lead to the same file, through links too; of files that are gone the paths decide."""
    if one is None or other is None:
        return False
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
