"""What computes the training, and how much memory it has taken."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path
from typing import Any


@cache
def device_name() -> str:
    """Name of the GPU that Keras trains on, or of the processor and how many threads there are."""
    return _gpu_name() or f"{_processor_name()}, {usable_threads()} threads"


def usable_threads() -> int:
    """Threads that this process may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory() -> int:
    """Bytes taken at most so far: of the GPU where there is one, else of this process; 0 where that is not told."""
    return _gpu_memory() or _process_memory()


def _gpu_name() -> str | None:
    from ais_jupyter.core.learning.engine import has_gpu

    if not has_gpu():
        return None
    backend, module = _backend()
    if backend == "tensorflow":
        details = module.config.experimental.get_device_details(module.config.list_physical_devices("GPU")[0])
        return details.get("device_name", "GPU")
    if backend == "torch":
        return module.cuda.get_device_name()
    return module.devices()[0].device_kind


def _gpu_memory() -> int:
    from ais_jupyter.core.learning.engine import has_gpu

    if not has_gpu():
        return 0
    backend, module = _backend()
    if backend == "tensorflow":
        return int(module.config.experimental.get_memory_info("GPU:0")["peak"])
    if backend == "torch":
        return int(module.cuda.max_memory_allocated())
    return int((module.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0))


def _backend() -> tuple[str, Any]:
    import importlib

    import keras

    name = keras.backend.backend()
    return name, importlib.import_module(name)


def _processor_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _process_memory() -> int:
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else peak * 1024
