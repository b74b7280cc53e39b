"""What is open and going on in one window: tomograms, models, trainings, segmentations; autosave and recovery."""

from __future__ import annotations

from ais_jupyter.core.session.documents import Session

__all__ = ["Session"]
