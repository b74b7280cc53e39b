"""ezm-2d: U-net with three convolutions per level, cross-entropy and Dice together."""

from __future__ import annotations

from typing import Any

title = "ezm-2d"
include = True
summary = "Large network for general models trained on many tomograms; learning rate 5e-5, slow without a GPU."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.losses import masked_bce_dice
    from ais_jupyter.models.unets import unet

    encoder = [(n, n, n) for n in (64, 128, 256, 512, 1024)]
    decoder = [(n, n) for n in (512, 256, 128, 64)]
    return unet(input_shape, encoder, decoder, dropout=0.25, loss=masked_bce_dice, rate=5e-5)
