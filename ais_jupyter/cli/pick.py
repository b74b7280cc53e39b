"""``ais-jupyter pick``: segmented volumes → coordinates."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import ASSUMED_VOXEL_SIZE
from ais_jupyter.core.data.names import volume_stem
from ais_jupyter.core.workflows.sources import collect_segmentations, read_list

EXAMPLES = """  ais-jupyter pick -d segmented/ -t Ribosome -size 1e6 -spacing 200
  ais-jupyter pick -d segmented/ -t Ribosome -ou picks/ -threshold 100 -b 2 -p 4
  ais-jupyter pick -d segmented/ -t Ribosome --avoid Membrane --avoid-distance 50
  ais-jupyter pick -d segmented/ -t Spike -centroid -orient long-axis -orient-sign out
  ais-jupyter pick -d segmented/ -t Microtubule -filament -spacing 82 -length 800"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "pick", run, "Pick particles from segmented volumes.", EXAMPLES)
    parser.add_argument("-d", "--data_directory", "--data", nargs="+", required=True,
                        help="folders with <tomogram>__<target>.mrc, files or wildcards")  # fmt: skip
    parser.add_argument("-t", "--target", required=True, help="title of the feature")
    parser.add_argument("-ou", "--output_directory", default=None, help="where to write (default: beside the volumes)")
    parser.add_argument("-m", "--margin", type=int, default=16, help="voxels at every side without picks (default 16)")
    parser.add_argument("-threshold", "--threshold", type=float, default=128.0, help="level 0–255 (default 128)")
    parser.add_argument("-b", "--binning", type=int, default=1, help="voxels averaged along each axis (default 1)")
    parser.add_argument("-spacing", "--spacing", type=float, default=10.0, help="Å between picks (default 10)")
    parser.add_argument("-spacing-px", "--spacing_px", type=float, default=None, help="the same in voxels")
    parser.add_argument("-size", "--size", type=float, default=1.0, help="smallest volume, Å³ (default 1)")
    parser.add_argument("-size-px", "--size_px", type=float, default=None, help="the same in voxels")
    parser.add_argument("--max-size", type=float, default=None, help="largest volume, Å³")
    parser.add_argument("--min-diameter", type=float, default=None, help="smallest volume as a diameter, Å")
    parser.add_argument("--max-diameter", type=float, default=None, help="largest volume as a diameter, Å")
    parser.add_argument("-min-particles", "--min_particles", type=int, default=0, help="fewer: no file is written")
    parser.add_argument("-centroid", "--centroid", action="store_true", help="one pick per component, at its centre")
    parser.add_argument("-filament", "--filament", action="store_true", help="points along filaments, -spacing apart")
    parser.add_argument("--surface", action="store_true", help="points on surfaces with their normals")
    parser.add_argument("-length", "--length", type=float, default=500.0, help="shortest filament, Å (default 500)")
    parser.add_argument("-length-px", "--length_px", type=float, default=None, help="the same in voxels")
    parser.add_argument("--twist", type=float, default=0.0, help="degrees from one point of a filament to the next")
    parser.add_argument("-orient", "--orient", choices=("normal", "long-axis"), default=None,
                        help="angles of each component (with -centroid)")  # fmt: skip
    parser.add_argument("-orient-sign", "--orient_sign", choices=("z", "center", "out"), default="z",
                        help="which way it points: +z, to the centre of the volume, or away from it")  # fmt: skip
    parser.add_argument(
        "--avoid", default=None, metavar="TITLE", help="another feature, or a volume, to keep away from"
    )
    parser.add_argument("--avoid-distance", type=float, default=0.0, help="Å from it (default 0: not inside it)")
    parser.add_argument("-overwrite", "--overwrite", action="store_true",
                        help="replace coordinates that were picked in another way")  # fmt: skip
    parser.add_argument("-p", "--processes", type=int, default=1, help="volumes worked on at the same time")
    parser.add_argument("--subset", default=None, help="a .txt list of the tomograms to pick from")
    parser.add_argument("-v", "--verbose", nargs="?", type=int, const=1, default=0, help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Pick and tell what became of each volume."""
    from ais_jupyter.core.workflows import pick

    wanted = None
    if options.subset is not None:
        wanted = {volume_stem(name) for name in read_list(Path(options.subset).expanduser())}
    paths = collect_segmentations(options.data_directory, options.target, wanted)
    if options.centroid + options.filament + options.surface > 1:
        raise InputError("give one of -centroid, -filament and --surface")
    in_voxels = (options.spacing_px, options.size_px, options.length_px)
    size = _voxel_size(paths) if any(value is not None for value in in_voxels) else 0.0
    job = pick(
        paths,
        options.output_directory or paths[0].parent,
        method=_method(options),
        threshold=options.threshold,
        min_size=options.size if options.size_px is None else options.size_px * size**3,
        max_size=options.max_size,
        min_diameter=options.min_diameter,
        max_diameter=options.max_diameter,
        spacing=options.spacing if options.spacing_px is None else options.spacing_px * size,
        margin=options.margin,
        binning=options.binning,
        min_length=options.length if options.length_px is None else options.length_px * size,
        twist=options.twist,
        orient=options.orient,
        orient_sign=options.orient_sign,
        avoid=options.avoid,
        avoid_distance=options.avoid_distance,
        overwrite=options.overwrite,
        min_particles=options.min_particles,
        workers=options.processes,
    )
    try:
        job.follow()
    finally:
        for row in job.history:
            _say_row(row)
    return 1 if any(row["state"] == "failed" for row in job.history) else 0


def _method(options: argparse.Namespace) -> str:
    chosen = {"centroids": options.centroid, "filaments": options.filament, "surface": options.surface}
    return next((name for name, is_chosen in chosen.items() if is_chosen), "blobs")


def _say_row(row: dict[str, Any]) -> None:
    failed = row["state"] == "failed"
    found = "" if failed else f": {row['picks']} picks"
    if row["median_size"] is not None:
        found += f", median size {row['median_size']:.4g}"
    note = f": {row['note']}" if row["note"] else ""
    say(f"{row['state']:8s} {row['tomogram']}{found}{note}", file=sys.stderr if failed else sys.stdout)


def _voxel_size(paths: list[Path]) -> float:
    """Å per voxel, by which sizes in voxels are turned into Å.

    Raises
    ------
    InputError
        The volumes have different ones.
    """
    from ais_jupyter.core.workflows.opening import open_tomogram

    sizes = {open_tomogram(path).pixel_size or ASSUMED_VOXEL_SIZE for path in paths}
    if max(sizes) > min(sizes) * 1.01:
        raise InputError(
            f"the volumes have voxels of {min(sizes):g} to {max(sizes):g} Å: give -spacing and -size in Å"
            ", not in voxels"
        )
    return sizes.pop()
