"""What is open and under way in one window, and what the windows of one kernel share.

Belongs here: state that outlives a page (open tomograms and models, trainings, the queue of segmentations, recovery).
Does not belong here: how anything is computed (`core.workflows`), or what a page is sent (`widgets`).
"""

from __future__ import annotations

from ais_jupyter.core.session.session import Session

__all__ = ["Session"]
