"""The feature library: names, colours and settings that a person uses again and again."""

from typing import Annotated

from typing_extensions import TypedDict

from ais_jupyter.widgets.wire.annotations import OneFeature
from ais_jupyter.widgets.wire.declare import Color, Count, Fraction, Nothing, Number, Request, Text


class LibraryEntry(TypedDict):
    """What a feature of this title starts with."""

    title: Text
    color: Color
    box_size: Annotated[Count, "pixels"]
    brush_diameter: Annotated[Number, "Å"]
    alpha: Fraction


class Library(TypedDict):
    """The entries that are in use."""

    library: list[LibraryEntry]


LIBRARY = Request("library", Nothing, Library, "Read the library.")
LIBRARY_KEEP = Request("library_keep", OneFeature, Library, "Put a feature's settings into the library.")
