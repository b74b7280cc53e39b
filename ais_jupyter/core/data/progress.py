"""What long work reports while it runs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How far some work is.

    Attributes
    ----------
    fraction : float
        0–1.
    message : str
        A few words for people.
    values : dict
        Numbers worth keeping, such as ``{"epoch": 3, "loss": 0.12}``; they become a row of ``Job.history``.
    """

    fraction: float
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)


#: Long work is a generator: it yields `Progress`, is sent True when it should stop, and returns its result.
Work = Generator[Progress, bool | None, T]


def run_to_end(work: Work[T]) -> T:
    """Run long work in this thread and return its result."""
    try:
        while True:
            next(work)
    except StopIteration as stop:
        return stop.value
