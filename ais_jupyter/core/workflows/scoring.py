"""How good a segmentation is, where the truth is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ais_jupyter.core.analysis import evaluation
from ais_jupyter.core.files.mrc import read_segmentation
from ais_jupyter.core.workflows.opening import open_tomogram


def evaluate(segmentation: Any, truth: Any, **options: Any) -> evaluation.Scores:
    """Dice, IoU, precision and recall of a segmentation against the truth.

    Parameters
    ----------
    segmentation : path (MRC), Segmentation, Tomogram or array (z, y, x)
        Probabilities as 0–255, 0–1 (floats) or 0–127 (int8).
    truth : path, Tomogram or array (z, y, x)
        Non-zero where the feature is.
    **options
        ``threshold``: level 0–255 above which a voxel counts as found, 127.5 by default. ``ignore``: slice numbers, or
        a volume that is not zero where nothing should be compared. ``z``: (start, stop), only these slices.

    Returns
    -------
    Scores
        For the whole and for every slice, at any threshold; shown as a table and by ``plot()``.

    Raises
    ------
    InputError
        The shapes differ, nothing is left to compare, or probabilities are not between 0 and 1.
    """
    found = read_segmentation(segmentation) if isinstance(segmentation, str | Path) else segmentation
    known = open_tomogram(truth) if isinstance(truth, str | Path) else truth
    return evaluation.evaluate(found, known, **options)
