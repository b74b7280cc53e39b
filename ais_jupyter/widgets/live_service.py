"""Switches Live on and off, and tells the page how the forests that follow the brush stand."""

from __future__ import annotations

from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire import live as wire
from ais_jupyter.widgets.wire.declare import Buffers


class LiveService:
    """The forests of one widget."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._live = session.live
        self._live.changed.connect(self._tell)
        widget.on_request(wire.LIVE, lambda question, buffers: self.state())
        widget.on_request(wire.LIVE_SET, self.set)

    def close(self) -> None:
        """Follow the brush no more."""
        self._live.changed.disconnect(self._tell, missing_ok=True)
        self._live.stop()

    def state(self) -> wire.Live:
        """Return how the forests stand."""
        live = self._live
        return {
            "on": live.on,
            "learning": live.learning,
            "settled": live.settled,
            "seconds": live.seconds,
            "note": live.note,
        }

    def set(self, question: wire.SetLive, _buffers: Buffers) -> wire.Live:
        """Let forests follow the brush, or stop it; slice ``z`` of ``tomogram`` is measured at once."""
        if question["on"]:
            self._live.start(question.get("tomogram"), question.get("z", 0))
        else:
            self._live.stop()
        return self.state()

    def _tell(self) -> None:
        self._widget.push(wire.LIVE_CHANGED, self.state())
