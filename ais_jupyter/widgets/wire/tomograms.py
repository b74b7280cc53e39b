"""The list of open tomograms."""

from typing import Annotated

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Color,
    Count,
    Event,
    Index,
    Nothing,
    Number,
    Request,
    Text,
    Uid,
    Vector,
)

Region = Annotated[tuple[Index, Index, Index, Index], "half-open rows and columns: y0, y1, x0, x1"]
ZRange = Annotated[tuple[Index, Index], "half-open range of slices"]


class Display(TypedDict):
    """How a tomogram is shown, as the kernel and the file remember it; null forgets."""

    slice: NotRequired[Index | None]
    cursor: NotRequired[Annotated[tuple[Index, Index] | None, "y, x"]]
    camera: NotRequired[Annotated[Vector | None, "x, y and scale of the main view; null while the picture is fitted"]]
    contrast: NotRequired[tuple[Number, Number] | None]
    invert: NotRequired[bool | None]
    interpolate: NotRequired[bool | None]
    autocontrast: NotRequired[bool | None]


class TomogramHistory(TypedDict):
    """The part of a tomogram's record that a change of the annotations may alter."""

    unsaved: bool
    undo: Annotated[Text | None, "the step that undo takes back"]
    redo: Annotated[Text | None, "the step that redo makes again"]
    colors: Annotated[list[Color], "of the features that are annotated"]
    autosave_error: Text | None


class TomogramInfo(TomogramHistory):
    """One open tomogram."""

    uid: Uid
    name: Text
    path: Annotated[Text, "empty where it has no file"]
    shape: Annotated[tuple[Index, Index, Index], "z, y, x"]
    voxel_size: Annotated[Vector, "Å, (z, y, x); 0 where unknown"]
    region: Annotated[Region, "what is segmented of each slice"]
    z_range: Annotated[ZRange, "which slices are segmented"]
    available: Annotated[bool, "whether its file is there"]
    saved_to: Text | None
    beside: Annotated[Text | None, "annotations that lie beside a tomogram opened without them"]
    display: Display


class Recoverable(TypedDict):
    """Unsaved work that a program left behind when it ended."""

    id: Text
    tomogram: Annotated[Uid, "what it is called when it is open again"]
    name: Annotated[Text, "of the tomogram"]
    time: Annotated[Number, "of the last step, in seconds since 1970"]
    steps: Count
    annotations: Annotated[Text | None, "the file that this work began from, and therefore includes"]
    damage: Annotated[Text, "what of it cannot be read; empty where all can"]


class OneTomogram(TypedDict):
    """Names an open tomogram."""

    tomogram: Uid


class Tomograms(TypedDict):
    """Every open tomogram, in display order."""

    tomograms: list[TomogramInfo]


class Opened(Tomograms):
    """What a page shows first."""

    recoverable: list[Recoverable]


class Path(TypedDict):
    """A file, as a person types it."""

    path: Text


class Close(OneTomogram):
    """Which one, and whether unsaved changes may be lost."""

    discard: NotRequired[bool]


class Relink(OneTomogram):
    """Where the tomogram is now."""

    path: Text


class SetVoxelSize(OneTomogram):
    """The size that replaces the one in the file."""

    value: Annotated[Number, "Å"]


class Save(OneTomogram):
    """Where to save; by default where the annotations came from, or beside the tomogram."""

    path: NotRequired[Text | None]
    overwrite: NotRequired[Annotated[bool, "replace a file that these annotations did not come from"]]


class Saved(TypedDict):
    """Where the annotations are now."""

    path: Text
    info: TomogramInfo


class Recover(TypedDict):
    """Which work to bring back, or to delete."""

    recovery: Text
    discard: NotRequired[bool]


class StillRecoverable(TypedDict):
    """What is left to recover."""

    recoverable: list[Recoverable]
    note: Annotated[Text, "what could not be recovered; may be empty"]


class Remember(Display):
    """How a tomogram is shown now."""

    tomogram: Uid


class SetRegion(OneTomogram):
    """The part to segment; null is all of it."""

    region: NotRequired[Region | None]
    z_range: NotRequired[ZRange | None]


class Picture(TypedDict):
    """Size of the pixels that come with the answer."""

    width: Index
    height: Index


OPEN = Request("open", Nothing, Opened, "What is open, and what can be recovered.")
ADD = Request("add", Path, OneTomogram, "Open a tomogram or a .scns.")
CLOSE = Request("close", Close, Nothing, "Close a tomogram.")
RELINK = Request("relink", Relink, Nothing, "Attach the annotations to another copy of the tomogram.")
VOXEL_SIZE = Request("voxel_size", SetVoxelSize, Nothing, "Replace the voxel size.")
SAVE = Request("save", Save, Saved, "Save the annotations.")
RECOVER = Request("recover", Recover, StillRecoverable, "Bring back unsaved work, or delete it.")
DISPLAY = Request("display", Remember, Nothing, "Remember how a tomogram is shown.")
OPEN_BESIDE = Request("open_beside", OneTomogram, OneTomogram, "Open the annotations beside a tomogram in its place.")
THUMBNAIL = Request("thumbnail", OneTomogram, Picture, "A small picture of the middle slice.", "uint8 pixels")
REGION = Request("region", SetRegion, Nothing, "Set the part that is segmented.")

TOMOGRAMS = Event("tomograms", Tomograms, "The list changed.")
TOMOGRAM_REPLACED = Event("tomogram_replaced", OneTomogram, "Its slices are now read from another file.")
