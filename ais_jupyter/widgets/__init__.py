"""The notebook widgets: thin views over a session, which answer the page's requests and push what has changed.

Belongs here: one service per subject, the declared messages (`wire`), and what is only known to Jupyter.
Does not belong here: state (`core.session`) and work (`core.workflows`).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ais_jupyter.widgets.surface_viewer import SurfaceViewer
    from ais_jupyter.widgets.workspace import Annotator, Picker, Segmenter, Trainer, Workspace

__all__ = ["Annotator", "Picker", "Segmenter", "SurfaceViewer", "Trainer", "Workspace"]


def __getattr__(name: str) -> Any:  # on first use: `notebook` is imported with the package, and must stay light
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "surface_viewer" if name == "SurfaceViewer" else "workspace"
    return getattr(importlib.import_module(f"ais_jupyter.widgets.{module}"), name)
