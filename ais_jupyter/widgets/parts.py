"""All widgets that one is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets


def parts_of(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """Return the widget and everything that it refers to; closing a widget of ipywidgets leaves these open."""
    found: dict[int, ipywidgets.Widget] = {}
    waiting = [widget]
    while waiting:
        one = waiting.pop()
        if id(one) in found or one.comm is None:  # without one it was never made, or is closed
            continue
        found[id(one)] = one
        waiting += [part for name in one.keys for part in _widgets_in(getattr(one, name, None))]
    return list(found.values())


def _widgets_in(value: Any) -> Iterator[ipywidgets.Widget]:
    if isinstance(value, ipywidgets.Widget):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _widgets_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _widgets_in(inner)
