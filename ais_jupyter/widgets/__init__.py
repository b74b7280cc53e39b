"""The notebook widgets: thin, they answer the browser's requests from the core and push what changed."""

from __future__ import annotations

from ais_jupyter.widgets.workspace import Annotator, Segmenter, Trainer, Workspace

__all__ = ["Annotator", "Segmenter", "Trainer", "Workspace"]
