"""What the filters of a bank see around each pixel, computed slice by slice.

Every value depends on its surroundings alone and is always summed in the same order, so that it is the same to the bit
in whatever tile, and by however many threads, it is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ais_jupyter.core.data.array_cache import ArrayCache
from ais_jupyter.core.data.filter_bank import RESPONSES, FilterBank, reach_of
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.learning.digest import digest

#: Edge of the largest part of a slice whose responses are held at once; 42 MB with 40 responses.
TILE = 512

Map = Callable[[Callable[[tuple[int, float]], None], Iterable[tuple[int, float]]], Iterable[None]]


def tiles(
    block: np.ndarray,
    bank: FilterBank,
    threads: int = 1,
    cache: ArrayCache | None = None,
    needed: np.ndarray | None = None,
) -> Iterator[tuple[Region, np.ndarray]]:
    """Yield the parts of a slice, and their responses float32 (response, y, x).

    Parameters
    ----------
    block : (z, y, x)
        Normalised grey values, as deep as the bank; the slice in the middle is described. It is continued beyond its
        edges by reflection.
    threads : int
        How many compute at once.
    cache : ArrayCache, optional
        Where responses may lie already, and are kept.
    needed : bool (y, x), optional
        Tiles without a pixel that is needed are left out; by default all are needed.
    """
    _, ny, nx = block.shape
    images = _images(block, bank)
    content = digest(block) if cache is not None else b""
    with ThreadPoolExecutor(threads) as pool:
        several: Map = pool.map if threads > 1 else map
        for y in range(0, ny, TILE):
            for x in range(0, nx, TILE):
                region = Region(y, min(ny, y + TILE), x, min(nx, x + TILE))
                if needed is not None and not needed[region.slices].any():
                    continue
                key = (content, bank, (region.y0, region.y1, region.x0, region.x1))
                found = cache.get(key) if cache is not None else None
                if found is None:
                    found = _responses(images, bank, region, several)
                    if cache is not None:
                        cache.put(key, found)
                yield region, found
                found = None  # before the next tile takes as much


def responses(block: np.ndarray, bank: FilterBank, threads: int = 1) -> np.ndarray:
    """Responses float32 (response, y, x) of a whole slice or box that is not large; see `tiles`."""
    result = np.empty((bank.count, *block.shape[1:]), np.float32)
    for region, part in tiles(block, bank, threads):
        result[(slice(None), *region.slices)] = part
    return result


def _images(block: np.ndarray, bank: FilterBank) -> list[np.ndarray]:
    """Return what the filters look at, continued beyond its edges by as much as they reach."""
    middle = len(block) // 2
    half = bank.mean_of // 2
    images = [block[middle]]
    if half:
        images.append(block[middle - half : middle + half + 1].mean(axis=0, dtype=np.float32))
    return [np.pad(np.asarray(image, np.float32), bank.reach, mode="reflect") for image in images]


def _responses(images: list[np.ndarray], bank: FilterBank, region: Region, several: Map) -> np.ndarray:
    each = len(RESPONSES)
    result = np.empty((bank.count, *region.shape), np.float32)

    def compute(what: tuple[int, float]) -> None:
        number, sigma = what
        margin, reach = bank.reach, reach_of(sigma)
        seen = images[number][
            region.y0 + margin - reach : region.y1 + margin + reach,
            region.x0 + margin - reach : region.x1 + margin + reach,
        ]
        place = each * (number * len(bank.sigmas) + bank.sigmas.index(sigma))
        _at_scale(seen, sigma, result[place : place + each])

    for _ in several(compute, [(number, sigma) for number in range(len(images)) for sigma in bank.sigmas]):
        pass
    return result


def _at_scale(seen: np.ndarray, sigma: float, out: np.ndarray) -> None:
    """Write `RESPONSES` at one σ into `out` (response, y, x), from an image that is larger by what they reach."""
    smooth = _smoothed(seen, sigma)
    middle, up, down = smooth[1:-1, 1:-1], smooth[:-2, 1:-1], smooth[2:, 1:-1]
    left, right = smooth[1:-1, :-2], smooth[1:-1, 2:]
    scale, square = np.float32(sigma), np.float32(sigma**2)
    half = np.float32(0.5)
    out[0] = middle
    _length((down - up) * half, (right - left) * half, out[1])
    out[1] *= scale
    twice = middle + middle
    yy, xx = down + up - twice, right + left - twice
    xy = (smooth[2:, 2:] + smooth[:-2, :-2] - smooth[2:, :-2] - smooth[:-2, 2:]) * np.float32(0.25)
    mean, spread = (yy + xx) * half, _length((yy - xx) * half, xy)
    np.multiply(mean + spread, square, out=out[2])
    np.multiply(mean - spread, square, out=out[3])
    variance = _smoothed(seen * seen, sigma)[1:-1, 1:-1] - middle * middle
    np.sqrt(np.maximum(variance, 0, out=variance), out=out[4])


def _length(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """√(a² + b²); far quicker than ``np.hypot``, and nothing here is near the limits of float32."""
    return np.sqrt(a * a + b * b, out=out)


def _smoothed(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, of what lies within the reach of the image's edges; one pixel more is left for differences."""
    from scipy.ndimage import correlate1d

    reach = reach_of(sigma) - 1
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    kernel /= kernel.sum()
    along_y = correlate1d(image, kernel, axis=0)[reach:-reach]
    return correlate1d(along_y, kernel, axis=1)[:, reach:-reach]
