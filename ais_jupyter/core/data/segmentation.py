"""A segmented volume: for every voxel how sure a model is, in one of the scales that files use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.names import split_result
from ais_jupyter.core.data.tomogram import Tomogram

_LABEL = re.compile(r"ais_jupyter segmentation z (\d+):(\d+) y (\d+):(\d+) x (\d+):(\d+)")


@dataclass(frozen=True)
class Extent:
    """Part of a volume that was segmented; the rest of the file is zero because nobody looked there.

    Attributes
    ----------
    z_range : (start, stop)
        Half-open.
    region : Region
    """

    z_range: tuple[int, int]
    region: Region

    @property
    def label(self) -> str:
        """Text for a label of an MRC header, by which results are told from tomograms."""
        (first, last), r = self.z_range, self.region
        return f"ais_jupyter segmentation z {first}:{last} y {r.y0}:{r.y1} x {r.x0}:{r.x1}"

    @classmethod
    def from_labels(cls, labels: Iterable[str]) -> Extent | None:
        """Read what `label` wrote; None where there is no such label."""
        for label in labels:
            if match := _LABEL.match(label):
                z0, z1, y0, y1, x0, x1 = map(int, match.groups())
                return cls((z0, z1), Region(y0, y1, x0, x1))
        return None

    @classmethod
    def of(cls, volume: Tomogram) -> Extent | None:
        """Extent that the file of a volume states, as far as it lies in the volume; None for what is no result."""
        found = cls.from_labels(getattr(getattr(volume.data, "header", None), "labels", ()))
        if found is None or found.z_range[1] > volume.shape[0]:
            return None
        return cls(found.z_range, found.region.clipped(volume.shape))


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
    def extent(self) -> Extent | None:
        """Part that was segmented; None where the file does not say."""
        return Extent.of(self.volume)

    @property
    def full_scale(self) -> float:
        """Value that stands for probability 1."""
        if np.issubdtype(self.volume.dtype, np.floating):
            return 1.0
        return 127.0 if self.volume.dtype == np.int8 else 255.0

    def probability(self, z: int) -> np.ndarray:
        """Slice `z` as probabilities 0–1, float32 (y, x)."""
        return self.volume.slice(z).astype(np.float32) / np.float32(self.full_scale)


def check_same_space(volume: Tomogram, other: Tomogram) -> None:
    """See that two volumes fill the same box, whatever their voxels; where sizes are unknown, with as many voxels.

    Raises
    ------
    InputError
        They do not.
    """
    if min(*volume.voxel_size, *other.voxel_size) <= 0:
        if volume.shape != other.shape:
            raise InputError(
                f"{volume.name!r} has {_times(volume.shape)} voxels (z, y, x) and {other.name!r} "
                f"{_times(other.shape)}: "
                "they are not of the same tomogram, or need voxel sizes in their headers"
            )
        return
    fills, own = (np.array(v.shape) * v.voxel_size for v in (other, volume))
    if np.abs(fills - own).max() > max(*volume.voxel_size, *other.voxel_size):
        raise InputError(
            f"{other.name!r} fills {_times(fills / 10)} nm (z, y, x) and {volume.name!r} {_times(own / 10)} nm: "
            "they are not of the same tomogram, or one of them has a wrong voxel size in its header"
        )


def _times(sides: Iterable[float]) -> str:
    return " × ".join(f"{side:.0f}" for side in sides)
