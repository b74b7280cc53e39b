"""ResNet: four residual blocks of 32 to 256 filters, without reduction."""

from __future__ import annotations

from typing import Any

title = "ResNet"
include = True
retired = True
summary = "Keeps full resolution throughout: fine detail, narrow view, slow; for old scripts and comparisons."


def create(input_shape: tuple[int, int, int]) -> Any:
    from keras import layers

    from ais_jupyter.models.blocks import compiled, conv, image_input, probability
    from ais_jupyter.models.losses import masked_bce

    inputs = x = image_input(input_shape)
    for filters in (32, 64, 128, 256):
        changed = conv(conv(x, filters, activation="linear"), filters, activation="linear")
        shortcut = conv(x, filters, 1, activation="linear")
        x = layers.Activation("relu")(layers.Add()([shortcut, changed]))
    return compiled(inputs, probability(x), masked_bce)
