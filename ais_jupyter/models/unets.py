"""U-shaped networks: an encoder that looks ever wider, and a decoder that gets the detail back over shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers

from ais_jupyter.models.blocks import (
    Shape,
    Size,
    compiled,
    conv,
    conv_norm_relu,
    convs,
    grow,
    image_input,
    pool,
    probability,
    slab_input,
)  # fmt: skip
from ais_jupyter.models.losses import masked_bce

Level = Sequence[int | tuple[int, Size]]


def small_unet(input_shape: Shape, filters: Sequence[int], dropout: float | None = None) -> keras.Model:
    """U-net with one convolution per level, enlarged by repeating pixels, without batch normalisation."""
    inputs = x = image_input(input_shape)
    skips: list[Any] = []
    for n in filters:
        if skips:
            x = pool(x)
        x = conv(x, n)
        if dropout is not None:
            x = layers.Dropout(dropout)(x)
        skips.append(x)
    for n, skip in zip(filters[-2::-1], skips[-2::-1]):
        x = layers.UpSampling2D(2)(x)
        x = layers.Concatenate()([x, skip])
        x = conv(x, n)
    return compiled(inputs, probability(x), masked_bce)


def light_unet(x: Any, filters: Sequence[int], dilations: Sequence[int]) -> Any:
    """U-net of few multiplications: shortcuts are added instead of joined, so that the decoder stays narrow.

    At full size nothing is normalised: there it would take as long as the convolutions.

    Parameters
    ----------
    filters : list of int
        Of each level; the first, at full size, has a single convolution, the last is the bottom.
    dilations : list of int
        Of the convolutions at the bottom, one after the other: they widen the sight at hardly any cost.
    """
    skips: list[Any] = [conv(x, filters[0])]
    for n in filters[1:-1]:
        x = pool(skips[-1])
        skips.append(conv_norm_relu(conv_norm_relu(x, n), n))
    x = pool(skips[-1])
    for dilation in dilations:
        x = conv_norm_relu(x, filters[-1], dilation)
    for n, skip in zip(filters[-2::-1], reversed(skips)):
        x = layers.UpSampling2D(2)(layers.Conv2D(n, 1)(x))
        x = layers.Add()([x, skip])
        x = conv(x, n) if skip is skips[0] else conv_norm_relu(x, n)
    return x


def unet(
    input_shape: Shape,
    encoder: Sequence[Level],
    decoder: Sequence[Level],
    dropout: float,
    loss: Callable[..., Any] = masked_bce,
    rate: float = 1e-3,
) -> keras.Model:
    """U-net with batch normalisation; the last level of `encoder` is the bottom, `decoder` goes from there upwards."""
    inputs = image_input(input_shape)
    x = _unet(inputs, encoder, decoder, [2] * len(decoder), dropout)
    return compiled(inputs, probability(x), loss, rate)


def slab_unet(
    input_shape: Shape,
    encoder: Sequence[Level],
    decoder: Sequence[Level],
    sizes: Sequence[Size],
    dropout: float,
    loss: Callable[..., Any],
    rate: float,
) -> keras.Model:
    """Volumetric U-net; `sizes` says how many pixels (y, x, z) each level of the encoder is reduced by."""
    inputs = slab_input(input_shape)
    x = _unet(inputs, encoder, decoder, sizes, dropout)
    return compiled(inputs, probability(x), loss, rate)


def _unet(x: Any, encoder: Sequence[Level], decoder: Sequence[Level], sizes: Sequence[Size], dropout: float) -> Any:
    skips = []
    for level, size in zip(encoder[:-1], sizes):
        x = convs(x, level, norm=True)
        skips.append(x)
        x = pool(x, size, padding="same" if size == (2, 2, 2) else "valid")
    x = convs(x, encoder[-1], norm=True)
    x = layers.Dropout(dropout)(x)
    for level, skip, size in zip(decoder, reversed(skips), reversed(sizes)):
        first = level[0]
        x = grow(x, first[0] if isinstance(first, tuple) else first, size)
        x = layers.Concatenate()([x, skip])
        x = convs(x, level, norm=True)
    return x
