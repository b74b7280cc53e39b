"""Text that can be written, shown and sent: valid Unicode."""

from __future__ import annotations


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
