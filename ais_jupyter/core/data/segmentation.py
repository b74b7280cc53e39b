"""A segmented volume: for every voxel how sure a model is, in one of the scales that files use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.names import split_result
from ais_jupyter.core.data.tomogram import Tomogram


@dataclass
class Segmentation:
    """The result of one model on one tomogram.

    Attributes
    ----------
    volume : Tomogram
        Values 0–255 (integers), 0–127 (int8) or 0–1 (floats).
    tomogram_name, feature : str
        From the file name ``<tomogram>__<feature>.mrc``.
    """

    volume: Tomogram
    tomogram_name: str
    feature: str

    @classmethod
    def from_volume(cls, volume: Tomogram) -> Segmentation:
        """Take tomogram and feature from the volume's name (`split_result`)."""
        return cls(volume, *split_result(volume.name + ".mrc"))

    @property
    def full_scale(self) -> float:
        """Value that stands for probability 1."""
        if np.issubdtype(self.volume.dtype, np.floating):
            return 1.0
        return 127.0 if self.volume.dtype == np.int8 else 255.0

    def probability(self, z: int) -> np.ndarray:
        """Slice `z` as probabilities 0–1, float32 (y, x)."""
        return self.volume.slice(z).astype(np.float32) / np.float32(self.full_scale)
