"""Which GPUs a command uses."""

from __future__ import annotations

import os


def use_gpus(gpus: str | None) -> None:
    """Let this process see only these GPUs ("0,1"); None leaves it as it is, "-1" or "" hides them all."""
    if gpus is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = gpus.strip().strip(",")
