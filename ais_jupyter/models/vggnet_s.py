"""VGGNet S (once VGGNet): three levels, no shortcuts, no batch normalisation."""

from __future__ import annotations

from typing import Any

title = "VGGNet S"
include = True
summary = "The quickest of the usual choices; good for particles such as ribosomes."


def create(input_shape: tuple[int, int, int]) -> Any:
    from ais_jupyter.models.vggnets import small_vggnet

    return small_vggnet(input_shape, (64, 128, 256))
