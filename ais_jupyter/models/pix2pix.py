"""Pix2pix: a generator of five levels trained against a discriminator."""

from __future__ import annotations

from typing import Any

title = "Pix2pix"
include = True
summary = "Learns to draw like you, against a critic: crisp shapes, but it may invent some; box a multiple of 32."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.adversarial import ConditionalGAN, discriminator, generator

    depth = input_shape[2]
    drawing = generator(depth, (64, 128, 256, 512, 512), (512, 256, 128, 64), activation="sigmoid", norm_first=False)
    return ConditionalGAN(drawing, discriminator(depth))
