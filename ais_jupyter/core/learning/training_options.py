"""The settings of a training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import is_number, shown
from ais_jupyter.core.data.options import refuse_unknown
from ais_jupyter.core.learning.hardware import PRECISIONS, Precision
from ais_jupyter.core.learning.recipe import recipe_called

#: `excess_negative` of the current Ais: negatives as they come, without a fixed ratio to the positives.
NATURAL_RATIO = -100

_SCHEDULES = ("cosine", "constant")
#: Smallest and largest value of the whole numbers.
_WHOLE = {
    "epochs": (1, 10**6), "batch_size": (1, 10**6), "n_copies": (1, 10**6), "excess_negative": (NATURAL_RATIO, 10**6),
    "preview_every": (0, 10**9),
}  # fmt: skip


@dataclass(frozen=True)
class TrainingOptions:
    """How a network is trained.

    Attributes
    ----------
    epochs, batch_size, n_copies : int
        An epoch goes through the set `n_copies` times. The batch size is halved until it is no larger than the set.
    excess_negative : int
        Percent by which negatives outnumber positives; −100 takes the boxes as they are.
    learning_rate : float or None
        None is the architecture's own.
    schedule : "cosine" or "constant"
        "cosine" lets the learning rate fall smoothly to a hundredth over the run: short trainings end quieter.
    validation_split : float
        Fraction of the boxes held out for validation, 0–0.9 (see `validation_split.Split`).
    augment : bool
        Random grey-value changes besides turns and flips.
    filament_diameter : float or None
        Pixels; soften labels along filaments.
    keep_best : bool
        End with the epoch of the lowest loss (of validation when there is one) instead of the last.
    seed : int or None
        Makes a run repeatable.
    precision : "auto", "float32" or "bfloat16"
        Of the arithmetic; weights stay float32. See `hardware.resolve_precision`.
    preview_every : int
        Call `preview` of `SegmentationModel.train` every so many batches; 0 never.
    recipe : str or None
        How boxes are varied, and what is added to the loss (see `recipe.RECIPES`); None is the architecture's own.

    Raises
    ------
    InputError
        A value is none of these.
    """

    epochs: int = 50
    batch_size: int = 32
    n_copies: int = 10
    excess_negative: int = NATURAL_RATIO
    learning_rate: float | None = None
    schedule: Literal["cosine", "constant"] = "cosine"
    validation_split: float = 0.0
    augment: bool = False
    filament_diameter: float | None = None
    keep_best: bool = False
    seed: int | None = None
    precision: Precision = "auto"
    preview_every: int = 0
    recipe: str | None = None

    def __post_init__(self) -> None:
        for name, (low, high) in _WHOLE.items():
            value = getattr(self, name)
            if not is_number(value) or int(value) != value or not low <= value <= high:
                raise InputError(f"{name} must be a whole number from {low} to {high}, not {shown(value)}")
        if not is_number(self.validation_split) or not 0 <= self.validation_split <= 0.9:
            raise InputError(f"validation_split is a fraction 0–0.9, not {shown(self.validation_split)}")
        for name in ("learning_rate", "filament_diameter"):
            value = getattr(self, name)
            if value is not None and not (is_number(value) and value > 0):
                raise InputError(f"{name} must be a number above 0, or None, not {shown(value)}")
        if self.schedule not in _SCHEDULES or self.precision not in PRECISIONS:
            raise InputError(
                f"schedule is one of {', '.join(_SCHEDULES)} and precision one of {', '.join(PRECISIONS)}, "
                f"not {self.schedule!r} and {self.precision!r}"
            )

        if self.recipe is not None:
            recipe_called(self.recipe)

    @classmethod
    def from_values(cls, **values: Any) -> TrainingOptions:
        """Make the options from values by name.

        Raises
        ------
        InputError
            There is no such option.
        """
        refuse_unknown(cls, values, "training")
        return cls(**values)
