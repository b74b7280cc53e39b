"""``ais-jupyter info``: what is in a file, without loading more of it than needed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say

EXAMPLES = """  ais-jupyter info tomogram.mrc annotations.scns model.scnm
  ais-jupyter info *.scns -d /data/tomograms
  ais-jupyter info --json set.scnt"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    summary = "Say what files hold: tomograms, annotations, training sets, models, groups, particles."
    parser = add_command(commands, "info", run, summary, EXAMPLES)
    parser.add_argument("files", nargs="+", metavar="FILE", help="one or more files of any supported kind")
    parser.add_argument(
        "-d",
        "--search",
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders to search for the tomograms of annotations",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object per file")


def run(options: argparse.Namespace) -> int:
    """Print a description of every file; 1 when one of them cannot be read."""
    from ais_jupyter.core.data.errors import AisError
    from ais_jupyter.core.workflows.describing import describe

    failed = False
    for place, name in enumerate(options.files):
        try:
            facts = describe(Path(name).expanduser(), options.search)
        except AisError as error:
            failed = True
            facts = {"file": name, "error": str(error)}
        if options.json:
            say(json.dumps(facts))
        else:
            say(("\n" if place else "") + _as_text(facts))
    return 1 if failed else 0


def _as_text(facts: dict[str, Any]) -> str:
    lines = [str(facts.pop("file"))]
    for key, value in facts.items():
        if isinstance(value, dict):
            lines.append(f"  {key}:")
            lines += [f"    {name}: {about}" for name, about in value.items()] or ["    none"]
        elif isinstance(value, list):
            lines.append(f"  {key}: {', '.join(map(str, value)) or 'none'}")
        else:
            lines.append(f"  {key}: {value}")
    return "\n".join(lines)
