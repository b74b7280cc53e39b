"""The whole attack, with its figures: ``python -m tests.files.attack 100000``."""

from __future__ import annotations

import sys
from collections import Counter

from tests.files.attack.mutations import MUTATIONS
from tests.files.attack.watched import FAULTS, try_files

CHUNK = 1000

each = -(-int(sys.argv[1]) // len(MUTATIONS))
total: Counter[str] = Counter()
peak = 0
for kind in MUTATIONS:
    for first in range(0, each, CHUNK):
        found = try_files(kind, first, min(each, first + CHUNK))
        peak = max(peak, found["peak memory (MB)"])
        total.update({name: found[name] for name in ("inputs", "opened", "refused")})
        total.update({name: len(found[name]) for name in FAULTS})
        for name in FAULTS:
            for line in found[name]:
                print(f"{name}: {line}", flush=True)
for name in ("inputs", "opened", "refused", *FAULTS):
    print(f"{name:16} {total[name]}")
print(f"{'peak memory':16} {peak} MB")
