"""UNet S (once UNet deep): three levels, nearest-neighbour enlargement, no batch normalisation."""

from __future__ import annotations

from typing import Any

title = "UNet S"
include = True
summary = "Small and quick, sharp outlines; a good first try for membranes and other fine structures."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.unets import small_unet

    return small_unet(input_shape, (64, 128, 256))
