"""Features as people use them again and again: names, colours and settings, in named libraries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.colors import CYCLE, Color


@dataclass
class LibraryFeature:
    """Settings that a new feature of this name starts with.

    Attributes
    ----------
    title : str
    color : (r, g, b)
        0–1.
    box_size : int
        Edge of boxes in pixels.
    brush_diameter : float
        Å.
    alpha : float
        Opacity of the overlay, 0–1.
    use : bool
        Whether it is offered.
    dust : float
        Å³; smaller components are not drawn.
    level : int
        Threshold of the surface, 0–255.
    surface_alpha : float
        Opacity of the surface, 0–1.
    visible : bool
    extra : dict
        Fields of a file that this program does not use and writes back.
    """

    title: str
    color: Color = CYCLE[0]
    box_size: int = 128
    brush_diameter: float = 100.0
    alpha: float = 1.0
    use: bool = True
    dust: float = 1000.0
    level: int = 128
    surface_alpha: float = 1.0
    visible: bool = True
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class FeatureLibrary:
    """Named lists of features, one of them active."""

    libraries: dict[str, list[LibraryFeature]] = field(default_factory=lambda: {"Default library": []})
    active: str = "Default library"

    @property
    def features(self) -> list[LibraryFeature]:
        """The active list; the first one where the active name is unknown."""
        if self.active in self.libraries:
            return self.libraries[self.active]
        return next(iter(self.libraries.values()), [])

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a library that Ais reads.

        Raises
        ------
        InputError
            A file is there that this does not come from and `overwrite` is false, or one of another kind.
        """
        return storage.save(self, path, overwrite)
