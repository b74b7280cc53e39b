"""What the drawing on a slice says of each of its pixels."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.feature import Feature
from ais_jupyter.core.data.feature_settings import BACKGROUND_TITLE
from ais_jupyter.core.data.training_set import BACKGROUND, FOREGROUND, IGNORE
from ais_jupyter.core.learning.digest import digest

#: Pixels around what is drawn that count as background, and those next to it that do not: outlines are never exact.
RING, MARGIN = 24, 1


def slices_about(annotated: AnnotatedTomogram, title: str) -> list[int]:
    """Slices whose drawing says something of the feature called `title`, ascending; none before it is painted."""
    ours = [feature for feature in annotated.features if feature.title == title]
    if not any(mask.any() for feature in ours for mask in feature.masks.values()):
        return []
    drawn = {z for feature in annotated.features for z, mask in feature.masks.items() if mask.any()}
    return sorted(drawn | {box[0] for feature in ours for box in feature.boxes})


def painted_labels(annotated: AnnotatedTomogram, title: str, z: int) -> np.ndarray:
    """Label the pixels of slice `z`: 1 painted as the feature, 0 known to be something else, 2 unknown.

    Something else is what is painted as another feature, and what is not painted inside the boxes of this one. Where a
    slice has no boxes, the surroundings of what is painted count as well, unless a feature called "Background" is
    painted somewhere in the tomogram: then people say themselves what is background.

    Returns
    -------
    uint8 (y, x)
    """
    ours = [feature for feature in annotated.features if feature.title == title]
    others = [feature for feature in annotated.features if feature.title != title]
    labels = np.full(annotated.tomogram.shape[1:], IGNORE, np.uint8)
    painted = _union(ours, z, labels.shape)
    boxed = _boxed(ours, z, labels.shape)
    if boxed is not None:
        labels[boxed] = BACKGROUND
    elif painted.any() and not any(_is_painted(feature) for feature in others if feature.title == BACKGROUND_TITLE):
        labels[_near(painted, RING) & ~_near(painted, MARGIN)] = BACKGROUND
    labels[_union(others, z, labels.shape)] = BACKGROUND
    labels[painted] = FOREGROUND
    return labels


def drawing_of(annotated: AnnotatedTomogram, title: str, z: int) -> tuple[object, ...]:
    """Return what `painted_labels` depends on, shortened: equal where the labels would be, and much quicker to get."""
    masks, boxes, scribbled = [], [], False
    for feature in annotated.features:
        ours = feature.title == title
        if (mask := feature.mask(z)) is not None and mask.any():
            masks.append((ours, digest(mask)))
        if ours:
            boxes += [(feature.box_size, *box) for box in feature.boxes_in(z)]
        elif feature.title == BACKGROUND_TITLE:
            scribbled = scribbled or _is_painted(feature)
    return tuple(masks), tuple(boxes), scribbled


def _union(features: list[Feature], z: int, shape: tuple[int, ...]) -> np.ndarray:
    painted = np.zeros(shape, bool)
    for feature in features:
        if (mask := feature.mask(z)) is not None:
            painted |= mask != 0
    return painted


def _boxed(features: list[Feature], z: int, shape: tuple[int, ...]) -> np.ndarray | None:
    """Pixels inside the boxes of a slice; None where it has none."""
    inside: np.ndarray | None = None
    for feature in features:
        for _, y, x in feature.boxes_in(z):
            inside = np.zeros(shape, bool) if inside is None else inside
            y0, x0, edge = y - feature.box_size // 2, x - feature.box_size // 2, feature.box_size
            inside[max(0, y0) : max(0, y0 + edge), max(0, x0) : max(0, x0 + edge)] = True
    return inside


def _is_painted(feature: Feature) -> bool:
    return any(mask.any() for mask in feature.masks.values())


def _near(painted: np.ndarray, distance: int) -> np.ndarray:
    """Pixels within a square of `distance` pixels to each side of a painted one."""
    from scipy.ndimage import maximum_filter

    return maximum_filter(painted.view(np.uint8), 2 * distance + 1).astype(bool)
