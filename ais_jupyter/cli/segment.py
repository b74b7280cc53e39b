"""``ais-jupyter segment``: models × tomograms → segmented volumes."""

from __future__ import annotations

import argparse
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

from ais_jupyter.cli.gpus import use_gpus
from ais_jupyter.cli.parser import add_allow_custom, add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import ASSUMED_VOXEL_SIZE
from ais_jupyter.core.workflows.sources import collect_volumes

EXAMPLES = """  ais-jupyter segment -m Ribosome.scnm -d tomograms/ -ou segmented/
  ais-jupyter segment -m Ribosome.scnm Membrane.scnm -d "tomograms/*.mrc" -ou segmented/ -tta 4
  ais-jupyter segment -m cell.scnmgroup -d list.txt -ou segmented/ -gpu 0,1
  ais-jupyter segment -m Ribosome.scnm -d big.mrc -ou segmented/ --center 50 -sigma 15"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "segment", run, "Segment tomograms; finished outputs are skipped.", EXAMPLES)
    parser.add_argument(
        "-m", "--model_path", "--models", nargs="+", required=True, help=".scnm or .scnmgroup, one or more"
    )
    parser.add_argument("-d", "--data", "--data_directory", nargs="+", required=True,
                        help="folders, files, wildcards or a .txt list")  # fmt: skip
    parser.add_argument("-ou", "--output_directory", required=True, help="made if it does not exist")
    parser.add_argument("-gpu", "--gpus", default=None, help="GPUs, one process each, such as 0,1,2; -1 for none")
    parser.add_argument("-tta", "--tta", type=int, default=1, help="orientations averaged, 1–8 (16 with depth)")
    parser.add_argument(
        "-overwrite",
        "--overwrite",
        nargs="?",
        type=int,
        const=1,
        default=0,
        choices=(0, 1),
        help="1: redo finished outputs",
    )
    parser.add_argument(
        "-apix", "--processing_apix", type=float, default=None, help="Å per pixel to work at instead of the model's"
    )
    parser.add_argument("-data-apix", "--data_apix", type=float, default=None,
                        help="Å per pixel of the data instead of the header's; 0: do not rescale")  # fmt: skip
    parser.add_argument(
        "-sigma", "--sigma", type=float, nargs="+", default=None, help="Gaussian blur, Å: one value or z y x"
    )
    parser.add_argument("--batch", type=int, default=1, help="slices per call (default 1)")
    parser.add_argument("--center", type=float, default=100.0, help="percent of the slices, around the middle")
    parser.add_argument("--tiled", action="store_true", help="tiles of the training box instead of whole slices")
    parser.add_argument("--tile-overlap", type=float, default=0.2, help="overlap of tiles, 0–0.9 (with --tiled)")
    parser.add_argument("--trim-edges", action="store_true", help="set a rim of 16 px to zero")
    parser.add_argument("--alignment", choices=("pixels", "corners"), default="pixels",
                        help="how rescaled results are brought back; corners: exactly as Ais 1.2")  # fmt: skip
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    parser.add_argument("--engine", choices=("auto", "keras", "openvino"), default="auto")
    add_allow_custom(parser)
    for name in ("--workers", "--tile", "--overlap", "--stride"):
        parser.add_argument(name, type=int, default=None, help=argparse.SUPPRESS)
    parser.add_argument("--xla", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Segment and tell what became of each tomogram."""
    gpus = [g for g in (options.gpus or "").split(",") if g.strip()]
    if len(gpus) > 1:
        return _one_process_per_gpu(gpus)
    use_gpus(options.gpus)
    from ais_jupyter.core.workflows.opening import open_models
    from ais_jupyter.core.workflows.outputs import plan_outputs
    from ais_jupyter.core.workflows.segmenting import segment

    paths = collect_volumes(options.data)
    models, group = open_models(options.model_path, options.allow_custom)
    if options.processing_apix is not None:
        for model in models:
            model.info.voxel_size = options.processing_apix
    sources = [_source(path, options.data_apix) for path in paths]
    for one in plan_outputs(sources, [model.title for model in models], Path(options.output_directory)):
        if one.renamed:
            say(f"{getattr(one.source, 'path', one.source)} → {', '.join(path.name for path in one.paths.values())}")
    job = segment(
        models,
        sources,
        options.output_directory,
        center=options.center,
        voxel_size=options.data_apix,
        sigma=options.sigma,
        interactions=group.interactions if group else (),
        overwrite=bool(options.overwrite),
        batch_size=options.batch,
        precision=options.precision,
        engine=options.engine,
        tta=options.tta,
        tiled=options.tiled,
        overlap=options.tile_overlap,
        trim_edges=options.trim_edges,
        resize_alignment=options.alignment,
    )
    outcomes = job.follow()
    for outcome in outcomes:
        tail = f": {outcome.error}" if outcome.error else f": {outcome.note}" if outcome.note else ""
        say(f"{outcome.state:8s} {outcome.tomogram}{tail}", file=sys.stderr if outcome.error else sys.stdout)
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


def _source(path: Path, data_apix: float | None) -> Any:
    """Return the tomogram, with a voxel size also where the header has none; a path that fails stays a path."""
    from ais_jupyter.core.data.errors import AisError
    from ais_jupyter.core.data.tomogram import Tomogram
    from ais_jupyter.core.workflows.opening import open_tomogram

    try:
        tomogram = open_tomogram(path)
    except AisError:
        return path  # reported with the others, when its turn comes
    if data_apix is not None:
        return tomogram
    if tomogram.pixel_size <= 0:
        warnings.warn(
            f"{path} has no voxel size in its header: taken as {ASSUMED_VOXEL_SIZE} Å (see -data-apix)", stacklevel=2
        )
        return Tomogram(tomogram.data, ASSUMED_VOXEL_SIZE, tomogram.origin, tomogram.name, tomogram.path)
    if tomogram.pixel_size == 1.0:
        warnings.warn(f"{path} says 1.0 Å per pixel, which is often a placeholder; see -data-apix", stacklevel=2)
    return tomogram


def _one_process_per_gpu(gpus: list[str]) -> int:
    """Run this command once per GPU; the processes share the work through claims on the outputs."""
    arguments = sys.argv[1:]
    for place, word in enumerate(arguments):
        if word in ("-gpu", "--gpus"):
            del arguments[place : place + 2]
            break
    else:
        raise InputError("several GPUs need -gpu as a separate word, such as: -gpu 0,1")
    command = [sys.executable, "-m", "ais_jupyter", *arguments]
    processes = [subprocess.Popen([*command, "-gpu", gpu]) for gpu in gpus]
    return max(process.wait() for process in processes)
