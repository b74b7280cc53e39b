"""File formats: bytes to data objects and back. `open` recognises a file by its content.

Belongs here: one file per format, the rule for replacing files, writing whole or not at all.
Does not belong here: choosing files, naming results (`core.workflows.sources`, `outputs`), locks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.feature_library import FeatureLibrary
from ais_jupyter.core.data.model_info import StoredGroup, StoredModel
from ais_jupyter.core.data.picks import Picks, PicksByTomogram
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet


def open(path: str | Path, *, signed_bytes: bool | None = None) -> Any:
    """Open any supported file, whatever its name says.

    Parameters
    ----------
    path : path
    signed_bytes : bool, optional
        Whether 8-bit voxels of an MRC volume are −128…127 or 0…255; by default the file decides.

    Returns
    -------
    Tomogram, AnnotatedTomogram, TrainingSet, StoredModel, StoredGroup or Picks

    Raises
    ------
    FileFormatError
        It is none of these, or is damaged; the message says what was expected and what was found.
    """
    from ais_jupyter.core.files import kinds

    path = Path(path).expanduser()
    kind = kinds.identify(path)
    stamp = storage.FileStamp.of(path)
    options = {"signed_bytes": signed_bytes} if kind == "mrc" and signed_bytes is not None else {}
    found = kinds.reader(kind)(path, **options)
    storage.remember(found, stamp)
    return found


def _check_replacing(obj: Any, path: Path, stamp: storage.FileStamp | None, overwrite: bool) -> None:
    from ais_jupyter.core.files.replacing_rule import check_replacing

    check_replacing(obj, path, stamp, overwrite)


def _save_tomogram(tomogram: Tomogram, path: Path) -> None:
    from ais_jupyter.core.files.mrc import save_tomogram

    save_tomogram(tomogram, path)


def _save_training_set(training_set: TrainingSet, path: Path) -> None:
    from ais_jupyter.core.files.scnt import write_scnt

    write_scnt(training_set, path)


def _save_model(model: StoredModel, path: Path) -> None:
    from ais_jupyter.core.files.scnm import write_scnm

    write_scnm(model, path)


def _save_group(group: StoredGroup, path: Path) -> None:
    from ais_jupyter.core.files.scnmgroup import write_scnmgroup

    write_scnmgroup(group, path)


def _save_annotations(annotated: AnnotatedTomogram, path: Path) -> None:
    from ais_jupyter.core.files.scns_write import write_scns

    write_scns(annotated, path)


def _save_picks(picks: Picks, path: Path) -> None:
    from ais_jupyter.core.files.star import write_star

    write_star(picks, path)


def _save_picks_of_several(picks: PicksByTomogram, path: Path) -> None:
    from ais_jupyter.core.files.star import write_star

    write_star(list(picks.values()), path)


def _save_library(library: FeatureLibrary, path: Path) -> None:
    from ais_jupyter.core.files.feature_library import write_feature_library

    write_feature_library(library, path)


def _save_surface(surface: Surface, path: Path) -> None:
    from ais_jupyter.core.files.mesh import write_mesh

    write_mesh(surface, path)


storage.register_reader(open)
storage.register_judge(_check_replacing)
storage.register_writer(Tomogram, _save_tomogram)
storage.register_writer(TrainingSet, _save_training_set)
storage.register_writer(AnnotatedTomogram, _save_annotations)
storage.register_writer(StoredModel, _save_model)
storage.register_writer(StoredGroup, _save_group)
storage.register_writer(Picks, _save_picks)
storage.register_writer(PicksByTomogram, _save_picks_of_several)
storage.register_writer(FeatureLibrary, _save_library)
storage.register_writer(Surface, _save_surface)
