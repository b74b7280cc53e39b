"""UNet 2.5D: a small U-net for short trainings on a processor, that sees five slices and far around each pixel."""

from __future__ import annotations

from typing import Any

title = "UNet 2.5D"
include = True
summary = "Learns in two minutes from few boxes, quick on a processor; sees five slices at once."
depth = 5
recipe = "brief"


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.blocks import compiled, image_input, probability
    from ais_jupyter.models.losses import masked_bce
    from ais_jupyter.models.unets import light_unet

    inputs = image_input(input_shape)
    x = light_unet(inputs, (16, 32, 64, 128), dilations=(1, 2))
    return compiled(inputs, probability(x), masked_bce, 2e-3)
