"""Time of a training step and peak memory beside the released Ais, in interleaved runs.

    python benchmarks/training.py --ais /path/to/venv_with_ais_cryoet

Both command lines train once for few and once for more epochs; the difference, divided by the steps between them, is
the time of a step without start-up, loading, saving and what comes after the last epoch.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import inputs
from measure import Run, describe_machine, median, run

COPIES, BATCH, BOXES = 8, 32, 64
STEPS_PER_EPOCH = BOXES // BATCH * COPIES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ais", type=Path, help="virtual environment with the released Ais (pip install ais-cryoet)")
    parser.add_argument("-a", "--architecture", default="VGGNet S")
    parser.add_argument("--epochs", type=int, nargs=2, default=(1, 4), metavar=("FEW", "MORE"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to keep inputs between runs")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="ais_benchmark_"))
    folder.mkdir(parents=True, exist_ok=True)
    print(describe_machine())

    data = inputs.training_set(folder, BOXES)
    common = ["-a", options.architecture, "-t", data, "-b", str(BATCH), "-c", str(COPIES)]
    programs = {
        "ours bfloat16": [*inputs.OURS, "train", "-gpu", "-1", "--precision", "bfloat16"],
        "ours float32": [*inputs.OURS, "train", "-gpu", "-1", "--precision", "float32"],
    }
    if options.ais:
        programs = {"Ais": [options.ais / "bin" / "ais", "train", "-gpu", "0"], **programs}
    few, more = options.epochs
    steps = (more - few) * STEPS_PER_EPOCH
    step: dict[str, list[float]] = {name: [] for name in programs}
    cpu: dict[str, list[float]] = {name: [] for name in programs}
    longest: dict[str, list[Run]] = {name: [] for name in programs}
    for number in range(options.rounds):
        for name in list(programs) if number % 2 == 0 else list(programs)[::-1]:
            runs = []
            for epochs in (few, more):
                output = folder / "trained"
                shutil.rmtree(output, ignore_errors=True)
                output.mkdir()
                runs.append(run([*programs[name], *common, "-ou", output, "-name", "benchmark", "-e", str(epochs)]))
            step[name].append((runs[1].seconds - runs[0].seconds) / steps)
            cpu[name].append((runs[1].cpu_seconds - runs[0].cpu_seconds) / steps)
            longest[name].append(runs[1])
            times = ", ".join(f"{n} epochs {r.seconds:.1f} s" for n, r in zip((few, more), runs))
            print(
                f"  round {number + 1}: {name:14s} {step[name][-1]:.3f} s per step; {times}, {runs[1].peak_mb:.0f} MB"
            )

    print(
        f"\n{options.architecture}, batches of {BATCH} boxes of 64 px; medians of {options.rounds} interleaved rounds"
    )
    print(
        f"{'':16s}{'s per step':>11s}{'cpu s':>8s}{'peak MB':>9s}{'times faster (per round)':>34s}{'whole run s':>13s}"
    )
    reference = "Ais" if options.ais else "ours float32"
    for name in programs:
        ratios = [a / b for a, b in zip(step[reference], step[name])]
        each = ", ".join(f"{r:.2f}" for r in ratios)
        print(
            f"{name:16s}{median(step[name]):11.3f}{median(cpu[name]):8.3f}"
            f"{median([r.peak_mb for r in longest[name]]):9.0f}"
            f"{f'{median(ratios):.2f} ({each})':>34s}{median([r.seconds for r in longest[name]]):13.1f}"
        )
    if not options.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
