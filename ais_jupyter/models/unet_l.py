"""UNet L: five levels of 64 to 1024 filters with batch normalisation."""

from __future__ import annotations

from typing import Any

title = "UNet L"
include = True
summary = "UNet M with five times the weights, for large training sets; slow without a GPU."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.unets import unet

    encoder = [(64, 64), (128, 128), (256, 512), (512, 512), (1024, 1024)]
    decoder = [(512, 512), (512, 512), (128, 128), (64, 64)]
    return unet(input_shape, encoder, decoder, dropout=0.5)
