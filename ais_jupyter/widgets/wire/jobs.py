"""How long work is going."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from ais_jupyter.widgets.wire.declare import Fraction, Number, Text

JobState = Literal["waiting", "running", "done", "skipped", "claimed", "failed", "cancelled"]


class JobStatus(TypedDict):
    """A job as a progress bar shows it; only work on files is ever skipped or claimed by another program."""

    title: Text
    state: JobState
    progress: Fraction
    message: Text
    elapsed: Annotated[Number, "seconds"]
    time_left: Annotated[Number | None, "seconds; null while unknown"]
    error: Text | None
