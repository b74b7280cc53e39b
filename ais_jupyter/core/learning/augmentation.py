"""Symmetries and random changes of training boxes; labels follow the geometry and keep 2 = ignore."""

from __future__ import annotations

import numpy as np

from ais_jupyter.core.data.training_set import IGNORE

N_SYMMETRIES = 8
N_SYMMETRIES_WITH_DEPTH = 16
_CONTRAST = np.log(1.25)
_SCALE = 0.15


def orient(array: np.ndarray, index: int, y_axis: int, x_axis: int, z_axis: int | None = None) -> np.ndarray:
    """Apply orientation `index` of the 8 symmetries of the square (16 with a depth axis).

    Rotation by ``index % 4`` quarter turns, then a flip in y for index 4–7 and 12–15, then a flip in z from 8 on (the
    order of Ais).
    """
    turned = np.rot90(array, index % 4, axes=(y_axis, x_axis))
    if index % 8 >= 4:
        turned = np.flip(turned, y_axis)
    if index >= 8 and z_axis is not None:
        turned = np.flip(turned, z_axis)
    return turned


def orient_back(array: np.ndarray, index: int, y_axis: int, x_axis: int, z_axis: int | None = None) -> np.ndarray:
    """Undo `orient`."""
    if index >= 8 and z_axis is not None:
        array = np.flip(array, z_axis)
    if index % 8 >= 4:
        array = np.flip(array, y_axis)
    return np.rot90(array, -(index % 4), axes=(y_axis, x_axis))


def random_symmetry(image: np.ndarray, label: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Turn and flip a box (y, x, z) and its label (y, x) or (y, x, z) alike, uniformly among all symmetries."""
    deep = image.shape[2] > 1
    index = int(rng.integers(N_SYMMETRIES_WITH_DEPTH if deep else N_SYMMETRIES))
    turned = orient(image, index, 0, 1, 2 if deep else None)
    return turned, orient(label, index, 0, 1, 2 if deep and label.ndim == 3 else None)


def random_intensity(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change brightness ±0.1, contrast ×0.9–1.1, add noise σ 0.2, blur σ 0.1–1.1, each with probability 0.1."""
    if rng.random() < 0.1:
        image = image + np.float32(rng.uniform(-0.1, 0.1))
    if rng.random() < 0.1:
        image = (image - image.mean()) * np.float32(rng.uniform(0.9, 1.1)) + image.mean()
    if rng.random() < 0.1:
        image = image + rng.normal(0, 0.2, image.shape).astype(np.float32)
    if rng.random() < 0.1:
        from scipy.ndimage import gaussian_filter

        image = gaussian_filter(image, rng.uniform(0.1, 1.1))
    return image.astype(np.float32)


def random_look(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Let a box look as in another tomogram: contrast ×0.8–1.25, brightness ±0.15, noise σ 0–0.4, each time anew.

    Parameters
    ----------
    image : float32 (y, x, z)
        Normalised grey values: the tomogram they come from has mean 0 and deviation 1.
    """
    contrast, brightness = np.exp(rng.uniform(-_CONTRAST, _CONTRAST)), rng.normal(0, 0.15)
    noise = rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(0, 0.4))
    return image * np.float32(contrast) + np.float32(brightness) + noise


def random_window(
    image: np.ndarray, label: np.ndarray, edge: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a part of a box, moved, turned by up to 45° and scaled by up to 15 % at random.

    With `random_symmetry` that is any angle. Image values are interpolated linearly between pixels, labels are those of
    the nearest pixel. What lies beyond the box is reflected, and labelled "ignore".

    Parameters
    ----------
    image : float32 (y, x, z)
    label : (y, x) or (y, x, z)
    edge : int
        Of the result, in pixels; at most that of the box.
    """
    size = image.shape[0]
    spare = (size - edge) / 2
    shift_y, shift_x = rng.uniform(-spare, spare, 2)
    angle, scale = rng.uniform(-np.pi / 4, np.pi / 4), np.exp(rng.uniform(-_SCALE, _SCALE))
    cosine, sine = np.float32(np.cos(angle) / scale), np.float32(np.sin(angle) / scale)
    line = np.arange(edge, dtype=np.float32) - np.float32((edge - 1) / 2)
    y, x = line[:, None] + np.float32(shift_y), line + np.float32(shift_x)
    middle = np.float32((size - 1) / 2)
    rows, columns = cosine * y - sine * x + middle, sine * y + cosine * x + middle
    beyond = (rows < -0.5) | (columns < -0.5) | (rows > size - 0.5) | (columns > size - 0.5)
    rows, columns = (_reflected(places, size - 1) for places in (rows, columns))
    turned = label[np.rint(rows).astype(np.intp), np.rint(columns).astype(np.intp)].copy()
    turned[beyond] = IGNORE
    return _between(image, rows, columns), turned


def _reflected(places: np.ndarray, last: int) -> np.ndarray:
    """Fold places into 0…last by reflection about the edge pixels."""
    return np.clip(last - np.abs(last - np.abs(places)), 0, last)


def _between(image: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Values of an image (y, x, z) at places between its pixels."""
    size_y, size_x, depth = image.shape
    top, left = (np.minimum(a.astype(np.intp), n - 2) for a, n in ((rows, size_y), (columns, size_x)))
    down, right = ((a - b.astype(np.float32))[..., None] for a, b in ((rows, top), (columns, left)))
    flat, first = np.ascontiguousarray(image).reshape(-1, depth), top * size_x + left
    upper = flat[first] * (1 - right) + flat[first + 1] * right
    lower = flat[first + size_x] * (1 - right) + flat[first + size_x + 1] * right
    return upper * (1 - down) + lower * down


def soften_filaments(label: np.ndarray, diameter: float) -> np.ndarray:
    """Label of filaments, bright on their axis: exp(−d²/2σ²), σ = diameter/2.3548, d the distance to the skeleton.

    Parameters
    ----------
    label : (y, x) or (y, x, z)
        0, 1 and 2 = ignore; slices are treated one by one. Ignored pixels stay 2.
    diameter : float
        Pixels, the full width at half maximum.
    """
    if label.ndim == 3:
        return np.stack([soften_filaments(label[..., z], diameter) for z in range(label.shape[2])], axis=2)
    from scipy.ndimage import distance_transform_edt
    from skimage.morphology import skeletonize

    axis = skeletonize(label == 1)
    soft = np.zeros(label.shape, np.float32)
    if axis.any():
        sigma = diameter / 2.3548
        soft = np.exp(-(distance_transform_edt(~axis) ** 2) / (2 * sigma**2)).astype(np.float32)
    soft[label == 2] = 2
    return soft
