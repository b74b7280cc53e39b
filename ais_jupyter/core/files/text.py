"""Text as people and programs of all systems write it."""

from __future__ import annotations

from pathlib import Path

from ais_jupyter.core.data.errors import FileFormatError


def read_text(path: Path) -> str:
    """Read a text file: UTF-8 with or without its mark, UTF-16 with one, else Latin-1; lines end in any way.

    Raises
    ------
    FileFormatError
        The file cannot be read, or is not text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileFormatError(f"cannot open {path}: {error.strerror}") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    if "\0" in text:
        raise FileFormatError(f"{path}: expected text, found bytes that are none")
    return text.replace("\r\n", "\n").replace("\r", "\n")
