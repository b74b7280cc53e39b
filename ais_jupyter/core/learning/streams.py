"""Streams of slices: computed ahead by threads, and blurred."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

T = TypeVar("T")
R = TypeVar("R")
_END = object()


def in_order(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield the results of `work` in the order of `items`, computed by threads only just ahead of their use."""
    if workers < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers) as threads:
        ahead: deque[Future[R]] = deque()
        for item in items:
            ahead.append(threads.submit(work, item))
            if len(ahead) > workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield `items` in order, each made by another thread while the one before it is used."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield item  # type: ignore[misc]


def smoothed(
    slices: Iterator[tuple[int, np.ndarray]], n_slices: int, shape: tuple[int, int], sigma: tuple[float, float, float]
) -> Iterator[tuple[int, np.ndarray]]:
    """Gaussian blur of a stream of slices, as of the whole volume of `n_slices`; slices that are not in it are zero.

    Equals ``scipy.ndimage.gaussian_filter`` with its defaults (reflection at the ends, cut at 4 σ), with a window of
    slices in memory instead of the volume.

    Parameters
    ----------
    shape : (y, x)
        Of the slices.
    sigma : (z, y, x)
        Pixels.

    Yields
    ------
    (z, (y, x))
        For every slice of the volume.
    """
    from scipy.ndimage import gaussian_filter

    radius = int(4 * sigma[0] + 0.5)
    offsets = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 * (offsets / sigma[0]) ** 2) if sigma[0] > 0 else np.ones(1)
    kernel /= kernel.sum()
    window: dict[int, np.ndarray] = {}
    taken = 0
    for z in range(n_slices):
        while taken < min(n_slices, z + radius + 1):
            number, values = next(slices, (n_slices, None))
            if values is None:
                taken = n_slices
                break
            window[number] = gaussian_filter(values, sigma[1:])
            taken = number + 1
        result = np.zeros(shape, np.float32)
        for weight, offset in zip(kernel, offsets):
            other = _mirrored(z + int(offset), n_slices)
            if other in window:
                result += np.float32(weight) * window[other]
        for old in [number for number in window if number < z - 2 * radius]:
            del window[old]
        yield z, result


def _mirrored(index: int, n: int) -> int:
    """Index folded into 0…n−1 by reflection about the outer edges (SciPy's "reflect")."""
    index %= 2 * n
    return index if index < n else 2 * n - 1 - index
