"""An argument parser that says what might have been meant."""

from __future__ import annotations

import argparse
import difflib
import sys
from typing import Any, NoReturn

from ais_jupyter.cli.terminal import say


class Parser(argparse.ArgumentParser):
    """Refuses unknown options with a suggestion, never guesses abbreviations, keeps line breaks of help texts."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, after refusing options that do not exist.

        Argparse would read ``-epoch 3`` as ``-e poch``; options here are words behind one dash, as in Ais.
        """
        words = list(sys.argv[1:] if args is None else args)
        known = [name for action in self._actions for name in action.option_strings]
        if self._subparsers is None:
            for word in words:
                name = word.split("=")[0]
                if word[:1] == "-" and word.lstrip("-")[:1].isalpha() and name not in known:
                    self._refuse(name, known)
        return super().parse_known_args(words, namespace)

    def _refuse(self, found: str, known: list[str]) -> NoReturn:
        close = difflib.get_close_matches(found, known, n=1, cutoff=0.5)
        self.error(f"unknown argument {found!r}" + (f"; did you mean {close[0]}?" if close else ""))

    def error(self, message: str) -> NoReturn:
        """Print one line, and how to get help."""
        say(f"{self.prog}: {message}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def add_command(commands: Any, name: str, run: Any, summary: str, examples: str) -> Parser:
    """Add a sub-command with its help and examples."""
    parser: Parser = commands.add_parser(name, help=summary, description=summary, epilog=f"examples:\n{examples}")
    parser.set_defaults(run=run, parser=parser)
    return parser


def add_allow_custom(parser: argparse.ArgumentParser) -> None:
    """Add the option that says which plug-ins may read weights with code of their own."""
    parser.add_argument(
        "--allow-custom", nargs="+", default=[], metavar="PLUG-IN",
        help="plug-ins whose own code may read these models; it may run what a file holds: only for files you trust",
    )  # fmt: skip
