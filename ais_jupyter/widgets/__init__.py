"""The notebook widgets: thin, they answer the browser's requests from the core and push what changed."""

from __future__ import annotations

from ais_jupyter.widgets.annotator import Annotator

__all__ = ["Annotator"]
