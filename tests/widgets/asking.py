"""Asks a widget as a page does, without a page."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.feature import Feature
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire import REQUESTS
from ais_jupyter.widgets.wire.check import fields_of

#: Settings of a new feature, as a page sends them: all of them.
SETTINGS: dict[str, Any] = Feature("Feature", (1, 1, 1)).settings()


def answer_now(widget: KernelWidget, kind: str, content: dict[str, Any], **defaults: Any) -> None:
    """Let `widget` answer at once, without threads; `defaults` are added where the request has such fields."""
    fields = fields_of(REQUESTS[kind].question)
    given = {name: value for name, value in defaults.items() if name in fields and value is not None}
    widget._answer("q", {"id": "q", "kind": kind, **given, **content}, [])
