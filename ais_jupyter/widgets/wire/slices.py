"""Grey values."""

from typing import Annotated, Literal

from typing_extensions import NotRequired, TypedDict

from ais_jupyter.widgets.wire.declare import Axis, Index, Number, Range, Request, Uid
from ais_jupyter.widgets.wire.tomograms import OneTomogram

Precision = Literal["uint8", "float16", "float32"]


class OneSlice(OneTomogram):
    """A slice as it is shown: columns × rows are (x, y) across z, (x, z) across y and (z, y) across x."""

    axis: Axis
    index: Index
    step: NotRequired[Annotated[Annotated[int, Range(1, 4096)], "take every so many pixels"]]
    precision: NotRequired[Precision | None]


class Slice(TypedDict):
    """How to read the pixels that come with it: grey value = pixel × factor + offset, uint8 counting as 0–1."""

    width: Index
    height: Index
    dtype: Precision
    factor: Number
    offset: Number
    step: Index


class OneVoxel(TypedDict):
    """A place in a tomogram."""

    tomogram: Uid
    position: Annotated[tuple[Index, Index, Index], "z, y, x"]


class Value(TypedDict):
    """The exact grey value."""

    value: Annotated[Number | None, "null where it is not a number"]


SLICE = Request("slice", OneSlice, Slice, "A slice of a tomogram.", "pixels")
VALUE = Request("value", OneVoxel, Value, "The grey value of one voxel.")
