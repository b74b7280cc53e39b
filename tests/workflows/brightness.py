"""A model that needs no training: bright is what it finds."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.model import SegmentationModel


def brightness_model(title="Bright", bias=0.0, **info):
    """Return a network whose probability is sigmoid(4 · normalised grey value + bias)."""
    layer = Layer(
        "conv",
        "Conv2D",
        {"filters": 1, "kernel_size": [1, 1], "strides": [1, 1], "padding": "same", "dilation_rate": [1, 1],
         "groups": 1, "activation": "sigmoid", "use_bias": True},
        ["input"],
        [np.full((1, 1, 1, 1), 4, np.float32), np.array([bias], np.float32)],
    )  # fmt: skip
    network = Network([Layer("input", "InputLayer", {"shape": [None, None, 1]}), layer], "conv")
    settings = ModelInfo(title=title, architecture="", voxel_size=10.0, box_size=32, **info)
    return SegmentationModel.from_stored(StoredModel(settings, network))
