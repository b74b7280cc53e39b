"""UNet M: five levels of 32 to 512 filters with batch normalisation."""

from __future__ import annotations

from typing import Any

title = "UNet M"
include = True
summary = "Sharp outlines and wide view at moderate cost; for membranes and filaments with some hundred boxes."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.unets import unet

    encoder = [(n, n) for n in (32, 64, 128, 256, 512)]
    return unet(input_shape, encoder, encoder[-2::-1], dropout=0.25)
