"""How long `import ais_jupyter` takes, and whether it loads what it should not.

python benchmarks/import_time.py
"""

from __future__ import annotations

import re
import subprocess
import sys

FORBIDDEN = ("keras", "tensorflow", "torch", "jax", "openvino", "anywidget", "ipywidgets", "traitlets", "IPython")


def import_times() -> dict[str, tuple[float, float]]:
    """Own and cumulative seconds of every module that ``import ais_jupyter`` loads in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import ais_jupyter"], capture_output=True, text=True, check=True
    )
    rows = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)", done.stderr)
    return {name: (int(own) / 1e6, int(total) / 1e6) for own, total, name in rows}


def own_seconds(times: dict[str, tuple[float, float]]) -> float:
    """Seconds spent in our own modules."""
    return sum(own for name, (own, _) in times.items() if name.split(".")[0] == "ais_jupyter")


def forbidden_modules(times: dict[str, tuple[float, float]]) -> list[str]:
    """Frameworks and Jupyter packages among the modules loaded."""
    return sorted({name.split(".")[0] for name in times} & set(FORBIDDEN))


def main() -> None:
    runs = sorted((import_times() for _ in range(5)), key=own_seconds)
    middle = runs[2]
    print(f"our own modules      {own_seconds(middle):.3f} s (median of 5)")
    print(f"with what they load  {middle['ais_jupyter'][1]:.3f} s, of it NumPy {middle.get('numpy', (0, 0))[1]:.3f} s")
    print(f"forbidden modules    {', '.join(forbidden_modules(middle)) or 'none'}")


if __name__ == "__main__":
    main()
