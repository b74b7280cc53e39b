"""Resizing images in XY to another pixel size."""

from __future__ import annotations

from typing import Literal

import numpy as np

Alignment = Literal["pixels", "corners"]


def resize_xy(images: np.ndarray, shape: tuple[int, int], alignment: Alignment = "pixels") -> np.ndarray:
    """Resize the last two axes of `images` (…, y, x) to `shape`, linearly and anti-aliased when shrinking.

    Parameters
    ----------
    alignment : "pixels" or "corners"
        Which points of the two grids coincide. "pixels": the outer edges of the border pixels, which is what a change
        of pixel size means. "corners": the centres of the border pixels, as the command line of Ais does on the way
        back.

    Returns
    -------
    float32 (…, *shape)
    """
    images = np.asarray(images, np.float32)
    if images.shape[-2:] == tuple(shape):
        return images
    flat = images.reshape(-1, *images.shape[-2:])
    if alignment == "corners":
        from scipy.ndimage import zoom

        factors = (shape[0] / flat.shape[1], shape[1] / flat.shape[2])
        resized = np.stack([zoom(image, factors, order=1) for image in flat])
    else:
        from skimage.transform import resize

        resized = np.stack([resize(image, shape, order=1, anti_aliasing=True, preserve_range=True) for image in flat])
    return resized.reshape(*images.shape[:-2], *shape).astype(np.float32)


def resize_labels(labels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Resize the last two axes of `labels` to `shape`, each pixel taking its nearest neighbour's label."""
    if labels.shape[-2:] == tuple(shape):
        return labels
    from skimage.transform import resize

    flat = labels.reshape(-1, *labels.shape[-2:])
    resized = np.stack([resize(m, shape, order=0, anti_aliasing=False, preserve_range=True) for m in flat])
    return resized.reshape(*labels.shape[:-2], *shape).astype(labels.dtype)
