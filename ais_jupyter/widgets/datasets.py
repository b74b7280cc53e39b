"""The tomograms that one widget holds open, by an id that the browser uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.tomogram import Tomogram


def as_annotated(source: Any) -> AnnotatedTomogram:
    """Return annotations from a path, a Tomogram or an AnnotatedTomogram.

    Raises
    ------
    InputError
        `source` is none of these, or the file holds something else.
    """
    if isinstance(source, AnnotatedTomogram):
        return source
    if isinstance(source, (str, Path)):
        from ais_jupyter.core.workflows import open as open_file

        source = open_file(source)
    if isinstance(source, AnnotatedTomogram):
        return source
    if isinstance(source, Tomogram):
        return AnnotatedTomogram(source)
    raise InputError(
        f"expected a tomogram or annotations (path, Tomogram or AnnotatedTomogram), not {type(source).__name__}"
    )


class Datasets:
    """Open tomograms in display order; their id is the `uid` of the annotations."""

    def __init__(self) -> None:
        self._open: dict[str, AnnotatedTomogram] = {}

    def add(self, source: Any) -> AnnotatedTomogram:
        """Open one more; what is open already stays as it is."""
        annotated = as_annotated(source)
        self._open.setdefault(annotated.uid, annotated)
        return annotated

    def remove(self, uid: str) -> AnnotatedTomogram:
        """Close one."""
        return self._open.pop(uid)

    def __getitem__(self, uid: str) -> AnnotatedTomogram:
        try:
            return self._open[uid]
        except KeyError:
            raise InputError("this tomogram is no longer open") from None

    def __iter__(self) -> Iterator[AnnotatedTomogram]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)


def sources_of(source: Any) -> Iterable[Any]:
    """Return the sources one by one: a single one, or a list of them."""
    return source if isinstance(source, (list, tuple)) else [source]
