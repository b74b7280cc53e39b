"""The list of open models, and the architectures that new ones can have."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import (
    Color,
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
    Whole,
)
from ais_jupyter.widgets.wire.tomograms import Path


class ModelSettings(TypedDict):
    """What a person can set."""

    title: Text
    color: Color
    threshold: Fraction
    alpha: Annotated[Fraction, "opacity"]
    tta: Annotated[Annotated[int, Range(1, 16)], "orientations whose predictions are averaged"]
    voxel_size: Annotated[Number, "Å per pixel to which slices are rescaled; −1 unknown"]
    active: bool
    show: bool
    blend: bool
    emit: bool
    absorb: bool


ModelSettingName = Literal[
    "title", "color", "threshold", "alpha", "tta", "voxel_size", "active", "show", "blend", "emit", "absorb"
]


class ModelValues(ModelSettings):
    """One open model."""

    uid: Uid
    path: Text | None
    proposed_name: Annotated[Text, "file name as Ais proposes it"]
    compiled: Annotated[bool, "whether it has weights"]
    training: bool
    version: Annotated[Count, "counts changes of the weights"]
    architecture: Text
    parameters: Count
    receptive_field: Annotated[Count | None, "pixels; null: the whole image, or unknown"]
    box_size: Annotated[Whole, "pixels; −1 unknown"]
    depth: Annotated[Whole, "slices"]
    loss: Annotated[Number | None, "null where it is not a number"]


class Interaction(TypedDict):
    """`parent` is kept only near (colocalize), or away from (avoid), what `partner` finds; both are titles."""

    parent: Text
    partner: Text
    kind: Literal["colocalize", "avoid"]
    radius: Annotated[Annotated[float, Range(0, 1e6)], "Å"]
    threshold: Fraction


class Models(TypedDict):
    """Every open model, in display order."""

    models: list[ModelValues]
    interactions: Annotated[list[Interaction], "in the order in which they act"]
    selected: Annotated[Uid | None, "the model in front: drawn on top, trained, saved"]


class Architecture(TypedDict):
    """An entry of the library of architectures."""

    title: Text
    summary: Annotated[Text, "when to use it"]
    group: Literal["current", "plug-in", "retired"]


class ArchitectureList(TypedDict):
    """All of them."""

    architectures: list[Architecture]


class AskFacts(TypedDict):
    """Which architecture, for how many slices."""

    title: Text
    depth: NotRequired[Annotated[int, Range(1, 1024)]]


class Facts(TypedDict):
    """What is known of a network."""

    parameters: Count
    receptive_field: Annotated[Count | None, "pixels; null: the whole image"]
    size_multiple: Annotated[Count, "boxes have a multiple of so many pixels"]
    depth_multiple: Annotated[Count, "and slabs a multiple of so many slices"]


class KnownFacts(TypedDict):
    """Null: nothing is known, since the network is not made of Keras layers."""

    facts: Facts | None


class OneModel(TypedDict):
    """Names an open model."""

    model: Uid


class AddModel(TypedDict):
    """What the new model is."""

    architecture: Text
    title: NotRequired[Text]
    color: NotRequired[Color]


class LoadModel(Path):
    """A file with models."""

    allow_custom: NotRequired[Annotated[bool, "a plug-in may read weights with code of its own"]]


class SaveModel(OneModel):
    """Where to save; by default where the model came from."""

    path: NotRequired[Text | None]
    overwrite: NotRequired[bool]
    tomogram: NotRequired[Annotated[Uid | None, "of the slice whose picture is stored with the model"]]
    z: NotRequired[Index | None]


class SaveGroup(Path):
    """Where to save the group."""

    overwrite: NotRequired[bool]


class SetModel(OneModel):
    """A setting and its new value."""

    name: ModelSettingName
    value: bool | Number | Text | Color


class Interactions(TypedDict):
    """All interactions, replacing those before."""

    interactions: list[Interaction]


MODELS = Request("models", Nothing, Models, "The open models.")
ARCHITECTURES = Request("architectures", Nothing, ArchitectureList, "The library of architectures.")
ARCHITECTURE_FACTS = Request("architecture_facts", AskFacts, KnownFacts, "Build one to see what it is like.")
MODEL_ADD = Request("model_add", AddModel, OneModel, "Open a new model.")
MODEL_LOAD = Request("model_load", LoadModel, OneModel, "Open a model or a group of models.")
MODEL_SAVE = Request("model_save", SaveModel, Path, "Save a model.")
MODEL_GROUP_SAVE = Request("model_group_save", SaveGroup, Path, "Save all models with weights as a group.")
MODEL_REMOVE = Request("model_remove", OneModel, Nothing, "Close a model.")
MODEL_SELECT = Request("model_select", OneModel, Nothing, "Bring a model to the front.")
MODEL_SET = Request("model_set", SetModel, Nothing, "Change a setting of a model.")
INTERACTIONS = Request("interactions", Interactions, Nothing, "Replace all interactions.")

MODELS_CHANGED = Event("models", Models, "The list changed.")
