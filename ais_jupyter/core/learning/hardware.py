"""What this machine has: its processors, GPU and memory, and the precision that is fastest on it."""

from __future__ import annotations

import glob
import importlib
import importlib.util
import os
import platform
import shutil
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ais_jupyter.core.data.errors import InputError

Precision = Literal["auto", "float32", "bfloat16"]
PRECISIONS = ("auto", "float32", "bfloat16")

#: Backends of Keras that gain by bfloat16 on a processor that computes in it; a GPU has its own short cut for float32.
_QUICK_IN_BFLOAT16 = ("tensorflow", "torch")


def resolve_precision(precision: str, engine: Literal["keras", "openvino"]) -> str:
    """Return the precision that an engine computes in: "float32" or "bfloat16".

    "auto" is bfloat16 where that is faster: with OpenVINO on processors that have it, with Keras on such processors
    when the backend makes use of it and there is no GPU. OpenVINO computes in float32 where bfloat16 is asked for and
    the processor does not have it.

    Raises
    ------
    InputError
        It is none of "auto", "float32" and "bfloat16".
    """
    if precision not in PRECISIONS:
        raise InputError(f"precision is one of {', '.join(PRECISIONS)}, not {precision!r}")
    if engine == "openvino" and precision != "float32":
        from ais_jupyter.core.learning.openvino_runtime import computes_in_bfloat16

        return "bfloat16" if computes_in_bfloat16() else "float32"
    if precision != "auto":
        return precision
    quick = processor_has_bfloat16() and not has_gpu() and _backend_name() in _QUICK_IN_BFLOAT16
    return "bfloat16" if quick else "float32"


def openvino_installed() -> bool:
    """Whether OpenVINO can be imported."""
    return importlib.util.find_spec("openvino") is not None


def gpu_in_sight() -> bool:
    """Whether there is a sign of a GPU that is not hidden; nothing is imported to find out."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    return not hidden and bool(glob.glob("/dev/nvidia[0-9]*") or glob.glob("/dev/kfd") or shutil.which("nvidia-smi"))


@cache
def has_gpu() -> bool:
    """Whether the backend of Keras can use a GPU; the backend is not imported where there is no sign of one."""
    if not gpu_in_sight():
        return False
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if backend == "torch":
        import torch

        return torch.cuda.is_available()
    if backend == "jax":
        import jax

        return any(device.platform != "cpu" for device in jax.devices())
    return False


@cache
def processor_has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16 (known on Linux only)."""
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16"} & set(words))


@cache
def memory_size() -> int:
    """Bytes of memory that this machine, or the container that this process runs in, has; 0 where that is unknown."""
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 0
    limits = map(_number_in, ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    return min([size, *(limit for limit in limits if limit is not None)])


def _number_in(path: str) -> int | None:
    try:
        return int(Path(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


@cache
def device_name() -> str:
    """Name of the GPU that Keras trains on, or of the processor and how many threads there are."""
    return _gpu_name() or f"{_processor_name()}, {usable_threads()} threads"


def usable_threads() -> int:
    """Threads that this process may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory() -> int:
    """Most bytes taken so far: of the GPU where there is one, else by this process; 0 where that is unknown."""
    return _gpu_memory() or _process_memory()


def _gpu_name() -> str | None:
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
    if not has_gpu():
        return 0
    backend, module = _backend()
    if backend == "tensorflow":
        return int(module.config.experimental.get_memory_info("GPU:0")["peak"])
    if backend == "torch":
        return int(module.cuda.max_memory_allocated())
    return int((module.devices()[0].memory_stats() or {}).get("peak_bytes_in_use", 0))


def _backend() -> tuple[str, Any]:
    name = _backend_name()
    return name, importlib.import_module(name)


def _backend_name() -> str:
    import keras

    return keras.backend.backend()


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
