"""InceptionNet: three modules of four branches side by side, without reduction."""

from __future__ import annotations

from typing import Any

title = "InceptionNet"
include = True
retired = True
summary = "Looks at several scales at once but not far; for old scripts and comparisons."


def create(input_shape: tuple[int, int, int]) -> Any:
    from keras import layers

    from ais_jupyter.models.blocks import compiled, conv, image_input
    from ais_jupyter.models.losses import masked_bce

    inputs = x = image_input(input_shape)
    for _ in range(3):
        point = conv(x, 64, 1)
        small = conv(conv(x, 64, 1), 64, 3)
        large = conv(conv(x, 64, 1), 64, 5)
        pooled = conv(layers.MaxPooling2D(3, strides=1, padding="same")(x), 64, 1)
        x = layers.Concatenate()([point, small, large, pooled])
    return compiled(inputs, conv(x, 1, 1, activation="sigmoid"), masked_bce)
