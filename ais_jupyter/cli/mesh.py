"""``ais-jupyter mesh``: segmented volumes → surfaces."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.workflows.sources import collect_segmentations

EXAMPLES = """  ais-jupyter mesh -d segmented/ -t Membrane -threshold 100 -dust 1e6
  ais-jupyter mesh -d segmented/tomogram__Ribosome.mrc -ou meshes/ --format glb
  ais-jupyter mesh -d segmented/ -t Membrane --smoothing 20 --step 2"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "mesh", run, "Make surfaces of segmented volumes.", EXAMPLES)
    parser.add_argument("-d", "--data_directory", "--data", nargs="+", required=True,
                        help="folders with <tomogram>__<target>.mrc, files or wildcards")  # fmt: skip
    parser.add_argument("-t", "--target", default=None, help="title of the feature (default: all)")
    parser.add_argument("-ou", "--output_directory", default=None, help="where to write (default: beside the volumes)")
    parser.add_argument("-threshold", "--threshold", "-level", type=float, default=128.0, help="level (default 128)")
    parser.add_argument("-dust", "--dust", type=float, default=1000.0, help="smallest component, Å³ (default 1000)")
    parser.add_argument("-b", "--binning", type=int, default=None, help="voxels averaged along each axis")
    parser.add_argument("--smoothing", type=float, default=0.0, help="Gaussian blur of the volume first, Å")
    parser.add_argument("--step", type=int, default=1, help="only every so many voxels: coarse and quick")
    parser.add_argument("--format", choices=("obj", "ply", "stl", "glb"), default="obj", help="default obj, as Ais")
    parser.add_argument("-overwrite", "--overwrite", action="store_true", help="make surfaces anew that are there")


def run(options: argparse.Namespace) -> int:
    """Write one surface per volume; one that fails does not stop the others."""
    from ais_jupyter.core.workflows.outputs import plan_meshes

    paths = collect_segmentations(options.data_directory, options.target)
    folder = None if options.output_directory is None else Path(options.output_directory).expanduser()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    made = [_is_made(*pair, options) for pair in zip(paths, plan_meshes(paths, folder, options.format))]
    return 0 if all(made) else 1


def _is_made(path: Path, target: Path, options: argparse.Namespace) -> bool:
    """Whether the surface is there now; why it is not goes to the terminal."""
    try:
        say(_make(path, target, options))
    except (AisError, OSError) as error:
        say(f"failed   {path.name}: {error}", file=sys.stderr)
        return False
    return True


def _make(path: Path, target: Path, options: argparse.Namespace) -> str:
    from ais_jupyter.core.workflows import make_surface

    if target.exists() and not options.overwrite:
        return f"skipped  {path.name}: {target} is there"
    surface = make_surface(
        path,
        threshold=options.threshold,
        dust=options.dust,
        smoothing=options.smoothing,
        binning=options.binning,
        step=options.step,
    )
    surface.save(target, overwrite=True)
    size = f"{len(surface.faces)} triangles, {surface.area / 100:.0f} nm², {surface.volume / 1000:.0f} nm³"
    return f"done     {path.name}: {size}"
