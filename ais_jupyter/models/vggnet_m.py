"""VGGNet M (once VGGNet double): VGGNet S with an encoder twice as wide."""

from __future__ import annotations

from typing import Any

title = "VGGNet M"
include = True
summary = "The usual choice: robust on most features, trains well from few boxes."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.vggnets import small_vggnet

    return small_vggnet(input_shape, (128, 256, 512))
