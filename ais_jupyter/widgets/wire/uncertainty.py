"""The places where a model is least certain."""

from typing import Annotated

from typing_extensions import TypedDict

from ais_jupyter.widgets.wire.declare import Event, Index, Nothing, Number, Request, Uid
from ais_jupyter.widgets.wire.jobs import JobStatus


class Place(TypedDict):
    """Centre of a box in pixels."""

    z: Index
    y: Index
    x: Index
    score: Annotated[Number, "bits per pixel"]


class Places(TypedDict):
    """The latest search, and what it found."""

    status: JobStatus | None
    tomogram: Uid
    model: Uid
    places: list[Place]


class FindPlaces(TypedDict):
    """Where to search, by which model, for places where `feature` is not annotated."""

    tomogram: Uid
    model: Uid
    feature: Uid | None


UNCERTAIN = Request("uncertain", Nothing, Places, "The latest search.")
UNCERTAIN_FIND = Request("uncertain_find", FindPlaces, Places, "Search.")
UNCERTAIN_CANCEL = Request("uncertain_cancel", Nothing, Nothing, "Stop searching; what was found is kept.")

UNCERTAIN_CHANGED = Event("uncertain", Places, "The search went on.")
