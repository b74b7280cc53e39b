"""The deterministic network with which the golden volumes were made (see the samples' manifest)."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.learning.model import SegmentationModel

KERNEL = -2.0 * np.array([[0.05, 0.10, 0.05], [0.10, 0.40, 0.10], [0.00, 0.10, 0.10]])


def linear_model(
    title: str = "LinearTest2D", depth: int = 1, voxel_size: float = 7.84, normalization="global_mad", bias=-3.0
):
    """Return sigmoid(bias + weighted 3×3 neighbourhood); an asymmetric kernel, so that a mirrored axis shows."""
    weights = np.arange(1, depth + 1) / np.arange(1, depth + 1).sum()
    kernel = (KERNEL[:, :, None] * weights)[..., None].astype(np.float32)
    convolution = Layer(
        "conv",
        "Conv2D",
        {"filters": 1, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "dilation_rate": [1, 1],
         "groups": 1, "activation": "sigmoid", "use_bias": True},
        ["input"],
        [kernel, np.array([bias], np.float32)],
    )  # fmt: skip
    network = Network([Layer("input", "InputLayer", {"shape": [None, None, depth]}), convolution], "conv")
    info = ModelInfo(title=title, architecture="LinearTest", voxel_size=voxel_size, box_size=32, depth=depth)
    info.normalization = normalization
    return SegmentationModel.from_stored(StoredModel(info, network))
