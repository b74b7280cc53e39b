"""UNet lite: two levels."""

from __future__ import annotations

from typing import Any

title = "UNet lite"
include = True
retired = True
summary = "The smallest network with shortcuts; for old scripts, UNet S does better."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.unets import small_unet

    return small_unet(input_shape, (64, 128))
