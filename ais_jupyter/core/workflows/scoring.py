"""How good a segmentation is, where the truth is known."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.analysis import evaluation
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.workflows.opening import open_tomogram


def evaluate(segmentation: Any, truth: Any, **options: Any) -> evaluation.Scores:
    """Dice, IoU, precision and recall of a segmentation against the truth.

    Parameters
    ----------
    segmentation : path, Segmentation, Tomogram or array (z, y, x)
    truth : path, Tomogram or array (z, y, x)
        Non-zero where the feature is.
    **options
        See `ais_jupyter.core.analysis.evaluation.evaluate`: threshold, ignore, z.
    """
    found, known = (
        open_tomogram(item) if not hasattr(item, "shape") and not isinstance(item, Segmentation) else item
        for item in (segmentation, truth)
    )
    return evaluation.evaluate(found, known, **options)
