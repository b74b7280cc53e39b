"""The feature library of Ais (``~/.Ais/feature_library.txt``): JSON, sizes in nm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.colors import as_color
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.feature_library import FeatureLibrary, LibraryFeature
from ais_jupyter.core.files.json_text import number, parse_json, whole_number
from ais_jupyter.core.files.safe_write import write_text

DEFAULT_NAME = "Default library"  # of the single list that versions before 1.2 have
_NM, _NM3 = 10.0, 1000.0  # Å, Å³
_KNOWN = {
    "title", "colour", "box_size", "brush_size", "alpha", "use", "dust", "level", "render_alpha", "hide",
}  # fmt: skip


def read_feature_library(path: str | Path) -> FeatureLibrary:
    """Read the library of any version.

    Raises
    ------
    FileFormatError
        It is not a feature library, or a value is not of the kind it should be.
    """
    path = Path(path)
    value: Any = parse_json(path.read_bytes(), object, str(path))
    if isinstance(value, list):
        value = {"active": DEFAULT_NAME, "libraries": {DEFAULT_NAME: value}}
    libraries = value.get("libraries") if isinstance(value, dict) else None
    if not isinstance(libraries, dict) or not all(isinstance(entries, list) for entries in libraries.values()):
        raise FileFormatError(f"{path}: expected a feature library: lists of features under their names")
    found = {name: [_feature(entry, str(path)) for entry in entries] for name, entries in libraries.items()}
    return FeatureLibrary(found, str(value.get("active", DEFAULT_NAME)))


def write_feature_library(library: FeatureLibrary, path: str | Path) -> None:
    """Write the library in the form of Ais 1.2, with all the keys it needs."""
    libraries = {name: [_entry(feature) for feature in features] for name, features in library.libraries.items()}
    write_text(path, json.dumps({"active": library.active, "libraries": libraries}, indent=2))


def _feature(entry: Any, what: str) -> LibraryFeature:
    if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
        raise FileFormatError(f"{what}: a feature needs a title, found {str(entry)[:60]}")
    place = f"{what}: {entry['title']!r}"
    try:
        color = as_color(entry.get("colour", (1.0, 1.0, 1.0)))
    except InputError as error:
        raise FileFormatError(f"{place}: {error}") from error
    return LibraryFeature(
        entry["title"],
        color,
        whole_number(entry.get("box_size"), 128, f"{place}: box_size", 1),
        number(entry.get("brush_size"), 10.0, f"{place}: brush_size") * _NM,
        number(entry.get("alpha"), 1.0, f"{place}: alpha"),
        bool(entry.get("use", True)),
        number(entry.get("dust"), 1.0, f"{place}: dust") * _NM3,
        whole_number(entry.get("level"), 128, f"{place}: level"),
        number(entry.get("render_alpha"), 1.0, f"{place}: render_alpha"),
        not entry.get("hide", False),
        {key: value for key, value in entry.items() if key not in _KNOWN},
    )


def _entry(feature: LibraryFeature) -> dict[str, Any]:
    return {
        **feature.extra,
        "title": feature.title,
        "colour": list(feature.color),
        "box_size": feature.box_size,
        "brush_size": feature.brush_diameter / _NM,
        "alpha": feature.alpha,
        "use": feature.use,
        "dust": feature.dust / _NM3,
        "level": feature.level,
        "render_alpha": feature.surface_alpha,
        "hide": not feature.visible,
    }
