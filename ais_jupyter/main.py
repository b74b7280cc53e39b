"""Entry point of the command ``ais-jupyter``, and ``windowless`` for old scripts."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    from ais_jupyter.cli.program import run

    return run(sys.argv[1:] if arguments is None else arguments)


def windowless() -> None:
    """Do nothing: the desktop program opened a hidden window here; nothing in this package needs one."""


if __name__ == "__main__":
    sys.exit(main())
