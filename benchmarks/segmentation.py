"""`segment`, end to end, beside the released Ais: time, memory and agreement, in interleaved runs.

python benchmarks/segmentation.py --ais /path/to/venv_with_ais_cryoet
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import inputs
import numpy as np
from measure import Run, describe_machine, in_turn, median, run

from ais_jupyter.core.files.mrc import read_mrc


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ais", type=Path, help="virtual environment with the released Ais (pip install ais-cryoet)")
    parser.add_argument("-a", "--architecture", default="VGGNet S")
    parser.add_argument("--model", type=Path, help="a .scnm instead of one trained here")
    parser.add_argument("--slices", type=int, default=30)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to keep inputs between runs")
    parser.add_argument("--keras", action="store_true", help="also measure our Keras engine")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="ais_benchmark_"))
    folder.mkdir(parents=True, exist_ok=True)
    print(describe_machine())

    model = options.model or inputs.model(folder, options.architecture)
    tomogram = inputs.volume(folder, options.slices, options.size)
    outputs = {}

    def contestant(name: str, command: list) -> None:
        outputs[name] = folder / f"out_{name.replace(' ', '_')}"

        def once() -> Run:
            shutil.rmtree(outputs[name], ignore_errors=True)
            return run([*command, "-m", model, "-d", tomogram, "-ou", outputs[name]])

        contestants[name] = once

    contestants: dict = {}
    if options.ais:
        contestant("Ais", [options.ais / "bin" / "ais", "segment", "-gpu", "0"])
    contestant("ours bfloat16", [*inputs.OURS, "segment", "-gpu", "-1", "--precision", "bfloat16"])
    contestant("ours float32", [*inputs.OURS, "segment", "-gpu", "-1", "--precision", "float32"])
    if options.keras:
        contestant(
            "keras float32", [*inputs.OURS, "segment", "-gpu", "-1", "--precision", "float32", "--engine", "keras"]
        )
    runs = in_turn(contestants, options.rounds)

    print(f"\n{options.slices} slices of {options.size}², {model.stem}; medians of {options.rounds} interleaved rounds")
    reference = "Ais" if options.ais else "ours float32"
    expected = _levels(outputs[reference])
    print(
        f"{'':16s}{'wall s':>9s}{'cpu s':>9s}{'peak MB':>9s}{'times faster (per round)':>34s}"
        f"{'Dice':>9s}{'max diff':>10s}"
    )
    for name, mine in runs.items():
        ratios = [a.seconds / b.seconds for a, b in zip(runs[reference], mine)]
        levels = _levels(outputs[name])
        found, other = levels > 127, expected > 127
        dice = 2 * np.count_nonzero(found & other) / max(1, np.count_nonzero(found) + np.count_nonzero(other))
        each = ", ".join(f"{r:.2f}" for r in ratios)
        print(
            f"{name:16s}{median([r.seconds for r in mine]):9.1f}{median([r.cpu_seconds for r in mine]):9.1f}"
            f"{median([r.peak_mb for r in mine]):9.0f}{f'{median(ratios):.2f} ({each})':>34s}{dice:9.4f}"
            f"{int(np.abs(levels - expected).max()):10d}"
        )
    if not options.folder:
        shutil.rmtree(folder)


def _levels(folder: Path) -> np.ndarray:
    (path,) = folder.glob("*.mrc")
    tomogram = read_mrc(path)
    return tomogram.slab(0, tomogram.shape[0]).astype(np.int16)


if __name__ == "__main__":
    main()
