"""How good a segmentation is, and what was picked from it, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.analysis import evaluation
from ais_jupyter.core.analysis.pick_scores import PickScores, compare_picks, pooled
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import number
from ais_jupyter.core.data.picks import Picks, PicksByTomogram
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.mrc import read_segmentation
from ais_jupyter.core.workflows.opening import open_any, open_tomogram


def evaluate(segmentation: Any, truth: Any, **options: Any) -> evaluation.Scores:
    """Dice, IoU, precision and recall of a segmentation against the truth.

    Parameters
    ----------
    segmentation : path, Segmentation, Tomogram or array (z, y, x)
        Probabilities as 0–255, 0–1 (floats) or 0–127 (int8), or a mask of 0 and 1; a path leads to any volume.
    truth : path, Tomogram or array (z, y, x)
        Non-zero where the feature is; a path leads to any volume.
    **options
        ``threshold``: level 0–255 above which a voxel counts as found, 127.5 by default. ``ignore``: slice numbers, or
        a volume that is not zero where nothing should be compared. ``z``: (start, stop), only these slices; by default
        those that were segmented.

    Returns
    -------
    Scores
        For the whole and for every slice, at any threshold; shown as a table and by ``plot()``.

    Raises
    ------
    InputError
        The shapes differ, nothing is left to compare, or the values are of no scale that segmentations have.
    """
    return evaluation.evaluate(_segmentation(segmentation), _truth(truth), **options)


def _segmentation(source: Any) -> Any:
    """Open a path; the bytes of MRC results are 0–127 (`read_segmentation`)."""
    if not isinstance(source, str | Path):
        return source
    path = Path(source).expanduser()
    return read_segmentation(path) if kinds.identify(path) == "mrc" else open_tomogram(path)


def _truth(source: Any) -> Any:
    return open_tomogram(Path(source).expanduser()) if isinstance(source, str | Path) else source


def score_picks(picks: Any, truth: Any, radius: float, voxel_size: float | None = None) -> PickScores:
    """Precision, recall and F-scores of picks against known coordinates.

    Each particle is matched with one pick at most, the closest pairs first.

    Parameters
    ----------
    picks : Picks, PicksByTomogram, path of a STAR file, or array (n, 3)
        Arrays are (z, y, x) in voxels.
    truth : Picks, PicksByTomogram, path of a STAR file, or array (n, 3)
        Known coordinates of the same tomograms.
    radius : float
        Å within which a pick counts as found; about half the diameter of the particle.
    voxel_size : float, optional
        Å, where neither picks nor truth know it.

    Returns
    -------
    PickScores
        Of several tomograms, all of them together.

    Raises
    ------
    InputError
        They are of different tomograms, or no voxel size is known.
    """
    number(radius, "radius, in Å,", 0, 1e6, above=True)
    if voxel_size is not None:
        number(voxel_size, "voxel_size, in Å,", 0, 1e6, above=True)
    known = _by_tomogram(truth)
    chosen = _by_tomogram(picks)
    if len(chosen) == len(known) == 1:
        (name, one), (other, sure) = next(iter(chosen.items())), next(iter(known.items()))
        if name and other and name != other:
            raise InputError(f"the picks are of {name!r} and the known coordinates of {other!r}")
        return _compared(one, sure, radius, voxel_size)
    if strange := [name for name in chosen if name not in known]:
        raise InputError(f"no coordinates are known for {', '.join(strange[:5])}; they are for {', '.join(known)}")
    nothing = Picks(np.zeros((0, 3)))
    return pooled([_compared(chosen.get(name, nothing), sure, radius, voxel_size) for name, sure in known.items()])


def _by_tomogram(source: Any) -> dict[str, Picks]:
    if isinstance(source, str | Path):
        path, source = source, open_any(source)
        if not isinstance(source, Picks | PicksByTomogram):
            raise InputError(f"{path} holds no coordinates but a {type(source).__name__}")
    if isinstance(source, PicksByTomogram):
        return dict(source)
    if not isinstance(source, Picks):
        source = Picks(source)
    return {source.tomogram_name: source}


def _compared(picks: Picks, truth: Picks, radius: float, voxel_size: float | None) -> PickScores:
    if len(picks) and len(truth) and picks.centred != truth.centred:
        raise InputError(
            "one of the two counts Å from the middle of the tomogram, the other voxels from its corner: bring both to "
            "voxels with picks.within(tomogram)"
        )
    found, known = _in_angstrom(picks, truth, voxel_size), _in_angstrom(truth, picks, voxel_size)
    return compare_picks(found, known, radius)


def _in_angstrom(picks: Picks, other: Picks, voxel_size: float | None) -> np.ndarray:
    if picks.centred:
        return picks.positions
    size = picks.voxel_size or other.voxel_size or voxel_size or 0.0
    if not size > 0 and len(picks):
        raise InputError("neither picks nor known coordinates have a voxel size: give voxel_size, in Å")
    return picks.positions * size
