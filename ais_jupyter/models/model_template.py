"""A template for your own architecture.

Copy this file to ``~/.ais_jupyter/models/``, change it, set ``include = True`` and reload the library (or start again):
the architecture is then offered under its title. A title that exists already replaces that architecture.

What ``create`` must return
---------------------------
A compiled Keras model that takes boxes (n, y, x, depth) and returns probabilities 0–1 of the same size, (n, y, x, 1).
It is trained on boxes of the given size and then applied to whole slices, so it must work for larger sizes, multiples
of 32 or of more where it halves its input more than five times: use convolutions, pooling and enlargement, no layers
of fixed size. For a network that sees slabs as volumes take (n, y, x, depth, 1) and return the same.

Labels are 0 (background), 1 (feature) and 2 (ignore); the losses in ``ais_jupyter.models.losses`` leave out the 2.
Build it from Keras layers joined one to the other, then it can be saved in the format of Ais, and applied by every
engine. If you need more, return an object of your own with ``fit``, ``predict``, ``count_params`` and ``save(path)``,
and define ``load_model(path)`` in the file to read it back.
"""

from __future__ import annotations

from typing import Any

title = "My network"
include = False  # set to True to offer it
summary = "One line on when to use it."


def create(input_shape: tuple[int, int, int]) -> Any:
    """Make the network for boxes of `input_shape` = (box, box, depth)."""
    import keras
    from keras import layers

    from ais_jupyter.models.losses import masked_bce

    inputs = keras.Input(input_shape)
    fine = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    coarse = layers.MaxPooling2D(2)(fine)
    coarse = layers.Conv2D(64, 3, padding="same", activation="relu")(coarse)
    coarse = layers.UpSampling2D(2)(coarse)
    both = layers.Concatenate()([coarse, fine])
    outputs = layers.Conv2D(1, 1, activation="sigmoid")(both)

    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=masked_bce)
    return model
