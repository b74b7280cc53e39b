"""Pix2pix (2024): the network of the first versions of Ais, trained as Pix2pix is now.

Its output is a tanh, so that values slightly below 0 occur.
"""

from __future__ import annotations

from typing import Any

title = "Pix2pix (2024)"
include = True
retired = True
summary = "The generator of the first models of 2024, with six levels; box a multiple of 64."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.adversarial import ConditionalGAN, discriminator, generator

    size, depth = input_shape[0], input_shape[2]
    drawing = generator(
        depth, (64, 128, 256, 512, 512, 512), (512, 512, 256, 128, 64), activation="tanh", norm_first=True, size=size
    )
    return ConditionalGAN(drawing, discriminator(depth, size))
