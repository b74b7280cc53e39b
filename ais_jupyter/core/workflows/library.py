"""The library of architectures, for people."""

from __future__ import annotations


def architectures() -> list[str]:
    """Titles of the architectures that `SegmentationModel` takes, plug-ins included."""
    from ais_jupyter.core.learning.architectures import architectures as library

    return [architecture.title for architecture in library()]
