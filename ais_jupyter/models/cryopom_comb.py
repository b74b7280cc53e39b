"""cryoPom-comb: U-net of 64 to 1024 filters, cross-entropy and Dice combined.

Rebuilt from the number of its weights; the rate of its dropout is a guess, which matters to training alone.
"""

from __future__ import annotations

from typing import Any

title = "cryoPom-comb"
include = True
retired = True
summary = "Large U-net of older models, learning by 0.3 cross-entropy and 0.7 Dice; ezm-2d took its place."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.losses import masked_combination
    from ais_jupyter.models.unets import unet

    encoder = [(n, n) for n in (64, 128, 256, 512, 1024)]
    return unet(input_shape, encoder, encoder[-2::-1], dropout=0.5, loss=masked_combination)
