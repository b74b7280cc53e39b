"""Pieces that the architectures are put together from, for images (y, x, channels) and slabs (y, x, z, channels)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers

Size = int | tuple[int, ...]
Shape = tuple[int, int, int]


def image_input(input_shape: Shape) -> Any:
    """Input of a network that takes (box, box, depth), slices as channels."""
    return keras.Input(tuple(input_shape))


def slab_input(input_shape: Shape) -> Any:
    """Input of a network that takes a slab of `depth` slices as a volume: (box, box, depth, 1)."""
    return keras.Input((*input_shape, 1))


def conv(x: Any, filters: int, size: Size = 3, activation: str = "relu", norm: bool = False) -> Any:
    """Convolution of stride 1 that keeps the size, with batch normalisation after its activation when `norm`."""
    kind = layers.Conv3D if len(x.shape) == 5 else layers.Conv2D
    x = kind(filters, size, padding="same", activation=activation)(x)
    return layers.BatchNormalization()(x) if norm else x


def conv_norm_relu(x: Any, filters: int, dilation: int = 1) -> Any:
    """Convolution, batch normalisation, activation; the statistics follow quickly, for trainings of few steps."""
    x = layers.Conv2D(
        filters, 3, padding="same", dilation_rate=dilation, use_bias=False, kernel_initializer="lecun_normal"
    )(x)  # fmt: skip
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))


def convs(x: Any, level: Sequence[int | tuple[int, Size]], norm: bool = False) -> Any:
    """One convolution after the other; each is given by its filters, or by filters and size."""
    for item in level:
        filters, size = item if isinstance(item, tuple) else (item, 3)
        x = conv(x, filters, size, norm=norm)
    return x


def pool(x: Any, size: Size = 2, padding: str = "valid") -> Any:
    """Keep the largest of each `size` pixels."""
    kind = layers.MaxPooling3D if len(x.shape) == 5 else layers.MaxPooling2D
    return kind(size, padding=padding)(x)


def grow(x: Any, filters: int, size: Size = 2) -> Any:
    """Enlarge `size` times by a transposed convolution without activation."""
    kind = layers.Conv3DTranspose if len(x.shape) == 5 else layers.Conv2DTranspose
    return kind(filters, size, strides=size, padding="same")(x)


def probability(x: Any) -> Any:
    """Turn the channels of each pixel into one number 0–1."""
    kind = layers.Conv3D if len(x.shape) == 5 else layers.Conv2D
    return kind(1, 1, activation="sigmoid")(x)


def compiled(inputs: Any, outputs: Any, loss: Callable[..., Any], rate: float = 1e-3) -> keras.Model:
    """Model from `inputs` to `outputs`, ready to train with Adam."""
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
    return model
