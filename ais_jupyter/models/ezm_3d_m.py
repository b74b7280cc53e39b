"""ezm-3d-M: volumetric U-net; z is reduced with y and x at the first two levels only."""

from __future__ import annotations

from typing import Any

title = "ezm-3d-M"
include = True
summary = "Works on slabs of 16 slices: for features that only their shape in 3-D tells apart; needs a GPU to train."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.losses import masked_bce_dice
    from ais_jupyter.models.unets import slab_unet

    encoder = [(n, n) for n in (32, 64, 128, 256, 512)]
    decoder = [(n,) for n in (256, 128, 64, 32)]
    sizes = [(2, 2, 2), (2, 2, 2), (2, 2, 1), (2, 2, 1)]
    return slab_unet(input_shape, encoder, decoder, sizes, dropout=0.25, loss=masked_bce_dice, rate=5e-5)
