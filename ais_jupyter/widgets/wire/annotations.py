"""Annotations: changes that a view made, changes that it has to learn of, and all of them at once."""

from typing import Annotated, Any, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Color,
    Count,
    Event,
    Fraction,
    Index,
    Items,
    Json,
    Number,
    Request,
    Text,
    Uid,
    Whole,
)
from ais_jupyter.widgets.wire.tomograms import OneTomogram, TomogramHistory, TomogramInfo

Box = Annotated[tuple[Index, Whole, Whole], "centre in pixels: z, y, x"]
Boxes = Annotated[list[Box], Items(1_000_000)]


class DrawingSettings(TypedDict):
    """What belongs to the annotation itself: a change is a step that can be undone."""

    title: Text
    color: Color
    box_size: Annotated[Count, "edge of a box in pixels"]
    visible: bool


class ToolSettings(TypedDict):
    """How the feature is painted; kept with it, but no step to undo."""

    brush_radius: Annotated[Number, "pixels"]
    flood: bool
    flood_sensitivity: Number


class ViewSettings(TypedDict):
    """How the feature is drawn over the picture; kept with it, but no step to undo."""

    alpha: Fraction
    filled: bool
    show_boxes: bool


class FeatureSettings(DrawingSettings, ToolSettings, ViewSettings):
    """All settings of a feature."""


SettingName = Literal[
    "title", "color", "box_size", "visible", "brush_radius", "flood", "flood_sensitivity", "alpha", "filled",
    "show_boxes",
]  # fmt: skip
SettingValue = bool | Number | Text | Color


class FeatureRecord(TypedDict):
    """A feature with everything in it."""

    uid: Uid
    settings: FeatureSettings
    extra: Annotated[Json, "what a file holds besides; pages send it back empty"]
    boxes: Boxes
    masks: Annotated[list[tuple[Index, Index]], "slice, and number of the buffer with the packed mask"]


class PatchEdit(TypedDict):
    """Pixels of one slice changed."""

    edit: Literal["patch"]
    blob: Annotated[Index, "number of the buffer with the patch"]


class BoxesEdit(TypedDict):
    """From index `start` of a feature's boxes, `removed` gave way to `added`."""

    edit: Literal["boxes"]
    feature: Uid
    start: Index
    removed: Boxes
    added: Boxes


class SettingEdit(TypedDict):
    """A setting of a feature changed."""

    edit: Literal["setting"]
    feature: Uid
    name: SettingName
    before: SettingValue
    after: SettingValue


class FeatureEdit(TypedDict):
    """A feature was added (`before` is null), deleted (`after` is null) or moved."""

    edit: Literal["feature"]
    feature: Uid
    before: Index | None
    after: Index | None
    content: Annotated[FeatureRecord | None, "of a feature that was added"]


Edit = PatchEdit | BoxesEdit | SettingEdit | FeatureEdit


class Numbered(OneTomogram):
    """A change that a view numbers, so that it is made once even when it is sent twice."""

    client: Annotated[Uid, "the view"]
    seq: Annotated[Count, "its number of the change"]
    replayed: NotRequired[Annotated[bool, "kept by the page while no kernel answered; others of it may be missing"]]


class MakeEdits(Numbered):
    """Changes that a view has made already, as one step."""

    name: Annotated[Text, "of the step, for the undo button"]
    key: Annotated[Uid, "of the step"]
    edits: list[Edit]


class Travel(Numbered):
    """Undo or redo."""

    expect: NotRequired[Annotated[Uid | None, "key of the step that the view has taken back, or made again, already"]]


_Since = TypedDict("_Since", {"from": Annotated[Whole, "revision before"], "revision": Annotated[Whole, "and after"]})


class Delivered(_Since):
    """Where the kernel stands after a numbered change."""

    disagrees: Annotated[bool, "the view expected something else and has to ask for a snapshot"]
    info: TomogramHistory
    z: NotRequired[Annotated[Index | None, "slice to show"]]


class Gap(TypedDict):
    """An earlier change of this view never arrived: it has to be sent again."""

    gap: Literal[True]


class AskSnapshot(OneTomogram):
    """Of which tomogram, and which view asks."""

    client: NotRequired[Uid]


class Present(TypedDict):
    """Which view is still there."""

    client: NotRequired[Uid]


class Snapshot(TypedDict):
    """All annotations of a tomogram."""

    features: list[FeatureRecord]
    revision: Whole
    info: TomogramInfo


class OneFeature(OneTomogram):
    """Names a feature."""

    feature: Uid


class Filled(TypedDict):
    """What interpolation did."""

    filled: Annotated[Count, "slices"]


class Revisions(TypedDict):
    """Revision of each open tomogram, by uid."""

    revisions: dict[str, Whole]


class Changes(_Since):
    """What changed in the annotations of a tomogram."""

    tomogram: Uid
    edits: list[Edit]
    client: Annotated[Uid | None, "the view that asked for it and knows of it from the answer"]
    step: Annotated[bool, "whether undo and redo are different now"]
    info: TomogramHistory


#: A union is no class, but the checker and the generator understand it.
_DELIVERED: Any = Delivered | Gap

SNAPSHOT = Request("snapshot", AskSnapshot, Snapshot, "All annotations of a tomogram.", "packed masks")
EDIT: Request[MakeEdits, Delivered | Gap] = Request(
    "edit", MakeEdits, _DELIVERED, "Make changes as one step.", "patches and packed masks"
)
UNDO: Request[Travel, Delivered | Gap] = Request("undo", Travel, _DELIVERED, "Take back the latest step.")
REDO: Request[Travel, Delivered | Gap] = Request(
    "redo", Travel, _DELIVERED, "Make the step again that was taken back last."
)
INTERPOLATE = Request("interpolate", OneFeature, Filled, "Fill the slices between drawn ones.")
HEARTBEAT = Request("heartbeat", Present, Revisions, "Compare revisions.")

CHANGES = Event("changes", Changes, "Annotations changed.", "patches and packed masks")
