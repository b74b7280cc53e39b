"""Eman2: three convolutions of 15×15 pixels; the result is enlarged from half the size."""

from __future__ import annotations

from typing import Any

title = "Eman2"
include = True
retired = True
summary = "Two layers of very large kernels; for old scripts and comparisons."


def create(input_shape: tuple[int, int, int]) -> Any:
    from keras import layers

    from ais_jupyter.models.blocks import compiled, conv, image_input, pool
    from ais_jupyter.models.losses import masked_bce

    inputs = image_input(input_shape)
    x = pool(conv(inputs, 40, 15))
    x = conv(x, 40, 15)
    x = conv(x, 1, 15, activation="sigmoid")
    return compiled(inputs, layers.UpSampling2D(2)(x), masked_bce)
