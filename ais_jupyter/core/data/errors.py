"""Errors meant to be read by people: what was expected, what was found, what to do."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal


class AisError(Exception):
    """Base of every error that this package raises on purpose."""


class FileFormatError(AisError):
    """A file is not what it should be, is damaged, or holds something that is not supported."""


class UnsafeFileError(FileFormatError):
    """A file asks for something that could run code or write outside its place; nothing of it was used."""


class CustomLayerError(FileFormatError):
    """A network in a file has a layer that is not in the catalogue."""


class UnsafeLayerError(CustomLayerError, UnsafeFileError):
    """A network in a file has a layer that carries or calls code; nothing of it was run."""


class FileWriteError(AisError):
    """A file cannot be written: disk full, directory missing or not writable. What was there before is untouched."""


class TomogramMissingError(AisError):
    """The tomogram that annotations belong to cannot be found; the annotations stay usable."""


class TomogramChangedError(FileFormatError):
    """A tomogram's file was replaced or changed while it was open; what is read from it now would be wrong."""


class InputError(AisError, ValueError):
    """An argument or a combination of arguments does not make sense."""


class RefusedError(InputError):
    """Nothing is wrong, but something would be lost or at risk: the caller has to insist.

    Attributes
    ----------
    problem : str
        What would be lost or at risk, without the advice for callers of Python that the message of the error ends with.
    offer : str
        The argument that insists when it is true; a window offers it as a button.
    """

    offer: ClassVar[Literal["overwrite", "discard", "allow_custom"]]

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem}; {advice}")
        self.problem = problem


class WouldOverwriteError(RefusedError):
    """A file would be replaced that was not read, or that another program has changed since.

    Attributes
    ----------
    path : Path
    """

    offer = "overwrite"

    def __init__(self, path: Path, changed: bool = False) -> None:
        found = f"another program has changed {path} since it was opened here" if changed else f"{path} already exists"
        super().__init__(found, "save under another name, or pass overwrite=True")
        self.path = path


class UnsavedChangesError(RefusedError):
    """Changes that are in no file would be lost."""

    offer = "discard"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} has unsaved changes", "save them, or discard them")


class CustomObjectError(RefusedError):
    """Weights that only a plug-in can read, of which nobody has said that they may be trusted."""

    offer = "allow_custom"

    def __init__(self, title: str, architecture: str) -> None:
        super().__init__(
            f"the model {title!r} is a custom object: the plug-in {architecture!r} reads its weights with code of its "
            "own, which may run what the file holds",
            f"if you trust the file, open it with ais.open(path, allow_custom={architecture!r}), or pass "
            f"--allow-custom {architecture!r} on the command line",
        )


class CancelledError(AisError):
    """The user stopped the work before it was done."""
