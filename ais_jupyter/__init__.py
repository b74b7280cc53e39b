"""Ais, the cryo-electron tomography segmentation program, in JupyterLab.

Public names are loaded on first use, so that importing the package imports neither Keras nor Jupyter.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from ais_jupyter.core.data import storage as _storage
from ais_jupyter.core.jobs import display as _display

__version__ = "0.1.0"

_storage.use_provider("ais_jupyter.core.files")
_display.use_provider("ais_jupyter.widgets.job_view")

if "IPython" in sys.modules:  # perhaps a notebook
    from ais_jupyter.widgets.notebook import show_errors_briefly as _show_errors_briefly

    _show_errors_briefly()

_PUBLIC = {
    "open": "ais_jupyter.core.workflows",
    "extract": "ais_jupyter.core.workflows",
    "segment": "ais_jupyter.core.workflows",
    "evaluate": "ais_jupyter.core.workflows",
    "make_surface": "ais_jupyter.core.workflows",
    "pick": "ais_jupyter.core.workflows",
    "score_picks": "ais_jupyter.core.workflows",
    "architectures": "ais_jupyter.core.workflows",
    "SegmentationModel": "ais_jupyter.core.workflows",
    "ModelGroup": "ais_jupyter.core.workflows",
    "Tomogram": "ais_jupyter.core.data.tomogram",
    "AnnotatedTomogram": "ais_jupyter.core.data.annotations",
    "Feature": "ais_jupyter.core.data.annotations",
    "TrainingSet": "ais_jupyter.core.data.training_set",
    "Picks": "ais_jupyter.core.data.picks",
    "PicksByTomogram": "ais_jupyter.core.data.picks",
    "Surface": "ais_jupyter.core.data.surface",
    "Region": "ais_jupyter.core.data.geometry",
    "Job": "ais_jupyter.core.jobs.job",
    "sample_tomogram": "ais_jupyter.sample",
    "Workspace": "ais_jupyter.widgets",
    "Annotator": "ais_jupyter.widgets",
    "Trainer": "ais_jupyter.widgets",
    "Segmenter": "ais_jupyter.widgets",
    "Picker": "ais_jupyter.widgets",
    "SurfaceViewer": "ais_jupyter.widgets",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_PUBLIC[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
