"""Which slabs cover a slice: each network of slabs has a result for all of its slices, averaged where slabs overlap."""

from __future__ import annotations

from ais_jupyter.core.data.model_info import ModelInfo


class SlabPlan:
    """Positions of the slabs of a volume.

    Slabs follow each other by half their depth, counted from the first slice of the volume, so that what a slice gets
    does not depend on which others are computed. Where a network was trained with shifts in depth, only results within
    half the shift from the middle of a slab count.
    """

    def __init__(self, info: ModelInfo) -> None:
        self.depth = info.depth
        self._step = max(1, info.depth // 2)
        self._reach = info.z_jitter // 2 if info.z_jitter else info.depth

    def covering(self, z: int) -> list[int]:
        """Return the first slices of the slabs whose result for slice `z` counts; they may lie before the volume."""
        half = self.depth // 2
        latest = (z + half) // self._step
        earliest = max(0, -(-(z + half - self.depth + 1) // self._step))
        firsts = (k * self._step - half for k in range(earliest, latest + 1))
        return [first for first in firsts if abs(z - first - half) <= self._reach]
