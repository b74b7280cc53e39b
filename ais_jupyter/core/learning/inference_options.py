"""The settings with which a network is applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import ModelInfo
from ais_jupyter.core.data.training_set import GLOBAL_MAD
from ais_jupyter.core.learning.augmentation import N_SYMMETRIES, N_SYMMETRIES_WITH_DEPTH
from ais_jupyter.core.learning.resizing import Alignment
from ais_jupyter.core.learning.tiling import Overlap

_CHOICES = {
    "overlap_mode": ("average", "best"),
    "normalization": ("model", "global_mad", "per-slice"),
    "resize_alignment": ("pixels", "corners"),
}


@dataclass(frozen=True)
class InferenceOptions:
    """How a network is applied.

    Attributes
    ----------
    tta : int, optional
        Test-time augmentation: mean over this many orientations, 1–8 (up to 16 for input of several slices); the
        model's own by default.
    tiled : bool
        Tiles of the training box size instead of whole slices. Networks of slabs always use tiles of 512 px.
    overlap : float, optional
        Overlap of tiles, 0–0.9; the model's own by default.
    overlap_mode : "average" or "best"
        Average overlapping tiles, or use only their centres.
    trim_edges : bool
        Set a rim of 16 px to zero.
    rescale : bool
        Bring slices to the network's pixel size when it differs by more than 5 %.
    normalization : "model", "global_mad" or "per-slice"
        "model" follows what the network was trained with.
    resize_alignment : "pixels" or "corners"
        How results are brought back to the tomogram's pixels; "corners" is what the command line of Ais does.

    Raises
    ------
    InputError
        A value is none of these.
    """

    tta: int | None = None
    tiled: bool = False
    overlap: float | None = None
    overlap_mode: Overlap = "average"
    trim_edges: bool = False
    rescale: bool = True
    normalization: Literal["model", "global_mad", "per-slice"] = "model"
    resize_alignment: Alignment = "pixels"

    def __post_init__(self) -> None:
        if self.tta is not None and not 1 <= self.tta <= N_SYMMETRIES_WITH_DEPTH:
            raise InputError(
                f"tta must be 1–{N_SYMMETRIES} (up to {N_SYMMETRIES_WITH_DEPTH} with depth), not {self.tta}"
            )
        if self.overlap is not None and not 0 <= self.overlap <= 0.9:
            raise InputError(f"overlap must be 0–0.9, not {self.overlap}")
        for name, allowed in _CHOICES.items():
            if (value := getattr(self, name)) not in allowed:
                raise InputError(f"{name} is one of {', '.join(allowed)}, not {value!r}")

    def of(self, info: ModelInfo) -> InferenceOptions:
        """Return the options with the model's own settings where none are given."""
        tta = info.tta if self.tta is None else self.tta
        overlap = info.overlap if self.overlap is None else self.overlap
        return replace(self, tta=int(tta), overlap=float(overlap))

    def is_global(self, info: ModelInfo) -> bool:
        """Whether slices are normalised by the statistic of the whole volume."""
        if self.normalization == "model":
            return info.normalization == GLOBAL_MAD
        return self.normalization == GLOBAL_MAD
