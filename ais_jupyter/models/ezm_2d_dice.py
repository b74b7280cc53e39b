"""ezm-2d-dice: ezm-2d with Dice."""

from __future__ import annotations

from typing import Any

title = "ezm-2d-dice"
include = True
summary = "ezm-2d that learns by Dice alone: for features that fill very little of the image."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.losses import masked_dice
    from ais_jupyter.models.unets import unet

    encoder = [(n, n, n) for n in (64, 128, 256, 512, 1024)]
    decoder = [(n, n) for n in (512, 256, 128, 64)]
    return unet(input_shape, encoder, decoder, dropout=0.25, loss=masked_dice, rate=5e-5)
