"""Peak memory of `segment` on volumes of more and more slices: it should not grow.

python benchmarks/memory.py
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import inputs
from measure import describe_machine, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-a", "--architecture", default="VGGNet S")
    parser.add_argument("--model", type=Path, help="a .scnm instead of one trained here")
    parser.add_argument("--slices", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--folder", type=Path, help="where to keep inputs between runs")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="ais_benchmark_"))
    folder.mkdir(parents=True, exist_ok=True)
    print(describe_machine())
    model = options.model or inputs.model(folder, options.architecture)
    print(f"{'slices':>8s}{'volume MB':>11s}{'peak MB':>9s}{'wall s':>9s}")
    for slices in options.slices:
        tomogram = inputs.volume(folder, slices, options.size)
        output = folder / "segmented"
        shutil.rmtree(output, ignore_errors=True)
        done = run([*inputs.OURS, "segment", "-gpu", "-1", "-m", model, "-d", tomogram, "-ou", output])
        size = slices * options.size**2 / 1e6
        print(f"{slices:8d}{size:11.0f}{done.peak_mb:9.0f}{done.seconds:9.1f}", flush=True)
    if not options.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
