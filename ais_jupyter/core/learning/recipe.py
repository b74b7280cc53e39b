"""What a training does besides going through the boxes."""

from __future__ import annotations

from dataclasses import dataclass

from ais_jupyter.core.data.errors import InputError


@dataclass(frozen=True)
class Recipe:
    """How a network learns from boxes.

    Attributes
    ----------
    vary : bool
        Change contrast, brightness and noise of each box at random.
    move : bool
        Show half of the margin of each box, moved, turned by any angle and scaled by up to 15 % at random.
    dice : float
        Weight of the Dice loss that is added to cross-entropy.
    """

    vary: bool = False
    move: bool = False
    dice: float = 0.0


#: "plain" is how Ais trains.
RECIPES = {"plain": Recipe(), "brief": Recipe(vary=True, move=True, dice=0.5)}


def recipe_called(name: str) -> Recipe:
    """Return the recipe of this name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in RECIPES:
        raise InputError(f"there is no recipe {name!r}; recipes are {', '.join(RECIPES)}")
    return RECIPES[name]
