"""ezm-3d-L: volumetric U-net whose deeper levels look along z and across it in turns."""

from __future__ import annotations

from typing import Any

title = "ezm-3d-L"
include = True
summary = "The largest network for slabs of 16 slices; many training boxes and a GPU."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.losses import masked_bce_dice
    from ais_jupyter.models.unets import slab_unet

    across, along, both = (3, 3, 1), (1, 1, 3), (3, 3, 3)

    def turns(filters: int, *sizes: tuple[int, int, int]) -> list[tuple[int, tuple[int, int, int]]]:
        return [(filters, size) for size in sizes]

    down = (across, along, across, across)
    up = (across, along, across)
    encoder = [turns(64, both, both, both), turns(128, both, both, both)]
    encoder += [turns(256, *down), turns(512, *down), turns(512, *down)]
    decoder = [turns(512, *up), turns(256, *up), turns(128, both, both), turns(64, both, both)]
    sizes = [(2, 2, 2), (2, 2, 2), (2, 2, 1), (2, 2, 1)]
    return slab_unet(input_shape, encoder, decoder, sizes, dropout=0.25, loss=masked_bce_dice, rate=5e-5)
