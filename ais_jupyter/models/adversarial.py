"""Two networks that learn against each other: one draws the segmentation, the other tells it from a person's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from ais_jupyter.models.losses import masked_l1, split_labels

ADAM = {"learning_rate": 2e-4, "beta_1": 0.5}
L1_WEIGHT = 100.0
MOMENTUM = 0.8


def generator(
    depth: int, down: Sequence[int], up: Sequence[int], activation: str, norm_first: bool, size: int | None = None
) -> keras.Model:
    """Network that draws one image from `depth` slices, by strided convolutions down and repeated pixels up."""
    inputs = x = keras.Input((size, size, depth))
    skips: list[Any] = []
    for filters in down:
        x = layers.Conv2D(filters, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        if skips or norm_first:
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        skips.append(x)
    for filters, skip in zip(up, skips[-2::-1]):
        x = layers.UpSampling2D(2)(x)
        x = layers.Conv2D(filters, 4, padding="same", activation="relu")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = layers.Concatenate()([x, skip])
    x = layers.UpSampling2D(2)(x)
    return keras.Model(inputs, layers.Conv2D(1, 4, padding="same", activation=activation)(x))


def discriminator(depth: int, size: int | None = None) -> keras.Model:
    """Network that looks at a segmentation and its slices and says, patch by patch, whether a person drew it."""
    drawn, image = keras.Input((size, size, 1)), keras.Input((size, size, depth))
    x = layers.Concatenate()([drawn, image])
    for number, filters in enumerate((64, 128, 256, 512)):
        x = layers.Conv2D(filters, 4, strides=2, padding="same")(x)
        x = layers.LeakyReLU(negative_slope=0.2)(x)
        if number:
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
    return keras.Model([drawn, image], layers.Conv2D(1, 4, padding="same")(x))


class ConditionalGAN(keras.Model):
    """Generator and discriminator trained together; to everything else it is the generator.

    One step updates both: the discriminator by ½[mean (D(y, x) − 1)² + mean D(G(x), x)²], the generator by
    mean (D(G(x), x) − 1)² + 100·masked L1. Label 2 counts as 0 for the discriminator and is left out of L1.

    Each loss must reach only its own network. The sum of both does that in one backward pass when the drawing is
    detached where the discriminator learns, and the discriminator's weights are where the generator does. As Adam
    treats every weight by itself, one Adam over all of them equals one for each network.

    Attributes
    ----------
    generator : keras.Model
        What is applied and saved.
    discriminator : keras.Model
        Takes [segmentation, slices].
    """

    def __init__(self, generator: keras.Model, discriminator: keras.Model) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self.generator_loss = keras.metrics.Mean(name="generator_loss")
        self.discriminator_loss = keras.metrics.Mean(name="discriminator_loss")
        self.build(generator.input_shape)
        self.compile(optimizer=keras.optimizers.Adam(**ADAM), loss=masked_l1)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """(batch, y, x, z) of the generator."""
        return self.generator.input_shape

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """(batch, y, x, 1) of the generator."""
        return self.generator.output_shape

    def build(self, input_shape: Any) -> None:
        """Both networks exist already; nothing is left to make."""
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Draw: (n, y, x, z) → (n, y, x, 1)."""
        return self.generator(inputs, training=training)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Sum of what the two networks learn from."""
        x = ops.convert_to_tensor(x)  # some backends hand over arrays
        real, _ = split_labels(y, y_pred)
        verdict = self.discriminator([real, x], training=training)
        verdict_on_drawing = self.discriminator([ops.stop_gradient(y_pred), x], training=training)
        for_discriminator = 0.5 * (ops.mean(ops.square(verdict - 1.0)) + ops.mean(ops.square(verdict_on_drawing)))

        fixed = [ops.stop_gradient(weight) for weight in self.discriminator.trainable_variables]
        statistics = [ops.stop_gradient(weight) for weight in self.discriminator.non_trainable_variables]
        persuaded, _ = self.discriminator.stateless_call(fixed, statistics, [y_pred, x], training=training)
        for_generator = ops.mean(ops.square(persuaded - 1.0)) + L1_WEIGHT * masked_l1(y, y_pred)

        self.discriminator_loss.update_state(for_discriminator)
        self.generator_loss.update_state(for_generator)
        return for_discriminator + for_generator

    def count_params(self) -> int:
        """Weights of the generator, the part that is applied and saved."""
        return self.generator.count_params()
