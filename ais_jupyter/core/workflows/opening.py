"""Opening any supported file as the object that people work with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ais_jupyter.core import files
from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.model_info import StoredGroup, StoredModel
from ais_jupyter.core.data.numbers import shown
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.mrc import read_segmentation
from ais_jupyter.core.files.scns import read_scns
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.workflows.model_group import ModelGroup


def open_any(path: str | Path, *, signed_bytes: bool | None = None, allow_custom: str | Collection[str] = ()) -> Any:
    """Open a file of any supported kind, recognised by its content.

    Parameters
    ----------
    path : path
        A volume, annotations, a training set, a model, a group of models, or coordinates.
    signed_bytes : bool, optional
        Whether 8-bit voxels of an MRC volume are −128…127 or 0…255. By default the file decides: IMOD's flag, the
        minimum in the header, and the voxels where these leave it open; ``ais-jupyter info`` says how and why.
    allow_custom : str or list of str
        Titles of plug-in architectures whose own code may read weights from this file. Such code may run what the file
        holds: allow it only for files that you trust. Models of the library, and of plug-ins that return Keras models,
        need no such permission.

    Returns
    -------
    Tomogram, AnnotatedTomogram, TrainingSet, SegmentationModel, ModelGroup or Picks
        What the file holds. Volumes are read from it when they are looked at.

    Raises
    ------
    FileFormatError
        It is of no supported kind, or damaged; the message says what was expected and what was found.
    """
    found = files.open(path, signed_bytes=signed_bytes)
    if not isinstance(found, StoredModel | StoredGroup):
        return found
    made = SegmentationModel if isinstance(found, StoredModel) else ModelGroup
    opened = made.from_stored(found)  # type: ignore[arg-type]
    for model in [opened] if isinstance(opened, SegmentationModel) else opened:
        model.allow_custom(allow_custom)
    storage.remember(opened, storage.stamp_of(found))
    return opened


def open_models(
    sources: Any, allow_custom: str | Collection[str] = ()
) -> tuple[list[SegmentationModel], ModelGroup | None]:
    """Models from a model, a group, a path to either, or a list of these; and the group, if there is one.

    `allow_custom` is that of `open_any`.

    Raises
    ------
    FileFormatError
        A path leads to something that is not a model.
    """
    if isinstance(sources, ModelGroup):
        return list(sources), sources
    if isinstance(sources, SegmentationModel | str | Path):
        sources = [sources]
    models: list[SegmentationModel] = []
    group: ModelGroup | None = None
    for source in sources:
        found = open_any(source, allow_custom=allow_custom) if isinstance(source, str | Path) else source
        if isinstance(found, ModelGroup):
            models.extend(found)
            group = found
        elif isinstance(found, SegmentationModel):
            models.append(found)
        else:
            raise FileFormatError(f"{source} is {_described(found)}; expected a model (.scnm) or a group (.scnmgroup)")
    return models, group


def open_tomogram(source: Any) -> Tomogram:
    """Return the tomogram of a path, of an AnnotatedTomogram, or itself.

    Raises
    ------
    FileFormatError
        It is something else.
    """
    found = open_any(source) if isinstance(source, str | Path) else source
    if isinstance(found, AnnotatedTomogram):
        return found.tomogram
    if isinstance(found, Tomogram):
        return found
    raise FileFormatError(f"{source} is {_described(found)}; expected a tomogram")


def open_annotations(path: str | Path, folders: Sequence[str | Path] = ()) -> AnnotatedTomogram:
    """Open a ``.scns``, looking for its tomogram in further `folders`.

    Raises
    ------
    FileFormatError
        It is something else, or damaged.
    """
    path = Path(path).expanduser()
    kind = kinds.identify(path)
    if kind != "scns":
        raise FileFormatError(f"{path} is {kinds.DESCRIPTION[kind]}, not an annotated tomogram (.scns)")
    return read_scns(path, [Path(folder).expanduser() for folder in folders])


def open_segmentation(source: Any) -> Segmentation:
    """Return the segmentation of a path, of a volume, or itself.

    Raises
    ------
    InputError
        It is something else.
    FileFormatError
        The path leads to no volume, or to one that is damaged.
    """
    if isinstance(source, str | Path):
        return read_segmentation(Path(source).expanduser())
    if isinstance(source, Tomogram):
        return Segmentation.from_volume(source)
    if not isinstance(source, Segmentation):
        raise InputError(f"expected a segmentation or the path of one, not {shown(source)}")
    return source


def open_training_set(source: Any) -> TrainingSet:
    """Return the training set of a path, or itself.

    Raises
    ------
    FileFormatError
        It is something else, such as a model given by mistake.
    """
    found = open_any(source) if isinstance(source, str | Path) else source
    if not isinstance(found, TrainingSet):
        raise FileFormatError(f"{source} is {_described(found)}; expected a training set (.scnt)")
    return found


def _described(found: object) -> str:
    names = {
        Tomogram: "a tomogram",
        AnnotatedTomogram: "an annotated tomogram (.scns)",
        TrainingSet: "a training set (.scnt)",
        SegmentationModel: "a model (.scnm), not data",
        ModelGroup: "a group of models (.scnmgroup), not data",
    }
    return next((name for kind, name in names.items() if isinstance(found, kind)), f"a {type(found).__name__}")
