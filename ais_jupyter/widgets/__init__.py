"""The notebook widgets: thin views over a session, which answer the page's requests and push what has changed.

Belongs here: one service per subject, the declared messages (`wire`), and what is only known to Jupyter.
Does not belong here: state (`core.session`) and work (`core.workflows`).
"""

from __future__ import annotations

from ais_jupyter.widgets.workspace import Annotator, Segmenter, Trainer, Workspace

__all__ = ["Annotator", "Segmenter", "Trainer", "Workspace"]
