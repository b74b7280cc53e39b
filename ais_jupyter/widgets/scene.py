"""What is shown in three dimensions, as plain arrays: nm, x y z, around the middle of the volume.

Knows no graphics library; `three_scene` turns it into objects of pythreejs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ais_jupyter.core.data.geometry import Vector3
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.surface import Surface
from ais_jupyter.core.data.tomogram import Tomogram

_NM = 10.0  # Å
_CONTRAST = (1.0, 99.0)  # percentiles of a slice that become black and white
_LARGEST_TEXTURE = 2048  # pixels along a side


@dataclass(frozen=True)
class Space:
    """The box that a volume fills.

    Attributes
    ----------
    extent : (z, y, x)
        Å.
    voxel_size : (z, y, x)
        Å; positions count from the middle of the first voxel, which is half of this inside the box.
    """

    extent: Vector3
    voxel_size: Vector3

    @property
    def size(self) -> tuple[float, float, float]:
        """(x, y, z) in nm."""
        z, y, x = (side / _NM for side in self.extent)
        return x, y, z

    def placed(self, positions: np.ndarray) -> np.ndarray:
        """Float32 (n, 3), x y z in nm from the middle, of positions (z, y, x) in Å from the first voxel."""
        middle = (np.array(self.extent, np.float32) - np.array(self.voxel_size, np.float32)) / 2
        return np.ascontiguousarray((np.asarray(positions, np.float32) - middle)[:, ::-1] / np.float32(_NM))

    def edges(self) -> np.ndarray:
        """Return the ends of the twelve edges, float32 (24, 3)."""
        corners = np.array(np.meshgrid(*[(-s / 2, s / 2) for s in self.size], indexing="ij")).reshape(3, 8).T
        pairs = [(a, b) for a in range(8) for b in range(a + 1, 8) if (a ^ b) in (1, 2, 4)]
        return corners[np.array(pairs).ravel()].astype(np.float32)


@dataclass(frozen=True)
class MeshArrays:
    """Triangles of one feature: float32 (n, 3) twice, and uint32 (3m,)."""

    position: np.ndarray
    normal: np.ndarray
    index: np.ndarray

    @classmethod
    def of(cls, surface: Surface, space: Space) -> MeshArrays:
        """Place a surface."""
        normal = np.ascontiguousarray(surface.normals[:, ::-1], np.float32)
        return cls(space.placed(surface.vertices), normal, np.ascontiguousarray(surface.faces, np.uint32).ravel())

    @classmethod
    def empty(cls) -> MeshArrays:
        """One triangle without area: graphics libraries do not take arrays of no length."""
        return cls(np.zeros((3, 3), np.float32), np.zeros((3, 3), np.float32), np.zeros(3, np.uint32))


def pick_positions(picks: Picks, tomogram_size: float, space: Space) -> np.ndarray:
    """Place picks, in voxels of `tomogram_size` Å; outside the volume where there are none."""
    if len(picks) == 0:
        return np.full((1, 3), 1e6, np.float32)
    return space.placed(picks.positions * (picks.voxel_size or tomogram_size))


def slice_image(tomogram: Tomogram, z: int) -> np.ndarray:
    """Grey values of a slice as a texture, uint8 (y, x)."""
    image = tomogram.slice(z)
    every = -(-max(image.shape) // _LARGEST_TEXTURE)
    image = image[::every, ::every].astype(np.float32)
    low, high = np.nanpercentile(image, _CONTRAST)
    grey = np.nan_to_num((image - low) * (255.0 / max(high - low, 1e-12)))
    return np.ascontiguousarray(np.clip(grey, 0, 255).astype(np.uint8))


def ball_image(size: int = 64) -> np.ndarray:
    """Return a lit ball on nothing, uint8 (size, size, 4): what every pick is drawn with."""
    y, x = (np.indices((size, size)) + 0.5) / size * 2 - 1
    inside = 1 - x**2 - y**2
    depth = np.sqrt(np.clip(inside, 0, 1))
    light = np.clip(0.35 + 0.65 * (-0.35 * x + 0.45 * y + 0.82 * depth), 0, 1)  # from above, on the left
    grey = np.round(255 * light)
    return np.stack([grey, grey, grey, 255.0 * (inside > 0)], axis=-1).astype(np.uint8)
