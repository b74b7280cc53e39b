"""Where unsaved work is kept."""

from __future__ import annotations

from pathlib import Path

from ais_jupyter.core.data.home import home


def recovery_folder() -> Path:
    """Folder of journals and backups: ``.ais_jupyter/recovery`` in `home`."""
    return home() / ".ais_jupyter" / "recovery"


def make_recovery_folder() -> Path:
    """Return that folder, made if necessary and readable by its owner alone."""
    folder = recovery_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
