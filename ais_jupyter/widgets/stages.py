"""The stages of the work, which are the tabs of the window."""

from __future__ import annotations

STAGES = ("annotate", "models", "export", "render")
