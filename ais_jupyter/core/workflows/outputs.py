"""Where the results of a run go: decided for all tomograms before the first is touched, the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.names import (
    coordinates_name,
    folded,
    result_name,
    split_result,
    unique_names,
    volume_stem,
)
from ais_jupyter.core.data.segmentation import Extent
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import read_segmentation
from ais_jupyter.core.files.paths import same_file
from ais_jupyter.core.workflows.opening import open_any

_SOURCE = "ais_jupyter result of "
#: Slices, and voxels of each, that a tomogram is recognised by.
_SAMPLED_SLICES, _SAMPLED_VOXELS = 3, 4096


@dataclass
class Planned:
    """One tomogram of a run and where its results go.

    Attributes
    ----------
    source : object
        As it was given: a tomogram, an annotated tomogram or a path.
    name : str
        By which its results are called; see `unique_names`.
    paths : dict of str → Path
        Results by the title of the model.
    """

    source: Any
    name: str
    paths: dict[str, Path]

    @property
    def renamed(self) -> bool:
        """Whether the results are not called by the tomogram's own name, since another has the same."""
        return self.name != own_name(self.source)


def plan_outputs(
    sources: Sequence[Any],
    titles: Sequence[str],
    folder: Path,
    names: Sequence[str] | None = None,
    overwrite: bool = False,
) -> list[Planned]:
    """Say where the result of every model on every tomogram goes.

    Parameters
    ----------
    sources : list of Tomogram, AnnotatedTomogram or path
    titles : list of str
        Of the models.
    folder : Path
    names : list of str, optional
        By which results are called; by default the tomograms' own, told apart where they are alike.
    overwrite : bool
        Whether existing results will be overwritten.

    Raises
    ------
    InputError
        Two models have titles that are one file name, or a result would replace a tomogram of this run.
    """
    alike = {folded(title) for title in titles}
    if len(alike) != len(titles):
        raise InputError(f"models need different titles, since results are named by them; found {', '.join(titles)}")
    chosen = list(names) if names is not None else unique_names([_named(source) for source in sources])
    planned = [
        Planned(source, name, {title: folder / result_name(name, title) for title in titles})
        for source, name in zip(sources, chosen)
    ]
    if overwrite:
        _check_inputs(planned)
    return planned


@dataclass
class PlannedPicks:
    """One segmentation of a run of picking, and where its coordinates go.

    Attributes
    ----------
    source : Segmentation or path
    name : str
        The segmentation's own, ``<tomogram>__<feature>``, told apart from others of the same name.
    tomogram, feature : str
        Its two parts.
    path : Path or None
        The coordinates; None where none are written.
    """

    source: Any
    name: str
    tomogram: str
    feature: str
    path: Path | None

    def sibling(self, title: str) -> Path | None:
        """Where another feature of the same tomogram would lie; None for what lies in no folder."""
        path = Path(self.source).expanduser() if isinstance(self.source, str | Path) else self.source.volume.path
        return None if path is None else path.with_name(result_name(split_result(path)[0], title))


def plan_picks(sources: Sequence[Any], folder: Path | None) -> list[PlannedPicks]:
    """Say where the coordinates picked from each segmentation go.

    Parameters
    ----------
    sources : list of Segmentation or path
    folder : Path, optional
        None: they are not written.

    Raises
    ------
    InputError
        Two of them are of the same tomogram.
    """
    paths = [_segmented(source) for source in sources]
    planned: dict[str, PlannedPicks] = {}
    for source, name in zip(sources, unique_names(paths)):
        tomogram, feature = split_result(f"{name}.mrc")
        if (other := planned.get(tomogram)) is not None:
            raise InputError(
                f"{tomogram!r} was given twice, with {other.feature or 'no feature'} and {feature or 'no feature'}: "
                "pick one feature at a time"
            )
        path = None if folder is None else folder / coordinates_name(tomogram, feature)
        planned[tomogram] = PlannedPicks(source, name, tomogram, feature, path)
    return list(planned.values())


def plan_meshes(paths: Sequence[Path], folder: Path | None, kind: str) -> list[Path]:
    """Say where the surface of every segmentation goes: ``<segmentation>.obj`` in `folder`, or beside it."""
    return [(folder or path.parent) / f"{name}.{kind}" for path, name in zip(paths, unique_names(list(paths)))]


def _segmented(source: Any) -> Path:
    """Path whose name tells a segmentation apart."""
    if isinstance(source, str | Path):
        return Path(source).expanduser()
    named = Path(result_name(source.tomogram_name, source.feature) if source.feature else f"{source.tomogram_name}.mrc")
    path = source.volume.path
    return path if path is not None and split_result(path) == split_result(named) else named


def _check_inputs(planned: Sequence[Planned]) -> None:
    """See that no result replaces a tomogram; results of earlier runs that lie among them may be replaced."""
    targets = [path for one in planned for path in one.paths.values() if path.exists()]
    for one in planned:
        path = _path(one.source)
        found = next((target for target in targets if path is not None and same_file(target, path)), None)
        if found is not None and not _states_extent(found):
            raise InputError(f"the result {found} would replace a tomogram of this run: choose another folder")


def own_name(source: Any) -> str:
    """Name of a tomogram, also of one that is not open."""
    return volume_stem(source) if isinstance(source, str | Path) else str(source.name)


def is_result(source: Any, names: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether a tomogram is a result itself: its file says so, or it is called like one of this run."""
    tomogram = getattr(source, "tomogram", source)
    if isinstance(tomogram, Tomogram):
        if Extent.of(tomogram) is not None:
            return True
    elif _states_extent(Path(source)):
        return True
    name, title = split_result(f"{own_name(source)}.mrc")
    return bool(title) and title in titles and name in names


def check_existing(path: Path, tomogram: Tomogram) -> None:
    """See that a result that exists is that of this tomogram.

    Raises
    ------
    InputError
        It says that it was made from another, or from another version of it.
    """
    try:
        header = getattr(read_segmentation(path).volume.data, "header", None)
    except (AisError, OSError):
        return
    labels = getattr(header, "labels", ())
    stated = next((label[len(_SOURCE) :].split() for label in labels if label.startswith(_SOURCE)), None)
    if stated and stated[0] != fingerprint(tomogram):
        raise InputError(
            f"{path} is the result of another tomogram, or of another version of {tomogram.name!r}: overwrite it "
            "(overwrite=True), or choose another folder"
        )


def result_labels(tomogram: Tomogram, extent: Extent) -> tuple[str, str]:
    """Labels by which a result is recognised, and the tomogram that it was made from."""
    return extent.label, f"{_SOURCE}{fingerprint(tomogram)}"


def fingerprint(tomogram: Tomogram) -> str:
    """16 hexadecimal digits that are the same for the same voxels, wherever their file lies."""
    digest = hashlib.sha256(repr((tomogram.shape, str(tomogram.dtype))).encode())
    depth, height, width = tomogram.shape
    for z in np.unique(np.linspace(0, depth - 1, min(depth, _SAMPLED_SLICES)).astype(int)):
        plane = np.ascontiguousarray(tomogram.slice(int(z))).reshape(-1)
        digest.update(plane[:: max(1, height * width // _SAMPLED_VOXELS)].tobytes())
    return digest.hexdigest()[:16]


def _named(source: Any) -> Path:
    """Path whose name tells a tomogram apart: that of its file, unless it has a name of its own."""
    path = _path(source)
    if path is not None and (isinstance(source, str | Path) or volume_stem(path) == source.name):
        return path
    return Path(f"{source.name}.mrc".replace("/", "_"))


def _path(source: Any) -> Path | None:
    if isinstance(source, str | Path):
        return Path(source).expanduser()
    tomogram = source.tomogram if isinstance(source, AnnotatedTomogram) else source
    return tomogram.path


def _states_extent(path: Path) -> bool:
    try:
        opened = open_any(path)
    except (AisError, OSError):
        return False
    return isinstance(opened, Tomogram) and Extent.of(opened) is not None
