"""When a file may be replaced: the one rule for the window, the command line and Python."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError, WouldOverwriteError
from ais_jupyter.core.data.feature_library import FeatureLibrary
from ais_jupyter.core.data.model_info import StoredGroup, StoredModel
from ais_jupyter.core.data.picks import Picks, PicksByTomogram
from ais_jupyter.core.data.storage import FileStamp
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.files import kinds

#: Kinds of files that an object may replace.
_SAME_KIND: dict[type, set[str]] = {
    AnnotatedTomogram: {"scns"},
    TrainingSet: {"scnt_tar", "scnt_tiff"},
    StoredModel: {"scnm_tar", "scnm_json"},
    StoredGroup: {"group_tar", "group_json"},
    Picks: {"picks"},
    PicksByTomogram: {"picks"},
    Tomogram: {"mrc"},
    FeatureLibrary: {"feature_library"},
    Surface: set(),
}


def check_replacing(obj: Any, path: Path, stamp: FileStamp | None, overwrite: bool) -> None:
    """See that writing `obj` to `path` loses nothing.

    Parameters
    ----------
    obj : object
    path : Path
    stamp : FileStamp or None
        The file that the object comes from, as it was then.
    overwrite : bool
        Whether a file may be replaced that it does not come from, or that has changed since.

    Raises
    ------
    InputError
        A file of another kind is there, which not even `overwrite` replaces.
    WouldOverwriteError
        A file is there that the object does not come from, or that has changed since.
    """
    if not path.exists():
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file")
    kind = _kind(path)
    if kind is not None and kind not in _SAME_KIND[type(obj)]:
        raise InputError(f"{path} is {kinds.DESCRIPTION[kind]} and is not replaced: choose another name")
    if overwrite:
        return
    if stamp is None or stamp.path != os.path.realpath(path):
        raise WouldOverwriteError(path)
    if FileStamp.of(path) != stamp:
        raise WouldOverwriteError(path, changed=True)


def _kind(path: Path) -> str | None:
    """Kind of a file; None where it is of none, or damaged beyond recognition."""
    try:
        return kinds.identify(path)
    except (FileFormatError, OSError):
        return None
