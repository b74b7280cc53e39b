"""Networks that reduce and enlarge without shortcuts: what is small is lost, and so is noise."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

from ais_jupyter.models.blocks import Shape, compiled, conv, convs, grow, image_input, pool, probability
from ais_jupyter.models.losses import masked_bce


def small_vggnet(input_shape: Shape, encoder: Sequence[int], decoder: Sequence[int] = (128, 64)) -> keras.Model:
    """Two convolutions per level, no batch normalisation; the last enlargement leaves a single channel."""
    inputs = x = image_input(input_shape)
    for filters in encoder:
        x = pool(convs(x, (filters, filters)))
    for filters in decoder:
        x = conv(grow(x, filters), filters)
    return compiled(inputs, probability(grow(x, 1)), masked_bce)


def large_vggnet(input_shape: Shape, encoder: Sequence[int], decoder: Sequence[int]) -> keras.Model:
    """Two convolutions per level, batch normalisation and dropout."""
    inputs = x = image_input(input_shape)
    for filters in encoder:
        x = pool(convs(x, (filters, filters), norm=True))
    x = layers.Dropout(0.25)(x)
    for filters in decoder:
        x = conv(grow(x, filters), filters, norm=True)
    return compiled(inputs, probability(x), masked_bce)
