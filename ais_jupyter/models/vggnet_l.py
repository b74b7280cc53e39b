"""VGGNet L: four wide levels with batch normalisation; sees wider than VGGNet M."""

from __future__ import annotations

from typing import Any

title = "VGGNet L"
include = True
summary = "For large training sets and features that differ in subtle ways; slow without a GPU."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.vggnets import large_vggnet

    return large_vggnet(input_shape, (128, 256, 512, 1024), (1024, 512, 256, 128))
