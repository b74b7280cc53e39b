"""What is known of a trained network besides its weights, and groups of models that act on each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from psygnal import Signal

from ais_jupyter.core.data.colors import CYCLE, Color
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network

#: Edge of a training box, and slices of one, at most.
MOST_PIXELS, MOST_SLICES = 8192, 1024


@dataclass
class ModelInfo:
    """Settings stored with a model.

    Attributes
    ----------
    title : str
        Name of the feature it finds; part of output names.
    architecture : str
        Title of the architecture, "" when unknown.
    voxel_size : float
        Å per pixel of the training data; −1 unknown.
    box_size, depth, z_jitter : int
        Of the training data, in pixels and slices.
    normalization : "global_mad" or None
        None: each slice by its own mean and deviation.
    threshold, alpha, overlap, tta
        How it is shown and applied; `overlap` 0–0.9 is for tiles, `tta` 1–16.
    active, blend, show, emit, absorb : bool
        Display, and competition between models.
    epochs, batch_size, n_copies, excess_negative, learning_rate
        Training settings last used (learning_rate None: the architecture's own).
    loss : float
        Last training loss.
    n_parameters : int
        Number of weights.
    filament_diameter : float or None
        Pixels, for labels softened along filaments.
    extra : dict
        Fields of the file that this program does not use and writes back.

    ``changed(name, before, after)`` follows each setting that becomes another.
    """

    changed = Signal(str, object, object)

    title: str = "Unnamed model"
    architecture: str = ""
    color: Color = CYCLE[0]
    voxel_size: float = -1.0
    box_size: int = -1
    depth: int = 1
    z_jitter: int = 0
    normalization: str | None = "global_mad"
    threshold: float = 0.5
    alpha: float = 0.75
    overlap: float = 0.2
    tta: int = 1
    active: bool = True
    blend: bool = False
    show: bool = True
    emit: bool = False
    absorb: bool = False
    epochs: int = 50
    batch_size: int = 32
    n_copies: int = 10
    excess_negative: int = -100
    learning_rate: float | None = None
    loss: float = 0.0
    n_parameters: int = 0
    filament_diameter: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __setattr__(self, name: str, value: Any) -> None:
        known = name in self.__dict__ and name in type(self).__dataclass_fields__
        before = self.__dict__.get(name)
        object.__setattr__(self, name, value)
        if known and value != before:
            self.changed.emit(name, before, value)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy gets: not the listeners."""
        return {name: value for name, value in self.__dict__.items() if name in type(self).__dataclass_fields__}


@dataclass
class StoredModel:
    """A model as a file holds it, bound to no framework.

    Attributes
    ----------
    info : ModelInfo
        Metadata.
    network : Network, Forest or None
        Layers and weights, or trees; None for an architecture that is made of neither.
    weights_file : bytes or None
        What such an architecture saved in its own format, unread.
    optimizer : dict of str → array
        State of the optimizer, for exact continuation; empty when the file has none.
    preview : (float32 (z, y, x), uint8 (y, x, rgb)) or None
        Slice and picture stored with it.
    """

    info: ModelInfo
    network: Network | Forest | None = None
    weights_file: bytes | None = None
    optimizer: dict[str, np.ndarray] = field(default_factory=dict)
    preview: tuple[np.ndarray, np.ndarray] | None = None


@dataclass
class Interaction:
    """Model `parent` is kept only near (colocalize) or only away from (avoid) what `partner` finds.

    Attributes
    ----------
    radius : float
        Å around the partner's thresholded result.
    threshold : float
        Probability 0–1 above which the partner counts.
    """

    parent: str
    partner: str
    kind: Literal["colocalize", "avoid"] = "colocalize"
    radius: float = 100.0
    threshold: float = 0.5


@dataclass
class StoredGroup:
    """Several stored models and their interactions, as a ``.scnmgroup`` holds them."""

    models: list[StoredModel]
    interactions: list[Interaction] = field(default_factory=list)
