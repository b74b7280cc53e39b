"""The segmentation queue, its results, and their scores."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Axis,
    Count,
    Event,
    Fraction,
    Index,
    Nothing,
    Number,
    Range,
    Request,
    Text,
    Uid,
)
from ais_jupyter.widgets.wire.jobs import JobStatus
from ais_jupyter.widgets.wire.tomograms import Picture, Region

Ratio = Annotated[Number | None, "0–1; null where nothing is compared with nothing"]


class Scores(TypedDict):
    """How a result compares with the truth."""

    truth: Text
    dice: Ratio
    iou: Ratio
    precision: Ratio
    recall: Ratio
    threshold: Number
    best_threshold: Number
    best_dice: Ratio
    curve: Annotated[list[Ratio], "Dice above each of the levels 0 … 255"]
    per_slice: Annotated[list[tuple[Index, Ratio]], "each slice that was compared, and its Dice"]
    region: Annotated[Region | None, "of each slice, that was segmented; null: whole slices"]


class Result(TypedDict):
    """A segmentation that was written."""

    path: Text
    title: Annotated[Text, "of the model"]
    scores: Scores | None


class ExportInfo(TypedDict):
    """One tomogram of the queue."""

    uid: Uid
    name: Text
    tomogram: Annotated[Uid | None, "when it is open here"]
    models: Annotated[list[Text], "titles"]
    status: JobStatus
    notes: list[Text]
    outputs: list[Result]


class Exports(TypedDict):
    """The queue."""

    exports: list[ExportInfo]


class ExportsChanged(TypedDict):
    """What is different in the queue."""

    changed: Annotated[list[ExportInfo], "entries that are new or differ"]
    order: Annotated[list[Uid] | None, "all entries, where some came, went or moved; null: the same as before"]


class ExportsAndFolder(Exports):
    """The queue, and where results go unless another folder is chosen."""

    folder: Text


class ExportOptions(TypedDict):
    """How networks are applied; the names are those of `segment` in Python."""

    tta: Annotated[Annotated[int, Range(1, 16)], "orientations whose predictions are averaged"]
    tiled: Annotated[bool, "tiles of the size of the training boxes instead of whole slices"]
    overlap: Annotated[Annotated[float, Range(0, 0.9)], "of the tiles"]
    trim_edges: bool
    sigma: Annotated[Annotated[float, Range(0, 1e6)], "Gaussian blur of the result, Å"]


class Export(ExportOptions):
    """What to segment, and where to."""

    models: list[Uid]
    tomograms: list[Uid]
    files: Annotated[Text, "path, folder or wildcard of tomograms that are not open"]
    folder: Text
    overwrite: bool


class Added(TypedDict):
    """How many entries came to the queue."""

    added: Count


class AnExport(TypedDict):
    """An entry of the queue; null: all of them."""

    export: Uid | None


class Retry(TypedDict):
    """Which entry, and whether its results may be replaced."""

    export: Uid
    overwrite: bool


class ResultPlane(TypedDict):
    """A plane of a result, as it is shown over the picture."""

    path: Text
    axis: Axis
    index: Index


class Score(TypedDict):
    """What to compare."""

    path: Annotated[Text, "of the result"]
    truth: Annotated[Text, "of the true mask"]
    threshold: NotRequired[Fraction]
    ignore: NotRequired[Annotated[list[Index], "slices to leave out"]]


EXPORTS = Request("exports", Nothing, ExportsAndFolder, "The queue.")
EXPORT = Request("export", Export, Added, "Queue tomograms for segmentation.")
EXPORT_CANCEL = Request("export_cancel", AnExport, Nothing, "Stop an entry, or all of them.")
EXPORT_RETRY = Request("export_retry", Retry, Nothing, "Queue an entry again.")
EXPORT_CLEAR = Request("export_clear", Nothing, Nothing, "Remove the entries that have ended.")
RESULT_SLICE = Request("result_slice", ResultPlane, Picture, "A plane of a finished result.", "uint8 probabilities")
SCORE = Request("score", Score, Scores, "Compare a result with the truth.")

EXPORTS_CHANGED = Event("exports", ExportsChanged, "Entries of the queue changed.")
