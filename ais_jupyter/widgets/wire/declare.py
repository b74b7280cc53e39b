"""What a declaration is made of: requests, events, and the kinds of values that their fields hold.

A record is a ``TypedDict``. Its fields are annotated with Python types, narrowed by `Range`, `Length` and `Items` where
a value could be absurd, and described by a string where the name does not say enough::

    class Place(TypedDict):
        z: Index
        score: Annotated[Number, "bits per pixel"]

Plain ``TypedDict`` was chosen over pydantic and msgspec: services go on building dictionaries that mypy checks against
the declaration, nothing is copied twice, and the checker (`check.py`) is shorter than the adapters that a library would
need for buffers, lone surrogates and messages for people. Modules here do not postpone the evaluation of annotations,
since ``NotRequired`` is then not seen by Python 3.10.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from typing_extensions import TypedDict

__all__ = [
    "Answer", "Axis", "Buffers", "Color", "Count", "Event", "Fraction", "Index", "Items", "Json", "Length", "Nothing",
    "Number", "Positive", "Range", "Request", "Text", "Uid", "Vector", "Whole",
]  # fmt: skip

Buffers = Sequence[bytes | memoryview]


class Nothing(TypedDict):
    """No fields."""


@dataclass(frozen=True)
class Range:
    """Smallest and largest number allowed."""

    low: float
    high: float


@dataclass(frozen=True)
class Length:
    """Most characters allowed in a text."""

    most: int


@dataclass(frozen=True)
class Items:
    """Most entries allowed in a list or dictionary."""

    most: int


Text = Annotated[str, Length(20_000)]
#: Names something in messages: a tomogram, a model, a feature, an export.
Uid = Annotated[str, Length(200)]
#: Any finite number of a size that a calculation survives.
Number = Annotated[float, Range(-1e15, 1e15)]
Positive = Annotated[float, Range(1e-6, 1e9)]
Fraction = Annotated[float, Range(0, 1)]
Whole = Annotated[int, Range(-(2**53), 2**53)]
Count = Annotated[int, Range(0, 2**53)]
#: A slice, row, column or place in a list.
Index = Annotated[int, Range(0, 2**31 - 1)]
Axis = Literal["z", "y", "x"]
Color = Annotated[tuple[Fraction, Fraction, Fraction], "red, green, blue"]
Vector = tuple[Number, Number, Number]
#: Values that only the other side understands.
Json = Any

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True)
class Request(Generic[Q, A]):
    """Something that the page asks and that is always answered.

    Attributes
    ----------
    kind : str
        Its name on the wire.
    question, answer : TypedDict
        The fields of both.
    about : str
        What it does.
    buffers : str
        What the bytes beside question and answer hold; "" where there are none.
    """

    kind: str
    question: type[Q]
    answer: type[A]
    about: str
    buffers: str = ""


@dataclass(frozen=True)
class Event(Generic[A]):
    """Something that the kernel announces to every view."""

    name: str
    content: type[A]
    about: str
    buffers: str = ""


@dataclass
class Answer(Generic[A]):
    """What a handler returns when bytes go with the fields of the answer."""

    content: A
    buffers: list[Any]
