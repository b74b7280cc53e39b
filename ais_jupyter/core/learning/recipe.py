"""What a training does besides going through the boxes: how boxes are varied, and how the weights follow."""

from __future__ import annotations

from dataclasses import dataclass

from ais_jupyter.core.data.errors import InputError


@dataclass(frozen=True)
class Recipe:
    """How a network learns.

    Attributes
    ----------
    vary : bool
        Change contrast, brightness and noise of each box at random.
    shift : bool
        Move what is seen around the part of a box that is labelled, where the set holds its surroundings.
    dice : float
        Weight of the Dice loss that is added to the cross-entropy.
    warm_up : float
        Part of the run in which the learning rate rises, 0–1.
    averaging : float
        Weights are averaged over the latest steps: each step counts so many times as much as the one after it; 0
        takes the weights as they are.
    """

    vary: bool = False
    shift: bool = False
    dice: float = 0.0
    warm_up: float = 0.0
    averaging: float = 0.0


#: "plain" is how Ais trains.
RECIPES = {
    "plain": Recipe(),
    "brief": Recipe(vary=True, shift=True, dice=0.5, warm_up=0.1, averaging=0.98),
}


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
