"""A change of one mask in one slice: the bounding box of what changed, before and after."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.editing.packing import pack_mask, unpack_mask

#: tomogram uid, feature uid, z, y0, y1, x0, x1, length of before, length of after (−1: the slice had no mask)
_HEADER = struct.Struct("<16s16s5I2i")


@dataclass(frozen=True)
class Patch:
    """What one edit changed in the mask of one feature in one slice.

    Attributes
    ----------
    tomogram, feature : str
        The `uid` of the annotated tomogram and of the feature.
    z : int
        Slice.
    region : Region
        Bounding box of the pixels that changed; empty when only the mask itself came or went.
    packed_before, packed_after : bytes or None
        Values in `region` as `pack_mask` writes them; None where the slice had, or has, no mask.
    """

    tomogram: str
    feature: str
    z: int
    region: Region
    packed_before: bytes | None
    packed_after: bytes | None

    @classmethod
    def between(
        cls,
        tomogram: str,
        feature: str,
        z: int,
        before: np.ndarray | None,
        after: np.ndarray | None,
        region: Region | None = None,
    ) -> Patch:
        """Return the patch that turns `before` into `after`, both (y, x) and filling `region`.

        `region` is the whole slice by default. None stands for a slice without mask.
        """
        given = before if before is not None else after
        if given is None:
            return cls(tomogram, feature, z, Region(0, 0, 0, 0), None, None)
        old = np.zeros(given.shape, bool) if before is None else before != 0
        new = np.zeros(given.shape, bool) if after is None else after != 0
        box = _bounding_box(old != new)
        origin = region or Region.whole(given.shape)
        moved = Region(origin.y0 + box.y0, origin.y0 + box.y1, origin.x0 + box.x0, origin.x0 + box.x1)
        return cls(
            tomogram, feature, z,
            Region(0, 0, 0, 0) if 0 in box.shape else moved,
            None if before is None else pack_mask(old[box.slices]),
            None if after is None else pack_mask(new[box.slices]),
        )  # fmt: skip

    @property
    def before(self) -> np.ndarray | None:
        """Values in `region` before, uint8 (y, x) of 0 and 1, or None where the slice had no mask."""
        return None if self.packed_before is None else unpack_mask(self.packed_before, self.region.shape)

    @property
    def after(self) -> np.ndarray | None:
        """Values in `region` after, uint8 (y, x) of 0 and 1, or None where the slice has no mask."""
        return None if self.packed_after is None else unpack_mask(self.packed_after, self.region.shape)

    @property
    def changes_nothing(self) -> bool:
        """Whether before and after are the same."""
        return 0 in self.region.shape and (self.packed_before is None) == (self.packed_after is None)

    @property
    def nbytes(self) -> int:
        """Approximate memory in bytes."""
        return 200 + len(self.packed_before or b"") + len(self.packed_after or b"")

    def is_change(
        self, feature: str, z: int, region: Region, before: np.ndarray | None, after: np.ndarray | None
    ) -> bool:
        """Whether this is the patch that `between` would make of a change that it was applied for.

        Both arrays fill `region`. What the patch says of before is compared with `before`; `after` came from it.
        """
        if (feature, z) != (self.feature, self.z) or 0 in self.region.shape:
            return False
        if (before is None) != (self.packed_before is None) or (after is None) != (self.packed_after is None):
            return False
        old, new = (_cut(values, region, self.region) for values in (before, after))
        if before is not None and after is None and np.count_nonzero(before) != np.count_nonzero(old):
            return False  # more than the patch says went with the mask
        changed = old != new
        if not (changed[0].any() and changed[-1].any() and changed[:, 0].any() and changed[:, -1].any()):
            return False  # not the bounding box
        try:
            said = self.before
        except FileFormatError:
            return False
        return said is None or np.array_equal(old, said != 0)

    def apply(self, annotated: AnnotatedTomogram) -> None:
        """Make the change.

        Raises
        ------
        KeyError
            The feature is not there.
        InputError
            The region does not fit the tomogram.
        """
        feature = annotated.feature_by_uid(self.feature)
        after = self.after
        if after is None:
            feature.set_mask(self.z, None)
        else:
            feature.edit_mask(self.z, self.region, after)

    def inverse(self) -> Patch:
        """Return the patch that undoes this one."""
        return Patch(self.tomogram, self.feature, self.z, self.region, self.packed_after, self.packed_before)

    def to_bytes(self) -> bytes:
        """Bytes that `from_bytes` reads; little-endian, header of 60 bytes, then before, then after."""
        before, after = self.packed_before, self.packed_after
        r = self.region
        header = _HEADER.pack(
            bytes.fromhex(self.tomogram), bytes.fromhex(self.feature), self.z, r.y0, r.y1, r.x0, r.x1,
            -1 if before is None else len(before), -1 if after is None else len(after),
        )  # fmt: skip
        return header + (before or b"") + (after or b"")

    @classmethod
    def from_bytes(cls, data: bytes | memoryview, unpack: bool = True) -> Patch:
        """Read the bytes of `to_bytes`.

        Parameters
        ----------
        data : bytes
        unpack : bool
            Whether the packed values are tried out. Not needed for a patch that is applied at once, which does so.

        Raises
        ------
        FileFormatError
            They are not a patch.
        """
        data = bytes(data)
        if len(data) < _HEADER.size:
            raise FileFormatError(f"a patch has at least {_HEADER.size} bytes, not {len(data)}")
        tomogram, feature, z, y0, y1, x0, x1, n_before, n_after = _HEADER.unpack_from(data)
        if len(data) != _HEADER.size + max(n_before, 0) + max(n_after, 0) or min(n_before, n_after) < -1:
            raise FileFormatError("a patch does not have the length that it states")
        middle = _HEADER.size + max(n_before, 0)
        patch = cls(
            tomogram.hex(), feature.hex(), z, Region(y0, y1, x0, x1),
            None if n_before < 0 else data[_HEADER.size : middle],
            None if n_after < 0 else data[middle:],
        )  # fmt: skip
        if y1 < y0 or x1 < x0:
            raise FileFormatError(f"a patch has the impossible region {patch.region}")
        if unpack:
            _ = patch.before, patch.after  # raises where the bits do not fit the region
        return patch

    def encode(self, blobs: list[bytes]) -> dict[str, Any]:
        """Fields for the journal; bytes go to `blobs`."""
        blobs.append(self.to_bytes())
        return {"edit": "patch", "blob": len(blobs) - 1}


def _cut(values: np.ndarray | None, filled: Region, region: Region) -> np.ndarray:
    """Part `region` of values that fill `filled`, as bool; all False where there is no mask."""
    if values is None:
        return np.zeros(region.shape, bool)
    y, x = region.y0 - filled.y0, region.x0 - filled.x0
    return values[y : y + region.shape[0], x : x + region.shape[1]] != 0


def _bounding_box(changed: np.ndarray) -> Region:
    rows = np.flatnonzero(changed.any(axis=1))
    if rows.size == 0:
        return Region(0, 0, 0, 0)
    columns = np.flatnonzero(changed[rows[0] : rows[-1] + 1].any(axis=0))
    return Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
