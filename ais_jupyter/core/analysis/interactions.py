"""Models that act on each other's results: competition, colocalization, avoidance.

All functions take slices (y, x) or slabs (z, y, x), as probabilities 0–1 (floats) or as levels 0–255 (uint8), keyed by
the title of the model, and return new arrays. Interactions act within each slice.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction, ModelInfo

Results = dict[str, np.ndarray]


def combine(
    results: Mapping[str, np.ndarray],
    models: Sequence[ModelInfo],
    interactions: Sequence[Interaction],
    pixel_size: float,
) -> Results:
    """Let models compete, then apply the interactions in their order, as an export does.

    Interactions that name a model without a result are left out.
    """
    present = [m for m in models if m.title in results]
    competed = compete(results, [m.title for m in present if m.emit], [m.title for m in present if m.absorb])
    possible = [i for i in interactions if i.parent in results and i.partner in results]
    return interact(competed, possible, pixel_size)


def compete(results: Mapping[str, np.ndarray], emitting: Collection[str], absorbing: Collection[str]) -> Results:
    """Zero every absorbing model where some emitting model is strictly surer; ties survive.

    A model that does both is compared with a maximum that includes itself.
    """
    competed = dict(results)
    if not emitting:
        return competed
    strongest = np.maximum.reduce([results[title] for title in emitting])
    for title in absorbing:
        values = results[title]
        competed[title] = np.where(values < strongest, values.dtype.type(0), values)
    return competed


def interact(results: Mapping[str, np.ndarray], interactions: Sequence[Interaction], pixel_size: float) -> Results:
    """Apply `interactions` in order; each sees what the ones before have left.

    Parameters
    ----------
    results : title → array
    interactions : sequence of Interaction
    pixel_size : float
        Å.

    Raises
    ------
    InputError
        The pixel size is unknown although there are interactions, or a model has no result.
    """
    changed = dict(results)
    for interaction in interactions:
        for title in (interaction.parent, interaction.partner):
            if title not in changed:
                raise InputError(f"an interaction names the model {title!r}; there are {', '.join(changed)}")
        if not pixel_size > 0:
            raise InputError("the radius of an interaction needs a voxel size; the tomogram's is unknown")
        parent, partner = changed[interaction.parent], changed[interaction.partner]
        near = near_mask(partner, interaction.threshold, interaction.radius / pixel_size)
        keep = near if interaction.kind == "colocalize" else ~near
        changed[interaction.parent] = np.where(keep, parent, parent.dtype.type(0))
    return changed


def near_mask(values: np.ndarray, threshold: float, radius: float) -> np.ndarray:
    """Pixels less than floor(`radius`) pixels away from where `values` exceeds `threshold` (0–1), slice by slice.

    As in Ais the distance is strictly smaller than the radius: below one pixel nothing is near, at one pixel only the
    thresholded pixels themselves.
    """
    from scipy.ndimage import distance_transform_edt

    full_scale = 1.0 if np.issubdtype(values.dtype, np.floating) else 255.0
    reach = math.floor(radius + 1e-6)  # 30 Å / 10 Å must not become 2 pixels
    above = values > threshold * full_scale
    near = np.zeros(values.shape, bool)
    planes = above.reshape(-1, *above.shape[-2:])
    for plane, out in zip(planes, near.reshape(planes.shape)):
        if plane.any():
            out[:] = distance_transform_edt(~plane) < reach
    return near
