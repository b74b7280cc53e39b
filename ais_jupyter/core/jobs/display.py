"""Lets jobs show themselves in a notebook without knowing Jupyter.

``core.jobs`` may not import Jupyter, yet a job that is the last line of a cell, or followed in one, shows a bar there.
The package names the module that draws it; that is imported when the first job is shown in a notebook.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

_provider: str | None = None


def use_provider(module: str) -> None:
    """Name the module whose ``display_job(job)`` shows a job and says whether it could."""
    global _provider
    _provider = module


def shown_in_notebook(job: Any) -> bool:
    """Show `job` below the running cell; False where there is no notebook."""
    if _provider is None or "ipykernel" not in sys.modules:
        return False
    return bool(importlib.import_module(_provider).display_job(job))
