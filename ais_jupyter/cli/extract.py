"""``ais-jupyter extract``: annotated tomograms → training sets."""

from __future__ import annotations

import argparse
import fnmatch
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.names import component, volume_stem
from ais_jupyter.core.workflows.sources import collect, read_list

EXAMPLES = """  ais-jupyter extract -d annotations/ -f Ribosome -size 64 -a 10
  ais-jupyter extract -d *.scns -f Ribosome Membrane --merge -ou sets/
  ais-jupyter extract -d annotations/ -f Ribosome -n Background -depth 5 -margin 32
  ais-jupyter extract -d annotations/ -f Ribosome --coordinates"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "extract", run, "Cut training boxes out of annotated tomograms (.scns).", EXAMPLES)
    parser.add_argument(
        "-d", "--data", "--data_directory", nargs="+", required=True, help="folders, wildcards or .scns files"
    )
    parser.add_argument("-f", "--features", nargs="+", required=True, help="titles of the features to find")
    parser.add_argument("-n", "--negative", nargs="+", default=[], help="features whose boxes show what it is not")
    parser.add_argument("-ou", "--output_directory", default=".", help="where to write (default: here)")
    parser.add_argument("-size", "--size", type=int, default=128, help="box edge in pixels (default 128)")
    parser.add_argument("-depth", "--depth", type=int, default=1, help="slices per box (default 1)")
    parser.add_argument(
        "-margin", "--margin", type=int, default=0, metavar="PIXELS",
        help="surroundings stored around each box, for recipes that move boxes about (default 0)",
    )  # fmt: skip
    parser.add_argument("-a", "-apix", "--apix", type=float, default=10.0, help="Å per pixel of the boxes (default 10)")
    parser.add_argument(
        "-e", "--exclude", nargs="+", default=[], help="names or wildcards to leave out, or a .txt list"
    )
    parser.add_argument("--merge", action="store_true", help="one file for all features")
    parser.add_argument("--coordinates", action="store_true", help="write box centres (.star) instead of images")
    parser.add_argument("--overwrite", action="store_true", help="replace sets of the same name")
    parser.add_argument("-s", "--search", nargs="+", default=[], help="folders in which to look for moved tomograms")


def run(options: argparse.Namespace) -> int:
    """Extract and save."""
    output = Path(options.output_directory).expanduser()
    output.mkdir(parents=True, exist_ok=True)
    paths = [p for p in collect(options.data, (".scns",)) if not _excluded(p, options.exclude)]
    annotated = [_annotated(path, options) for path in paths]
    annotated = [a for a in annotated if not _excluded(Path(a.name), options.exclude)]
    if not annotated:
        raise InputError("every annotated tomogram is excluded")
    groups = [options.features] if options.merge else [[title] for title in options.features]
    write = _write_coordinates if options.coordinates else _write_set
    for titles in groups:
        say(f"wrote {write(annotated, titles, options, output)}")
    return 0


def _annotated(path: Path, options: argparse.Namespace) -> Any:
    from ais_jupyter.core.workflows.opening import open_annotations

    found = open_annotations(path, [*options.search, *options.data])
    if found.tomogram.available and not found.tomogram.pixel_size > 0:
        warnings.warn(f"{found.name!r} has no pixel size in its header: taken as {options.apix} Å", stacklevel=2)
    return found


def _write_set(annotated: Sequence[Any], titles: list[str], options: argparse.Namespace, output: Path) -> Path:
    from ais_jupyter.core.workflows.extracting import extracting_set

    boxes = extracting_set(
        annotated, titles, options.negative, options.size, options.apix, options.depth, options.margin
    ).follow()
    used = [t for t in titles if any(s["aisFeatureName"] == t for s in boxes.sources)]
    name = f"{options.size}x{options.size}x{options.depth}_{options.apix:.2f}Apx_{component('_'.join(used))}.scnt"
    say(f"{len(boxes)} boxes, {int(boxes.positive.sum())} with {', '.join(titles)} in them")
    return boxes.save(output / name, overwrite=options.overwrite)


def _write_coordinates(annotated: Sequence[Any], titles: list[str], options: argparse.Namespace, output: Path) -> Path:
    from ais_jupyter.core.workflows.extracting import write_coordinates

    path = output / f"{component('_'.join(titles))}_coordinates.star"
    return write_coordinates(path, annotated, titles, with_feature=options.merge, overwrite=options.overwrite)


def _excluded(path: Path, patterns: Sequence[str]) -> bool:
    names: list[str] = []
    for pattern in patterns:
        listed = Path(pattern)
        names += read_list(listed) if listed.suffix == ".txt" and listed.is_file() else [pattern]
    stem = volume_stem(path)
    return any(fnmatch.fnmatch(stem, n) or fnmatch.fnmatch(path.name, n) or volume_stem(n) == stem for n in names)
