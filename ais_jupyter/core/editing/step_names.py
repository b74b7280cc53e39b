"""What undo calls the steps that people make, in the kernel and in windows alike."""

from __future__ import annotations

from typing import Literal, get_args

from ais_jupyter.core.data.feature_settings import FEATURE_SETTINGS

StepName = Literal[
    "Add feature", "Delete feature", "Move feature", "Add box", "Remove box", "Move box", "Change boxes", "Change mask",
    "Brush", "Erase", "Flood", "Lasso", "Erase lasso", "Clear slice", "Copy to next slice", "Copy prediction",
    "Interpolate",
]  # fmt: skip

#: All of them, with those of settings.
STEP_NAMES: tuple[str, ...] = (*get_args(StepName), *(setting.step for setting in FEATURE_SETTINGS.values()))
