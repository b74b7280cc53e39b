"""Errors meant to be read by people: what was expected, what was found, what to do."""

from __future__ import annotations


class AisError(Exception):
    """Base of every error that this package raises on purpose."""


class FileFormatError(AisError):
    """A file is not what it should be, is damaged, or holds something that is not supported."""


class UnsafeFileError(FileFormatError):
    """A file asks for something that could run code or write outside its place; nothing of it was used."""


class FileWriteError(AisError):
    """A file cannot be written: disk full, directory missing or not writable. What was there before is untouched."""


class TomogramMissingError(AisError):
    """The tomogram that annotations belong to cannot be found; the annotations stay usable."""


class TomogramChangedError(FileFormatError):
    """A tomogram's file was replaced or changed while it was open; what is read from it now would be wrong."""


class InputError(AisError, ValueError):
    """An argument or a combination of arguments does not make sense."""


class CancelledError(AisError):
    """The user stopped the work before it was done."""
