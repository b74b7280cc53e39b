"""The training set: what it is made of, what that gives, and the set."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Color,
    Count,
    Event,
    Fraction,
    Nothing,
    Number,
    Range,
    Request,
    Text,
    Uid,
    Whole,
)
from ais_jupyter.widgets.wire.tomograms import Path

Role = Annotated[Literal[-1, 0, 1], "background everywhere, left out, or to be found"]


class Note(TypedDict):
    """Something to know, for people."""

    kind: Literal["error", "warning", "info"]
    text: Text


class FeatureRole(TypedDict):
    """What a feature is to the network."""

    title: Text
    color: Color
    role: Role


class TomogramCount(TypedDict):
    """What a tomogram contributes; without counts where it is left out."""

    uid: Uid
    name: Text
    taken: bool
    positive: NotRequired[Annotated[Count, "boxes"]]
    negative: NotRequired[Annotated[Count, "boxes"]]
    slices: NotRequired[Count]


class Making(TypedDict):
    """How far the cutting of boxes is."""

    progress: Fraction
    message: Text


class MadeSet(TypedDict):
    """The training set there is."""

    boxes: Count
    positive: Annotated[Count, "boxes with something of the feature"]
    box_size: Annotated[Count, "pixels"]
    depth: Annotated[Count, "slices"]
    voxel_size: Annotated[Number, "Å; 0 or less where unknown"]
    features: list[Text]
    origin: Annotated[Text, "where it comes from"]
    stale: Annotated[bool, "annotations have changed since"]


class BatchSuggestion(TypedDict):
    """A batch size that suits the set."""

    batch_size: Count
    reason: Text


class TrainingSetValues(TypedDict):
    """The choice, what it gives, and the set."""

    features: list[FeatureRole]
    tomograms: list[TomogramCount]
    box_size: Annotated[Count, "pixels"]
    voxel_size: Annotated[Number | None, "Å; null: that of the first tomogram"]
    target_voxel_size: Annotated[Number, "Å that the boxes will have; 0 or less where unknown"]
    depth: Annotated[Count, "slices"]
    notes: list[Note]
    possible: Annotated[bool, "whether a set can be made of the choice"]
    boxes: Annotated[Count, "how many it would have"]
    making: Making | None
    failure: Annotated[Text | None, "why the latest set could not be made"]
    set: MadeSet | None
    suggestion: BatchSuggestion
    model_notes: Annotated[dict[str, list[Note]], "by uid: what to know before a model is trained on this set"]


class Choose(TypedDict):
    """What to change of the choice."""

    role: NotRequired[Annotated[tuple[Text, Role], "title of a feature, and what it is to the network"]]
    take: NotRequired[Annotated[tuple[Uid, bool], "a tomogram, and whether it takes part"]]
    box_size: NotRequired[Whole]
    voxel_size: NotRequired[Annotated[Number | None, "Å; null: that of the first tomogram"]]
    depth: NotRequired[Annotated[int, Range(-(2**31), 2**31)]]


class SaveSet(Path):
    """Where to save the set."""

    overwrite: NotRequired[bool]


TRAINING_SET = Request("training_set", Nothing, TrainingSetValues, "All of it; from then on changes are announced.")
TRAINING_SET_CHOOSE = Request("training_set_choose", Choose, TrainingSetValues, "Change the choice.")
TRAINING_SET_MAKE = Request("training_set_make", Nothing, Nothing, "Begin to cut the boxes.")
TRAINING_SET_CANCEL = Request("training_set_cancel", Nothing, Nothing, "Stop cutting; the set there was stays.")
TRAINING_SET_SAVE = Request("training_set_save", SaveSet, Path, "Save the set.")
TRAINING_SET_LOAD = Request("training_set_load", Path, Nothing, "Load a set.")

TRAINING_SET_CHANGED = Event("training_set", TrainingSetValues, "Something of it changed.")
