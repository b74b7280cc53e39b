"""Where the program keeps what belongs to a person and to no data set: plug-ins, the feature library, unsaved work."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Return the folder that holds ``.Ais`` and ``.ais_jupyter``: ``$AIS_JUPYTER_HOME``, or the home directory."""
    return Path(os.environ.get("AIS_JUPYTER_HOME") or Path.home())
