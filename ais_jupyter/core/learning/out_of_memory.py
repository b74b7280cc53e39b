"""Knowing that memory ran out, whatever the backend calls it."""

from __future__ import annotations

#: Classes of TensorFlow, PyTorch and NumPy; JAX and PyTorch on a processor say it in words alone.
_NAMES = {"ResourceExhaustedError", "OutOfMemoryError", "MemoryError"}
_WORDS = ("RESOURCE_EXHAUSTED", "out of memory", "can't allocate memory", "OOM when allocating", "not enough memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether this error, or one that it comes from, says that memory ran out."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return False
        names = {kind.__name__ for kind in type(seen).__mro__}
        if names & _NAMES or any(words in str(seen) for words in _WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
