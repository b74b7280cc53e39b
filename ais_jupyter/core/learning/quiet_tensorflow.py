"""Keeps TensorFlow's start-up notes out of notebooks, where they stand in red under the first cell that trains.

TensorFlow writes them straight to the standard error of the process while it is imported, whatever log level is set.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

#: Lines of its log (severity and date first), and what belongs to them without being in that form.
_START_UP = re.compile(
    rb"[IWE]\d{4} |\d{4}-\d\d-\d\d .*: [IWE] "
    rb"|WARNING: All log messages before absl|To enable the following instructions"
)


def install(gpu_expected: bool) -> None:
    """Quieten TensorFlow when it is imported later; a log level that the user has set stays as it is.

    Parameters
    ----------
    gpu_expected : bool
        Whether there is a sign of a GPU: its errors are worth reading then.
    """
    if "tensorflow" in sys.modules or any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2" if gpu_expected else "3"
    sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds TensorFlow alone, and only once."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                with without_start_up_notes():
                    load(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


@contextlib.contextmanager
def without_start_up_notes() -> Iterator[None]:
    """Hold back the standard error of the process, then pass on what is not TensorFlow's (after an error, all)."""
    try:
        real = os.dup(2)
    except OSError:  # a process without standard error
        yield
        return
    failed = True
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
            failed = False
        finally:
            os.dup2(real, 2)
            os.close(real)
            held.seek(0)
            for line in held:
                if failed or (line.strip() and not _START_UP.match(line)):
                    os.write(2, line)
