"""The library of architectures, for people."""

from __future__ import annotations

from ais_jupyter.core.learning import architectures as library
from ais_jupyter.core.learning.architectures import Architecture
from ais_jupyter.core.learning.network_facts import NetworkFacts, architecture_facts, network_facts

__all__ = ["NetworkFacts", "architecture_facts", "architectures", "entries", "network_facts", "problems", "summaries"]


def architectures() -> list[str]:
    """Titles of the architectures that `SegmentationModel` takes, plug-ins included."""
    return [architecture.title for architecture in library.architectures()]


def entries() -> list[Architecture]:
    """All that is known of each architecture, in the order of `architectures`."""
    return library.architectures()


def summaries() -> list[tuple[str, str]]:
    """Title of each architecture, and when to use it; in the order of `architectures`."""
    return [(architecture.title, architecture.summary) for architecture in library.architectures()]


def problems() -> list[str]:
    """Plug-ins that could not be used, and why."""
    return [str(problem) for problem in library.problems()]
