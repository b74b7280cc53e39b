"""The tomograms that one widget holds open, by an id that the browser uses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.tomogram import Tomogram


@dataclass
class Dataset:
    """One open tomogram with its annotations."""

    id: str
    annotated: AnnotatedTomogram


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
    raise InputError(f"expected a tomogram or annotations (path, Tomogram or AnnotatedTomogram), not {type(source).__name__}")


class Datasets:
    """Open tomograms in display order."""

    def __init__(self) -> None:
        self._open: dict[str, Dataset] = {}
        self._numbers = itertools.count(1)

    def add(self, source: Any) -> Dataset:
        """Open one more; what is open already is returned as it is."""
        annotated = as_annotated(source)
        for dataset in self:
            if dataset.annotated is annotated:
                return dataset
        dataset = Dataset(f"t{next(self._numbers)}", annotated)
        self._open[dataset.id] = dataset
        return dataset

    def remove(self, name: str) -> Dataset:
        """Close one."""
        return self._open.pop(name)

    def __getitem__(self, name: str) -> Dataset:
        try:
            return self._open[name]
        except KeyError:
            raise InputError("this tomogram is no longer open") from None

    def __iter__(self) -> Iterator[Dataset]:
        return iter(list(self._open.values()))

    def __len__(self) -> int:
        return len(self._open)


def sources_of(source: Any) -> Iterable[Any]:
    """Return the sources one by one: a single one, or a list of them."""
    return source if isinstance(source, (list, tuple)) else [source]
