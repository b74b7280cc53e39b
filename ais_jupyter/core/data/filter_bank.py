"""Which filters describe the surroundings of a pixel; `core.learning.filter_responses` computes them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ais_jupyter.core.data.errors import InputError

#: Gaussians are cut off at so many σ.
CUT = 3.0
#: What is measured at each σ of each image, in this order.
RESPONSES = ("smoothed", "gradient", "ridge", "valley", "deviation")
#: Slices, around the one that is described, whose mean is the second image; more blur what lies in them.
_MEAN_OF = 5
_MOST_SIGMAS, _LARGEST_SIGMA = 16, 64.0


@dataclass(frozen=True)
class FilterBank:
    """A set of filters.

    Attributes
    ----------
    sigmas : tuple of float
        Widths of the Gaussians in pixels, ascending.
    depth : int
        Slices that are given for each one that is described, which lies in their middle. From three on, the filters
        also look at the mean of the middle ones, five at most, where noise is weaker.

    Raises
    ------
    InputError
        The widths or the depth make no sense.
    """

    sigmas: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    depth: int = 1

    def __post_init__(self) -> None:
        if not 1 <= len(self.sigmas) <= _MOST_SIGMAS or not all(
            0.3 <= sigma <= _LARGEST_SIGMA for sigma in self.sigmas
        ):
            raise InputError(
                f"a filter bank has 1 to {_MOST_SIGMAS} widths of 0.3 to {_LARGEST_SIGMA:g} px, not {self.sigmas}"
            )
        if self.depth < 1:
            raise InputError(f"a filter bank looks at one slice or more, not at {self.depth}")

    @property
    def mean_of(self) -> int:
        """Slices whose mean is looked at as well; 1: of none."""
        return min(_MEAN_OF, self.depth - 1 + self.depth % 2)

    @property
    def count(self) -> int:
        """Number of responses of a pixel."""
        return len(RESPONSES) * len(self.sigmas) * (2 if self.mean_of > 1 else 1)

    @property
    def reach(self) -> int:
        """Pixels that are seen on each side."""
        return reach_of(max(self.sigmas))


def reach_of(sigma: float) -> int:
    """Pixels on each side of one that its responses at this σ depend on: the Gaussian's, and one for differences."""
    return math.floor(CUT * sigma + 0.5) + 1
