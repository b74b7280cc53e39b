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
        See `ais_jupyter.core.analysis.evaluation.evaluate`: threshold, ignore, z.
    """
    found = read_segmentation(segmentation) if isinstance(segmentation, str | Path) else segmentation
    known = open_tomogram(truth) if isinstance(truth, str | Path) else truth
    return evaluation.evaluate(found, known, **options)
