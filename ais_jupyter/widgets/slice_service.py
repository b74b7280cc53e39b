"""Serves slices of the open tomograms: 8 bit between robust limits, half precision, or exact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np

from ais_jupyter.core.data.planes import plane_as_shown
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.wire import slices as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers

SAMPLED_SLICES = 8
SAMPLED_PIXELS = 200_000


def unsigned_view(image: np.ndarray) -> np.ndarray:
    """8-bit integers as the unsigned bytes that MRC mode 0 holds in practice; other types unchanged."""
    return image.view(np.uint8) if image.dtype == np.int8 else image


def display_limits(tomogram: Tomogram) -> tuple[float, float]:
    """Grey values that become 0 and 255: the range of nearly all voxels with a margin, all of it for 8-bit data."""
    if tomogram.dtype in (np.int8, np.uint8):
        return 0.0, 255.0
    n = tomogram.shape[0]
    every = max(1, tomogram.shape[1] * tomogram.shape[2] * SAMPLED_SLICES // SAMPLED_PIXELS)
    every = max(1, min(every, tomogram.shape[1] // 16))
    columns = max(1, tomogram.shape[2] // SAMPLED_PIXELS)
    picked = np.unique(np.linspace(0, n - 1, min(n, SAMPLED_SLICES)).astype(int))
    sampled = [tomogram.rows(int(z), step=every)[:, ::columns] for z in picked]
    values = np.concatenate([np.asarray(part, np.float32).ravel() for part in sampled])
    values = values[np.isfinite(values)]
    if values.size == 0:
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(values, (0.02, 99.98)))
    margin = 0.1 * (high - low)
    low, high = max(low - margin, float(values.min())), min(high + margin, float(values.max()))
    return (low, high) if high > low else (low, low + 1.0)


def encode(image: np.ndarray, precision: str, limits: tuple[float, float]) -> tuple[np.ndarray, float, float]:
    """Return the image as it is sent, with the factor and offset that turn it back into grey values.

    For 8 bit the stored number counts as 0–1, because that is how the graphics card sees it.
    """
    image = unsigned_view(image)
    if precision == "float32":
        return np.ascontiguousarray(image, np.float32), 1.0, 0.0
    if precision == "float16":
        values = np.nan_to_num(image.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        largest = float(np.abs(values).max(initial=0.0))
        factor = largest / 60000 if largest > 60000 else 1.0
        return (values / factor).astype(np.float16), factor, 0.0
    low, high = limits
    if image.dtype == np.uint8 and (low, high) == (0.0, 255.0):
        return np.ascontiguousarray(image), 255.0, 0.0
    scaled = (image.astype(np.float32) - np.float32(low)) * np.float32(255.0 / (high - low))
    scaled = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
    return np.clip(scaled + 0.5, 0, 255).astype(np.uint8), high - low, low


class SliceService:
    """Answers requests for slices; safe to call from several threads."""

    def __init__(
        self, session: Session, precision: str = "uint8", withdrawal: Callable[[], Callable[[], bool]] | None = None
    ) -> None:
        self._session = session
        self._withdrawal = withdrawal or (lambda: lambda: False)
        self._precision = precision
        self._limits: WeakKeyDictionary[Tomogram, tuple[float, float]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def slice(self, question: wire.OneSlice, _buffers: Buffers) -> Answer[wire.Slice]:
        """One plane as shown: ``tomogram``, ``axis``, ``index``; ``step`` > 1 for a coarse one.

        ``precision`` overrides the widget's.
        """
        tomogram = self._session[question["tomogram"]].tomogram
        precision = question.get("precision") or self._precision
        step = question.get("step", 1)
        image = plane_as_shown(tomogram, question["index"], question["axis"], self._withdrawal())[::step, ::step]
        pixels, factor, offset = encode(image, precision, self.limits(tomogram))
        height, width = pixels.shape
        return Answer(
            {
                "width": width,
                "height": height,
                "dtype": cast(wire.Precision, str(pixels.dtype)),
                "factor": factor,
                "offset": offset,
                "step": step,
            },
            [np.ascontiguousarray(pixels).data.cast("B")],
        )

    def value(self, question: wire.OneVoxel, _buffers: Buffers) -> wire.Value:
        """Return the exact grey value at ``position`` (z, y, x); None where it is not a number."""
        tomogram = self._session[question["tomogram"]].tomogram
        z, y, x = question["position"]
        if not all(0 <= v < n for v, n in zip((z, y, x), tomogram.shape)):
            return {"value": None}
        found = float(unsigned_view(tomogram.rows(z, y, y + 1)[:, x : x + 1])[0, 0])
        return {"value": found if np.isfinite(found) else None}

    def limits(self, tomogram: Tomogram) -> tuple[float, float]:
        """`display_limits`, computed once per tomogram."""
        with self._lock:
            if tomogram not in self._limits:
                self._limits[tomogram] = display_limits(tomogram)
            return self._limits[tomogram]
