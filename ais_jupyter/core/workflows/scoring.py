"""How good a segmentation is, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ais_jupyter.core.analysis import evaluation
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.mrc import read_segmentation
from ais_jupyter.core.workflows.opening import open_tomogram


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
