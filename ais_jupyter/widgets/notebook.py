"""What a notebook needs to know of this package before any widget is shown. Light: `ais_jupyter` imports it."""

from __future__ import annotations

import linecache
import sys
import traceback
from types import TracebackType
from typing import Any

from ais_jupyter.core.data.errors import AisError

_RED, _PLAIN = "\x1b[31m", "\x1b[39m"


def in_notebook() -> bool:
    """Whether what is displayed reaches a notebook."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None


def show_errors_briefly() -> None:
    """Let the errors of this package take a line or two in a notebook; ``%tb`` shows where they come from.

    Nothing changes outside a notebook, or where errors are shown in another way already (``%xmode`` counts as well).
    """
    if not in_notebook():
        return
    from IPython import get_ipython

    shell = get_ipython()
    if not shell.custom_exceptions:
        shell.set_custom_exc((AisError,), _show)


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None = None
) -> list[str]:
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace  # what %tb and %debug look at
    if shell.InteractiveTB.mode != "Context":  # chosen with %xmode
        lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
    else:
        lines = [f"{_RED}{kind.__name__}{_PLAIN}: {error}", *_where(shell, trace)]
    shell._showtraceback(kind, error, lines)
    return lines


def _where(shell: Any, trace: TracebackType) -> list[str]:
    """Find the line of the notebook that led to an error, where there is more than one to choose from."""
    frames = [(f, n) for f, n in traceback.walk_tb(trace) if f.f_globals is shell.user_global_ns]
    if not frames:
        return []
    frame, number = frames[-1]
    name = frame.f_code.co_filename
    if len(linecache.getlines(name)) < 2:
        return []
    return [f"in line {number}: {linecache.getline(name, number).strip()}"]
