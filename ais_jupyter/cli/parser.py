"""An argument parser that says what might have been meant."""

from __future__ import annotations

import argparse
import difflib
import sys
from typing import Any, NoReturn


class Parser(argparse.ArgumentParser):
    """Refuses unknown options with a suggestion, never guesses abbreviations, keeps line breaks of help texts."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **options)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, and refuse what is unknown."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self._refuse(options, unknown[0])
        return options

    def _refuse(self, options: argparse.Namespace, found: str) -> NoReturn:
        parser: argparse.ArgumentParser = getattr(options, "parser", self)
        known = [name for action in parser._actions for name in action.option_strings]
        close = difflib.get_close_matches(found.split("=")[0], known, n=1, cutoff=0.5)
        parser.error(f"unknown argument {found!r}" + (f"; did you mean {close[0]}?" if close else ""))

    def error(self, message: str) -> NoReturn:
        """Print one line, and how to get help."""
        print(f"{self.prog}: {message}\nSee: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def add_command(commands: Any, name: str, run: Any, summary: str, examples: str) -> Parser:
    """Add a sub-command with its help and examples."""
    parser: Parser = commands.add_parser(name, help=summary, description=summary, epilog=f"examples:\n{examples}")
    parser.set_defaults(run=run, parser=parser)
    return parser
