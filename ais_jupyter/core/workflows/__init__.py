"""Whole steps: what the widgets, the command line and old scripts call.

Belongs here: what joins tools, such as opening, extracting, training into a file, segmenting, scoring, converting.
Does not belong here: state that outlives a step (`core.session`), flags and messages of a front door.
"""

from ais_jupyter.core.workflows.exporting import Outcome
from ais_jupyter.core.workflows.extracting import annotate_from_mask, extract
from ais_jupyter.core.workflows.library import architectures
from ais_jupyter.core.workflows.model_group import ModelGroup
from ais_jupyter.core.workflows.opening import SegmentationModel, open_any
from ais_jupyter.core.workflows.picking import pick
from ais_jupyter.core.workflows.scoring import evaluate, score_picks
from ais_jupyter.core.workflows.segmenting import segment
from ais_jupyter.core.workflows.surfacing import make_surface

open = open_any

__all__ = [
    "ModelGroup",
    "Outcome",
    "SegmentationModel",
    "annotate_from_mask",
    "architectures",
    "evaluate",
    "extract",
    "make_surface",
    "open",
    "pick",
    "score_picks",
    "segment",
]
