"""``ais-jupyter convert``: from one format or version to another; the extension of the output says which."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say

EXAMPLES = """  ais-jupyter convert old.scns new.scns -d /data/tomograms    any age → Ais 1.2; relinks the tomogram
  ais-jupyter convert a.scns boxes.star -f Ribosome           box centres (also .txt)
  ais-jupyter convert a.scns membranes.mrc -f Membrane        masks as a volume of 0 and 255
  ais-jupyter convert new.scnt old.scnt --tiff                training set for Ais before 1.2
  ais-jupyter convert old.scnm new.scnm                       JSON and .h5 → one file
  ais-jupyter convert stack.tif tomogram.mrc"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    summary = "Convert volumes, annotations, training sets, models, groups, particles and feature libraries."
    parser = add_command(commands, "convert", run, summary, EXAMPLES)
    parser.add_argument("input", help="file of any supported kind and age")
    parser.add_argument("output", help="file to write; its extension says what")
    parser.add_argument("-f", "--feature", help="annotations → coordinates or volume: which feature")
    parser.add_argument(
        "-d", "--search", nargs="+", default=[], metavar="DIR", help="folders to search for the tomogram"
    )
    parser.add_argument("--tomogram", help="particles of several tomograms → text: of which one")
    parser.add_argument("--tiff", action="store_true", help="training set: the form that Ais wrote before 1.2")
    parser.add_argument(
        "-a", "--voxel-size", type=float, metavar="Å", help="volume: voxel size, where the input has none"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it exists")


def run(options: argparse.Namespace) -> int:
    """Convert one file."""
    from ais_jupyter.core.workflows.converting import Conversion, convert

    source, target = Path(options.input).expanduser(), Path(options.output).expanduser()
    how = Conversion(
        feature=options.feature, tomogram=options.tomogram, search=tuple(options.search), tiff=options.tiff,
        voxel_size=options.voxel_size, overwrite=options.overwrite,
    )  # fmt: skip
    kind, notes = convert(source, target, how)
    say(f"{source} ({kind}) → {target}")
    for note in notes:
        say(f"note: {note}")
    return 0
