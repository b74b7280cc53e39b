"""The program: its sub-commands, and errors as one plain line."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
import warnings

from ais_jupyter import __version__
from ais_jupyter.cli.parser import Parser
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.errors import AisError

COMMANDS = ("demo", "extract", "train", "segment", "pick", "mesh", "convert", "info")

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all sub-commands."""
    parser = Parser(prog="ais-jupyter", description="Segment cryo-electron tomograms.")
    parser.add_argument("--version", action="version", version=f"ais-jupyter {__version__}")
    parser.add_argument("--debug", action="store_true", help="show a traceback when something fails")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for name in COMMANDS:
        importlib.import_module(f"ais_jupyter.cli.{name}").add_parser(commands)
    return parser


def run(arguments: list[str]) -> int:
    """Run the program and return its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    warnings.showwarning = _show_warning
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return EXIT_USAGE
    try:
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        say("interrupted; nothing half-written is left", file=sys.stderr)
        return EXIT_INTERRUPTED
    except (AisError, OSError) as error:
        if options.debug:
            raise
        say(f"ais-jupyter {options.command}: {error}", file=sys.stderr)
        return EXIT_FAILED


def _show_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    if not issubclass(category, DeprecationWarning | FutureWarning | PendingDeprecationWarning):
        say(f"note: {message}", file=sys.stderr)
