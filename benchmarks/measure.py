"""Runs commands and measures them from outside: wall time, processor time, peak memory of the whole process tree."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Run:
    """What one run of a command took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    output: str


def run(command: Sequence[str | Path], *, interval: float = 0.05) -> Run:
    """Run a command to its end; its memory is the largest sum of resident memory over it and its children.

    Raises
    ------
    RuntimeError
        The command failed; the message holds the end of what it said.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        start = time.perf_counter()
        process = psutil.Popen(
            [str(part) for part in command], stdout=said, stderr=subprocess.STDOUT, env=_environment()
        )
        peak, cpu = 0.0, {}
        while process.poll() is None:
            resident = 0
            for one in _tree(process):
                try:
                    with one.oneshot():
                        resident += one.memory_info().rss
                        times = one.cpu_times()
                except psutil.Error:
                    continue
                cpu[one.pid] = times.user + times.system
            peak = max(peak, resident)
            time.sleep(interval)
        seconds = time.perf_counter() - start
        said.seek(0)
        output = said.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{output[-3000:]}")
    return Run(seconds, sum(cpu.values()), peak / 1e6, output)


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _environment() -> dict[str, str]:
    """Return the environment without GPUs: both programs run on the processor."""
    return {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}


def in_turn(contestants: dict[str, Callable[[], Run]], rounds: int) -> dict[str, list[Run]]:
    """Run all contestants in turn, `rounds` times, so that what else the machine does falls on all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in contestants}
    for number in range(rounds):
        order = list(contestants) if number % 2 == 0 else list(contestants)[::-1]
        for name in order:
            done = contestants[name]()
            runs[name].append(done)
            print(f"  round {number + 1}: {name:24s} {done.seconds:7.1f} s  cpu {done.cpu_seconds:7.1f} s"
                  f"  {done.peak_mb:6.0f} MB", flush=True)  # fmt: skip
    return runs


def median(values: Sequence[float]) -> float:
    """Median."""
    return statistics.median(values)


def describe_machine() -> str:
    """One line on what these numbers were measured on."""
    name = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        name = lines[0].split(":", 1)[1].strip() if lines else name
        flags = cpuinfo.read_text()
        extras = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in flags]
        name += f" ({', '.join(extras)})"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {usable} cores, {psutil.virtual_memory().total / 1e9:.0f} GB; load {load:.1f} at the start"
