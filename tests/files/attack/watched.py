"""Hostile files tried in a process of their own, which is ended when it no longer answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]

#: What must not happen, each a list of cases.
FAULTS = ("hangs", "foreign errors", "memory", "executions", "connections", "stray files", "files left", "crashes")


def try_files(kind: str, first: int, last: int, seconds: float = 600.0) -> dict[str, Any]:
    """Try the hostile files of these numbers; see `tried.main` for what comes back."""
    command = [sys.executable, "-m", "tests.files.attack.tried", kind, str(first), str(last)]
    which = f"{kind} {first}–{last}"
    empty: dict[str, Any] = {name: [] for name in FAULTS}
    empty |= {"inputs": last - first, "opened": 0, "refused": 0, "peak memory (MB)": 0}
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return empty | {"hangs": [f"{which}: the process did not answer its alarm"]}
    if done.returncode:
        return empty | {"crashes": [f"{which}: exit code {done.returncode}: {done.stderr[-400:]}"]}
    return empty | json.loads(done.stdout.splitlines()[-1])
