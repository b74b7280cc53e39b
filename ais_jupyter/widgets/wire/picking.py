"""Particles: picked from a segmentation, added and removed by hand."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import Count, Event, Index, Number, Range, Request, Text
from ais_jupyter.widgets.wire.tomograms import OneTomogram, Path

Level = Annotated[float, Range(0, 255)]
Angstrom = Annotated[float, Range(0, 1e6)]


class Segmented(TypedDict):
    """A segmentation of a tomogram."""

    path: Text
    title: Text


class Segmentations(TypedDict):
    """Those that were found beside a tomogram and among the results."""

    segmentations: list[Segmented]


class PickSettings(TypedDict):
    """How to pick; the names are those of `pick` in Python."""

    method: Literal["blobs", "centroids", "filaments", "surface"]
    threshold: Level
    min_diameter: Angstrom
    spacing: Angstrom
    min_length: Annotated[Angstrom, "of filaments"]
    margin: Annotated[Index, "voxels"]


class FindPicks(OneTomogram, PickSettings):
    """Where to pick from, and how."""

    path: Annotated[Text, "of the segmentation"]


class PlacePick(OneTomogram):
    """Where to add a pick, in voxels, or near which place to remove one."""

    z: Number
    y: Number
    x: Number
    reach: NotRequired[Annotated[Number, "voxels within which a pick is removed"]]


class SavePicks(OneTomogram, Path):
    """Where to write the coordinates."""

    overwrite: NotRequired[bool]


class PickedList(OneTomogram):
    """The particles of a tomogram; their places are in the buffer."""

    count: Count
    title: Annotated[Text, "of the feature"]
    undo: Annotated[Text | None, "name of the step that undo takes back"]
    redo: Text | None
    note: Annotated[Text, "why there are none, or what makes them doubtful"]
    proposed: Annotated[Text, "where to save them"]


SEGMENTATIONS = Request("segmentations", OneTomogram, Segmentations, "The segmentations of a tomogram.")
PICKS = Request("picks", OneTomogram, PickedList, "The particles of a tomogram.", "float32 z, y, x in voxels")
PICKS_FIND = Request("picks_find", FindPicks, PickedList, "Pick, replacing all.", "float32 z, y, x in voxels")
PICK_ADD = Request("pick_add", PlacePick, PickedList, "Add one.", "float32 z, y, x in voxels")
PICK_REMOVE = Request("pick_remove", PlacePick, PickedList, "Remove the nearest one.", "float32 z, y, x in voxels")
PICKS_UNDO = Request("picks_undo", OneTomogram, PickedList, "Take a step back.", "float32 z, y, x in voxels")
PICKS_REDO = Request("picks_redo", OneTomogram, PickedList, "Make it again.", "float32 z, y, x in voxels")
PICKS_SAVE = Request("picks_save", SavePicks, Path, "Write them as a STAR file.")

PICKS_CHANGED = Event("picks", PickedList, "They changed elsewhere.", "float32 z, y, x in voxels")
