"""Boxes cut from tomograms with their labels: what a network learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data import storage
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import shown

BACKGROUND, FOREGROUND, IGNORE = 0, 1, 2

#: Boxes are normalised by the statistic of the tomogram they come from (else each box by its own mean and deviation).
GLOBAL_MAD = "global_mad"


@dataclass
class TrainingSet:
    """Images and labels of equal size.

    Attributes
    ----------
    images : float32 (n, y, x, z)
        z is `depth` + `z_jitter` slices; the annotated slice is index z // 2.
    labels : uint8 (n, y, x) or (n, y, x, z)
        0 background, 1 feature, 2 ignore. With z, slices that were not drawn on are 2.
    voxel_size : float
        Å per pixel; −1 unknown.
    normalization : "global_mad" or None
        None: the images hold raw values.
    features : list of str
        Titles of the positive features.
    z_jitter : int
        Extra slices stored so that the annotated slice can lie anywhere in the depth.
    sources : list of dict
        Where each box comes from (keys as in Ais: aisTomogramName, aisBoxCoordinateZ, …, aisNegative); may be empty.
    flavours : dict of str → (indices, images)
        Other versions (such as denoised) of the same boxes, for some of them.
    margin : int
        Pixels at each side of the boxes that show what surrounds them; labels are 2 there.
    """

    images: np.ndarray
    labels: np.ndarray
    voxel_size: float = -1.0
    normalization: str | None = None
    features: list[str] = field(default_factory=list)
    z_jitter: int = 0
    sources: list[dict[str, Any]] = field(default_factory=list)
    flavours: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    margin: int = 0

    def __post_init__(self) -> None:
        self.images = np.asarray(self.images, np.float32)
        self.labels = np.asarray(self.labels)
        if self.images.ndim != 4 or self.images.shape[1] != self.images.shape[2]:
            raise InputError(f"images must be (n, y, x, z) with square boxes, not {self.images.shape}")
        if self.labels.shape not in (self.images.shape[:3], self.images.shape):
            raise InputError(f"labels {self.labels.shape} do not fit images {self.images.shape}")
        if self.sources and len(self.sources) != len(self.images):
            raise InputError(f"{len(self.sources)} sources for {len(self.images)} boxes")
        if not 0 <= 2 * self.margin <= max(0, self.stored_size - 1):
            raise InputError(f"a margin of {self.margin} px leaves nothing of boxes of {self.stored_size} px")

    def __len__(self) -> int:
        return len(self.images)

    @property
    def box_size(self) -> int:
        """Edge of the boxes in pixels, without their margin."""
        return self.stored_size - 2 * self.margin

    @property
    def stored_size(self) -> int:
        """Edge of the images in pixels: of the boxes with their margin."""
        return self.images.shape[1]

    @property
    def depth(self) -> int:
        """Slices that the network sees at once."""
        return self.images.shape[3] - self.z_jitter

    @property
    def positive(self) -> np.ndarray:
        """Which boxes hold some of the feature, bool (n,)."""
        return (self.labels == FOREGROUND).any(axis=tuple(range(1, self.labels.ndim)))

    def subset(self, indices: Sequence[int] | np.ndarray) -> TrainingSet:
        """Return the boxes with these `indices` as another set.

        Raises
        ------
        InputError
            `indices` is no list of whole numbers.
        IndexError
            There is no such box.
        """
        chosen = np.asarray(indices)
        if chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu"):
            raise InputError(f"boxes are chosen by a list of their indices, not by {shown(indices)}")
        chosen = chosen.astype(int)
        place = {int(old): new for new, old in enumerate(chosen)}
        flavours = {}
        for name, (where, images) in self.flavours.items():
            keep = [i for i, old in enumerate(where) if int(old) in place]
            flavours[name] = (np.array([place[int(where[i])] for i in keep], int), images[keep])
        return TrainingSet(
            self.images[chosen], self.labels[chosen], self.voxel_size, self.normalization,
            list(self.features), self.z_jitter,
            [self.sources[i] for i in chosen] if self.sources else [], flavours, self.margin,
        )  # fmt: skip

    def trimmed(self, margin: int) -> TrainingSet:
        """Return the set with a smaller `margin`, in pixels.

        Raises
        ------
        InputError
            The set does not have so much.
        """
        extra = self.margin - margin
        if extra < 0:
            raise InputError(f"the boxes have a margin of {self.margin} px, not {margin}")
        if not extra:
            return self
        inner = (slice(None), slice(extra, -extra), slice(extra, -extra))
        flavours = {name: (where, images[inner]) for name, (where, images) in self.flavours.items()}
        return replace(self, images=self.images[inner], labels=self.labels[inner], flavours=flavours, margin=margin)

    def save(self, path: str | Path, overwrite: bool = False) -> Path:
        """Write a ``.scnt`` (the current tar form) that Ais trains on to `path`, and return the path.

        Raises
        ------
        InputError
            A file is there that this does not come from and `overwrite` is false, or one of another kind.
        """
        return storage.save(self, path, overwrite)

    def __repr__(self) -> str:
        size, positive = f"{self.box_size}×{self.box_size}×{self.depth}", int(self.positive.sum())
        if self.margin:
            size += f" with a margin of {self.margin}"
        return f"<TrainingSet {len(self)} boxes of {size}, {positive} positive, {self.voxel_size:.2f} Å>"
