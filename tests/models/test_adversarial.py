"""Pix2pix: each network learns from its own loss alone, and one step does what two optimizers would."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from ais_jupyter.models.adversarial import ConditionalGAN, generator  # noqa: E402


def small_gan() -> ConditionalGAN:
    drawn, image = keras.Input((None, None, 1)), keras.Input((None, None, 1))
    x = keras.layers.Concatenate()([drawn, image])
    x = keras.layers.Conv2D(8, 4, strides=2, padding="same", activation="leaky_relu")(x)
    x = keras.layers.BatchNormalization(momentum=0.8)(x)
    critic = keras.Model([drawn, image], keras.layers.Conv2D(1, 4, padding="same")(x))
    return ConditionalGAN(generator(1, (4, 6), (5,), "sigmoid", norm_first=False), critic)


def batch(n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 32, 32, 1)).astype(np.float32)
    y = (x > 0.5).astype(np.float32)
    y[:, :4] = 2
    return x, y


def test_losses_are_those_of_the_formula() -> None:
    gan = small_gan()
    x, y = batch()
    drawing = np.asarray(gan.predict_on_batch(x))
    real = np.where(y == 2, 0, y)
    on_real = np.asarray(gan.discriminator.predict_on_batch([real, x]))
    on_drawing = np.asarray(gan.discriminator.predict_on_batch([drawing, x]))
    d = 0.5 * (np.mean((on_real - 1) ** 2) + np.mean(on_drawing**2))
    g = np.mean((on_drawing - 1) ** 2) + 100 * np.mean(np.abs(drawing - y)[y != 2])
    logs = gan.test_on_batch(x, y, return_dict=True)
    assert logs["discriminator_loss"] == pytest.approx(d, rel=1e-4)
    assert logs["generator_loss"] == pytest.approx(g, rel=1e-4)
    assert logs["loss"] == pytest.approx(d + g, rel=1e-4)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="takes gradients with TensorFlow")
def test_each_network_gets_the_gradient_of_its_own_loss() -> None:
    import tensorflow as tf
    from keras import ops

    from ais_jupyter.models.losses import masked_l1

    gan = small_gan()
    x, y = (tf.constant(array) for array in batch())
    real = tf.where(y == 2, 0.0, y)
    with tf.GradientTape() as tape:
        loss = gan.compute_loss(x, y, gan(x, training=True), training=True)
    of_drawing, of_verdict = tape.gradient(
        loss, [gan.generator.trainable_variables[0].value, gan.discriminator.trainable_variables[0].value]
    )
    with tf.GradientTape(persistent=True) as tape:
        drawing = gan.generator(x, training=True)
        on_drawing = gan.discriminator([drawing, x], training=True)
        on_real = gan.discriminator([real, x], training=True)
        g = ops.mean((on_drawing - 1) ** 2) + 100 * masked_l1(y, drawing)
        d = 0.5 * (ops.mean((on_real - 1) ** 2) + ops.mean(on_drawing**2))
    expected_drawing = tape.gradient(g, gan.generator.trainable_variables[0].value)
    expected_verdict = tape.gradient(d, gan.discriminator.trainable_variables[0].value)
    np.testing.assert_allclose(of_drawing, expected_drawing, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(of_verdict, expected_verdict, rtol=1e-3, atol=1e-6)


def test_training_improves_the_drawing_and_keeps_the_interface() -> None:
    keras.utils.set_random_seed(1)
    gan = small_gan()
    gan.optimizer.learning_rate = 5e-3
    x, y = batch(8)
    assert gan.count_params() == gan.generator.count_params()
    assert gan.input_shape == (None, None, None, 1)
    before = gan.get_weights()
    first = gan.train_on_batch(x, y, return_dict=True)["generator_loss"]
    for _ in range(40):
        gan.reset_metrics()
        logs = gan.train_on_batch(x, y, return_dict=True)
    assert logs["generator_loss"] < 0.8 * first
    assert set(logs) == {"loss", "generator_loss", "discriminator_loss"}
    changed = [not np.array_equal(a, b) for a, b in zip(before, gan.get_weights())]
    assert np.mean(changed) > 0.9  # weights and statistics of both networks
    gan.set_weights(before)
    np.testing.assert_array_equal(gan.get_weights()[0], before[0])
