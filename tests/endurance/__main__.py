"""The long run, with its figures: ``PYTHONPATH=tests:. python -m tests.endurance 50`` kills each act so often."""

from __future__ import annotations

import os
import random
import sys
import tempfile
from pathlib import Path

import plugins

from tests.endurance.kills import CHECKS, try_moment

each = int(sys.argv[1])
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
for act in CHECKS:
    faults = 0
    for number in range(each):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.environ["AIS_JUPYTER_HOME"] = str(folder / "home")
            plugins.install(folder / "home", plugins.TINY)
            try:
                try_moment(act, folder, rng)
            except AssertionError as error:
                faults += 1
                print(f"{act} {number}: {error}", flush=True)
    print(f"{act:12} killed {each} times, faults {faults}", flush=True)
