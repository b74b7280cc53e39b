"""From one format or version to another; the extension of the output says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core import files
from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.annotation_exchange import export_coordinates, export_volume
from ais_jupyter.core.files.mrc import save_tomogram
from ais_jupyter.core.files.safe_write import write_text
from ais_jupyter.core.files.scns import read_scns
from ais_jupyter.core.files.scnt import write_scnt
from ais_jupyter.core.files.scnt_tiff import write_scnt_tiff
from ais_jupyter.core.files.star import write_box_coordinates


@dataclass(frozen=True)
class Conversion:
    """How to convert, where there is a choice.

    Attributes
    ----------
    feature : str or None
        Annotations to coordinates or a volume: of which feature.
    tomogram : str or None
        Particles of several tomograms to text: of which one.
    search : tuple of paths
        Folders to search for the tomogram of annotations.
    tiff : bool
        Training sets: the form that Ais wrote before 1.2.
    voxel_size : float or None
        Å, for volumes without one.
    overwrite : bool
        Replace the output if it exists.
    """

    feature: str | None = None
    tomogram: str | None = None
    search: tuple[str, ...] = ()
    tiff: bool = False
    voxel_size: float | None = None
    overwrite: bool = False


def convert(source: Path, target: Path, how: Conversion | None = None) -> tuple[str, list[str]]:
    """Convert one file; returns what it was, in words, and what a person should know.

    Raises
    ------
    InputError
        The output exists and must not be overwritten, or such a file does not convert to it.
    FileFormatError
        The input is of no supported kind, or damaged.
    """
    how = how or Conversion()
    if target.exists() and not how.overwrite:
        raise InputError(f"{target} exists; add --overwrite to replace it")
    kind = kinds.identify(source)
    found = read_scns(source, how.search) if kind == "scns" else files.open(source)
    ways = _WAYS[type(found).__name__]
    extension = "".join(target.suffixes[-1:]).lower()
    if extension not in ways:
        raise InputError(
            f"{source} is {kinds.DESCRIPTION[kind]}, which converts to {', '.join(ways)}, not to {extension}"
        )
    ways[extension](found, target, how)
    return kinds.DESCRIPTION[kind], _notes(found)


def _notes(found: Any) -> list[str]:
    tomogram = getattr(found, "tomogram", None)
    if tomogram is None or tomogram.available:
        return []
    return [f"the tomogram {tomogram.path} was not found; add its folder with -d to relink it"]


def _save(found: Any, target: Path, _: Conversion) -> None:
    found.save(target, overwrite=True)


def _volume(tomogram: Any, target: Path, how: Conversion) -> None:
    save_tomogram(tomogram, target, how.voxel_size)


def _annotations(annotated: Any, target: Path, _: Conversion) -> None:
    annotated.save(target, overwrite=True)


def _boxes_text(annotated: Any, target: Path, how: Conversion) -> None:
    export_coordinates(_feature(annotated, how), target)


def _boxes_star(annotated: Any, target: Path, how: Conversion) -> None:
    titles = [_feature(annotated, how).title] if how.feature else [f.title for f in annotated.features]
    write_box_coordinates(target, [annotated], titles, with_feature=True)


def _masks(annotated: Any, target: Path, how: Conversion) -> None:
    export_volume(annotated.tomogram, _feature(annotated, how), target)


def _feature(annotated: Any, how: Conversion) -> Any:
    titles = [f.title for f in annotated.features]
    if how.feature is None and len(titles) == 1:
        return annotated.features[0]
    if how.feature not in titles:
        raise InputError(f"choose a feature with -f; there are {', '.join(map(repr, titles)) or 'none'}")
    return annotated.feature(how.feature)


def _training_set(boxes: Any, target: Path, how: Conversion) -> None:
    (write_scnt_tiff if how.tiff else write_scnt)(boxes, target)


def _stored(model: Any, target: Path, _: Conversion) -> None:
    storage.save(model, target, overwrite=True)


def _one_of_several(picks: Any, target: Path, how: Conversion) -> None:
    if how.tomogram not in picks:
        raise InputError(f"choose a tomogram with --tomogram; there are {', '.join(map(repr, picks))}")
    _picks_text(picks[how.tomogram], target, how)


def _picks_text(picks: Any, target: Path, _: Conversion) -> None:
    if picks.centred:
        raise InputError("these positions count from the middle of the tomogram, in Å; they convert to .star only")
    places = np.rint(picks.positions).astype(int)
    write_text(target, "".join(f"{x}\t{y}\t{z}\n" for z, y, x in places))


_Way = Callable[[Any, Path, Conversion], None]
_WAYS: dict[str, dict[str, _Way]] = {
    "Tomogram": {".mrc": _volume, ".rec": _volume, ".map": _volume, ".st": _volume},
    "AnnotatedTomogram": {".scns": _annotations, ".txt": _boxes_text, ".star": _boxes_star, ".mrc": _masks},
    "TrainingSet": {".scnt": _training_set},
    "StoredModel": {".scnm": _stored},
    "StoredGroup": {".scnmgroup": _stored},
    "PicksByTomogram": {".star": _save, ".txt": _one_of_several, ".tsv": _one_of_several},
    "Picks": {".star": _save, ".txt": _picks_text, ".tsv": _picks_text},
    "FeatureLibrary": {".txt": _save, ".json": _save},
}
