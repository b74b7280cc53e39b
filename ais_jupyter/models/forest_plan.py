"""How a forest over a filter bank is grown: what an architecture returns that is a forest and no network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ForestPlan:
    """Settings of a forest.

    Attributes
    ----------
    sigmas : tuple of float
        Widths of the filters, in pixels.
    trees, levels : int
        Of the forest.
    rate : float
        Share of what a tree would correct that it does correct.
    tried : int
        Responses that are tried for a question.
    rows : int
        Pixels that a tree is grown on, chosen anew for each.
    caution : float
        How much evidence a leaf needs before it believes in it.
    bins : int
        Thresholds tried for a response, and one.
    pixels : int
        Pixels of the annotation that are learned from, at most.
    """

    sigmas: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    trees: int = 80
    levels: int = 6
    rate: float = 0.2
    tried: int = 4
    rows: int = 8000
    caution: float = 10.0
    bins: int = 32
    pixels: int = 40_000
