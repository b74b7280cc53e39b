"""UNet dropout: two levels with dropout of a tenth."""

from __future__ import annotations

from typing import Any

title = "UNet dropout"
include = True
retired = True
summary = "UNet lite with dropout; for old scripts, UNet S does better."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.unets import small_unet

    return small_unet(input_shape, (64, 128), dropout=0.1)
