"""Text that can be written, shown and sent: valid Unicode; titles are one line of it."""

from __future__ import annotations

import unicodedata


def has_lone_surrogate(text: str) -> bool:
    """Whether `text` holds half of a surrogate pair, which no encoding can write."""
    return any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else False


def valid_text(text: str) -> str:
    """Return `text` with each lone surrogate replaced by U+FFFD, as browsers show what they cannot read.

    Examples
    --------
    >>> valid_text("a" + chr(0xD800) + "b") == "a" + chr(0xFFFD) + "b"
    True
    """
    text = str(text)  # also of a subclass, such as NumPy's
    if not has_lone_surrogate(text):
        return text
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def valid_title(text: str) -> str:
    """Return `text` as a title: valid Unicode on one line, without control characters (also those of terminals).

    Examples
    --------
    >>> valid_title(f"two{chr(10)}lines{chr(27)}[31m")
    'two lines [31m'
    """
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in valid_text(text))
