"""VGGNet X: five levels, the coarsest 32 times reduced."""

from __future__ import annotations

from typing import Any

title = "VGGNet X"
include = True
summary = "Sees widest around each pixel: for large features and context; boxes of at least 64 pixels."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.vggnets import large_vggnet

    return large_vggnet(input_shape, (64, 128, 256, 512, 1024), (1024, 512, 256, 128, 64))
