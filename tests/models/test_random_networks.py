"""Networks put together at random: what is worked out of them is what Keras does, and both engines agree."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers
from network_tools import randomize

from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.data.network_geometry import layer_shapes, view_along
from ais_jupyter.core.files.keras2_h5 import read_network, write_network
from ais_jupyter.core.learning.engines import make_engine
from ais_jupyter.core.learning.network_keras import network_from_keras

pytest.importorskip("openvino")

paddings = st.sampled_from(["same", "valid"])
small = st.integers(1, 4)


def layer(kind: str, **choices: Any) -> Any:
    return st.fixed_dictionaries(choices).map(lambda given: (kind, given))


conv = {"kernel_size": st.tuples(small, small), "padding": paddings}
chains = st.lists(
    st.one_of(
        layer("Conv2D", filters=small, strides=st.integers(1, 2), **conv),
        layer("Conv2D", filters=small, dilation_rate=st.integers(1, 3), **conv),
        layer("DepthwiseConv2D", depth_multiplier=st.integers(1, 2), **conv),
        layer("SeparableConv2D", filters=small, **conv),
        layer("Conv2DTranspose", filters=small, strides=st.integers(1, 3), **conv),
        layer("MaxPooling2D", pool_size=st.integers(1, 3), strides=st.none() | st.integers(1, 2), padding=paddings),
        layer("AveragePooling2D", pool_size=st.integers(1, 3), padding=st.just("valid")),
        layer("UpSampling2D", size=st.tuples(small, small), interpolation=st.sampled_from(["nearest", "bilinear"])),
        layer("ZeroPadding2D", padding=st.tuples(st.tuples(small, small), st.tuples(small, small))),
        layer("Cropping2D", cropping=st.tuples(st.tuples(small, small), st.tuples(small, small))),
        layer("Activation", activation=st.sampled_from(["relu", "tanh", "hard_sigmoid"])),
        layer("BatchNormalization"), layer("LayerNormalization"), layer("Rescaling", scale=st.floats(0.5, 2)),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def built(chain: list[tuple[str, dict[str, Any]]]) -> keras.Model:
    inputs = x = keras.Input((None, None, 2))
    for kind, choices in chain:
        x = getattr(layers, kind)(**choices)(x)
    model = keras.Model(inputs, layers.Conv2D(1, 1)(x))
    randomize(model)
    return model


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chains, st.integers(5, 24), st.integers(5, 24))
def test_sizes_and_results_are_those_of_keras(chain: Any, rows: int, cols: int) -> None:
    model = built(chain)
    network = network_from_keras(model)
    images = np.random.default_rng(0).normal(size=(1, rows, cols, 2)).astype(np.float32)
    try:
        shapes = layer_shapes(network, images.shape[1:])
    except AisError:
        with pytest.raises(AisError):
            make_engine(network, "openvino", "float32").predict(images)
        return
    exact = keras.ops.convert_to_numpy(model(images, training=False))
    assert shapes[network.output] == exact.shape[1:]
    stored, _ = read_network(write_network(network), "a")
    for one in (network, stored):
        for kind in ("openvino", "keras"):
            found = make_engine(one, kind, "float32").predict(images)
            np.testing.assert_allclose(found, exact[..., 0], atol=1e-3, rtol=1e-3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chains, st.data())
def test_nothing_outside_the_view_changes_a_pixel(chain: Any, data: Any) -> None:
    model = built(chain)
    network = network_from_keras(model)
    view = view_along(network, 0)
    assert view.reach is not None
    assert view.field is not None
    margin = 2 * view.reach + 2 * view.grid
    size = -(-(2 * margin + 8) // view.grid) * view.grid
    images = np.random.default_rng(0).normal(size=(1, size, 2 * view_along(network, 1).grid + 24, 2)).astype(np.float32)
    try:
        out = layer_shapes(network, images.shape[1:])[network.output]
    except AisError:
        return
    if out[0] != size:  # only networks that keep the size have a result for each pixel of the image
        return
    row = data.draw(st.integers(margin, size - margin - 1))
    changed = images.copy()
    changed[:, : row - view.reach] += 10
    changed[:, row + view.reach + 1 :] -= 10
    before, after = (keras.ops.convert_to_numpy(model(x, training=False))[0, row] for x in (images, changed))
    np.testing.assert_allclose(after, before, atol=1e-4)
