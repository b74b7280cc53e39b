"""A network applied to a tomogram: the same for the slice in view, for a stream of slices, and for an export."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np

from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.engine import Engine, streams_of
from ais_jupyter.core.learning.inference import Inference
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.normalization import Statistic, global_statistic
from ais_jupyter.core.learning.slabs import SlabPlan
from ais_jupyter.core.learning.streams import in_order


class Segmenter:
    """What one network finds in one tomogram.

    A slice is computed in one way, whoever asks for it: a prediction that is looked at is what an export writes.

    Parameters
    ----------
    engine : Engine
        Computes the network.
    info : ModelInfo
        What is known of it.
    tomogram : Tomogram
    options : InferenceOptions, optional
    region : Region, optional
        Part of the XY plane that is segmented; everything by default. Nothing outside it is looked at.
    statistic : Statistic, optional
        Of the tomogram; measured when it is needed and not given.
    """

    def __init__(
        self,
        engine: Engine,
        info: ModelInfo,
        tomogram: Tomogram,
        options: InferenceOptions | None = None,
        region: Region | None = None,
        statistic: Statistic | None = None,
    ) -> None:
        self.inference = Inference(engine, info, options or InferenceOptions())
        self.tomogram = tomogram
        self.region = (region or Region.whole(tomogram.shape)).clipped(tomogram.shape)
        self._statistic = statistic
        self._plan = SlabPlan(info)
        self._slabs: dict[int, np.ndarray] = {}
        self._lock = threading.RLock()

    @property
    def statistic(self) -> Statistic | None:
        """Centre and scale of the tomogram's grey values; None where the network does not need them."""
        if not self.inference.options.is_global(self.inference.info):
            return None
        with self._lock:
            if self._statistic is None:
                self._statistic = global_statistic(self.tomogram)
            return self._statistic

    def slice(self, z: int) -> np.ndarray:
        """Probabilities of slice `z`, float32 (y, x) of the region, 0–1."""
        return self._from_slabs(z) if self.inference.is_slab else self._middles(range(z, z + 1))[0]

    def stream(self, z_range: tuple[int, int], batch_size: int = 1) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (z, what `slice` returns) for each slice start ≤ z < stop, in order.

        Memory does not depend on the number of slices.

        Parameters
        ----------
        batch_size : int
            Slices computed in one call.
        """
        numbers = range(*z_range)
        if self.inference.is_slab:
            yield from ((z, self._from_slabs(z)) for z in numbers)
            return
        statistic = self.statistic  # before several threads ask for it
        del statistic
        groups = (numbers[first : first + batch_size] for first in range(0, len(numbers), batch_size))
        work = ((group, self._blocks(group)) for group in groups)
        computed = in_order(
            lambda item: (item[0], self._computed(item[1])), work, streams_of(self.inference.engine)
        )  # fmt: skip
        for group, results in computed:
            yield from zip(group, results)

    def _blocks(self, numbers: range) -> np.ndarray:
        """Blocks (n, z, y, x) around slices, as deep as the network."""
        depth = self.inference.info.depth
        return np.stack([self.tomogram.around(z, depth)[(slice(None), *self.region.slices)] for z in numbers])

    def _computed(self, blocks: np.ndarray) -> np.ndarray:
        return self.inference.middle_slices(blocks, self.tomogram.pixel_size, self.statistic)

    def _middles(self, numbers: range) -> np.ndarray:
        return self._computed(self._blocks(numbers))

    def _from_slabs(self, z: int) -> np.ndarray:
        """Mean over the slabs that cover a slice; 0 where none is trusted there."""
        firsts = self._plan.covering(z)
        with self._lock:
            for old in [first for first in self._slabs if first not in firsts]:
                del self._slabs[old]
            total: np.ndarray | None = None
            for first in firsts:
                if first not in self._slabs:
                    self._slabs[first] = self._slab(first)
                found = self._slabs[first][z - first]
                total = found if total is None else total + found
        if total is None:
            return np.zeros(self.region.shape, np.float32)
        return total / np.float32(len(firsts))

    def _slab(self, first: int) -> np.ndarray:
        """Probabilities (z, y, x) of the slab that begins at a slice; slices beyond the ends repeat the last one."""
        wanted = np.clip(np.arange(first, first + self._plan.depth), 0, self.tomogram.shape[0] - 1)
        low, high = int(wanted[0]), int(wanted[-1])
        block = self.tomogram.slab(low, high + 1)[wanted - low][(slice(None), *self.region.slices)]
        return self.inference.slab(block, self.tomogram.pixel_size, self.statistic)
