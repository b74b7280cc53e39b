"""The wire: every message between page and kernel, declared once.

What belongs here is the form of messages: requests with the fields of question and answer, events, and the records in
them, one small file per subject, and the tables of facts that both sides need. ``python -m
ais_jupyter.widgets.wire.generate`` writes the TypeScript of them; a test fails when that has not been done. What a
message does is not written here but in the services, and neither are the bytes of masks and patches
(`core.editing.packing`, `core.editing.patch`).
"""

from types import ModuleType
from typing import Any

from ais_jupyter.widgets.wire import (
    annotations,
    jobs,
    library,
    live,
    models,
    picking,
    predictions,
    segmenting,
    slices,
    tomograms,
    training,
    training_sets,
    transport,
    uncertainty,
)
from ais_jupyter.widgets.wire.declare import Event, Request

SUBJECTS: tuple[ModuleType, ...] = (
    transport, tomograms, slices, annotations, library, models, predictions, training_sets, training, segmenting,
    picking, uncertainty, live, jobs,
)  # fmt: skip


def _declared(kind: type) -> list[Any]:
    return [found for subject in SUBJECTS for found in vars(subject).values() if isinstance(found, kind)]


#: Every request by its kind, and every event by its name.
REQUESTS: dict[str, Request[Any, Any]] = {found.kind: found for found in _declared(Request)}
EVENTS: dict[str, Event[Any]] = {found.name: found for found in _declared(Event)}
