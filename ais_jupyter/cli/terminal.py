"""What is printed: nothing that comes from a file can steer the terminal.

Titles are cleaned when they are read, but names of files, and what an error quotes, are not.
"""

from __future__ import annotations

import unicodedata
from typing import TextIO


def say(text: str, file: TextIO | None = None) -> None:
    """Print `text`, its control characters made visible; to `file`, standard output by default."""
    print(printable(text), file=file)


def printable(text: str) -> str:
    r"""Return `text` with control characters, and those that turn the direction of writing, as escapes.

    Examples
    --------
    >>> print(printable(f"red{chr(27)}[31m.mrc"))
    red\x1b[31m.mrc
    """
    return "".join(
        one if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs") else ascii(one)[1:-1]
        for one in text
    )
