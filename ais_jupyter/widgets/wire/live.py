"""Forests that follow the brush."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import Event, Index, Nothing, Number, Request, Text, Uid


class Live(TypedDict):
    """Whether forests follow the brush, and how they stand."""

    on: bool
    learning: Annotated[Text, "title of the feature that is being learned; empty: none"]
    settled: Annotated[bool, "all that was painted has been learned"]
    seconds: Annotated[Number, "what the latest took"]
    note: Annotated[Text, "why there is none, or what went wrong; may be empty"]


class SetLive(TypedDict):
    """Switch it on or off; the slice in view is measured at once."""

    on: bool
    tomogram: NotRequired[Uid | None]
    z: NotRequired[Index]


LIVE = Request("live", Nothing, Live, "How forests that follow the brush stand.")
LIVE_SET = Request("live_set", SetLive, Live, "Let forests follow the brush, or stop it.")

LIVE_CHANGED = Event("live", Live, "A forest is being grown, or has been.")
