"""The slice and the picture that a model file may carry, to show what the model does."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np

EDGE = 512
_LARGEST = 4096


def read_preview(slice_file: bytes, picture_file: bytes) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the slices, float32 (z, y, x), and the picture, uint8 (y, x, rgb); None when they cannot be read.

    They are decoration: a model without them is whole.
    """
    import tifffile
    from PIL import Image

    with contextlib.suppress(Exception):
        with tifffile.TiffFile(io.BytesIO(slice_file)) as tiff:
            shape = tiff.series[0].shape
            if max(shape) > 4 * _LARGEST or np.prod(shape, dtype=object) * 2 > len(slice_file) * 8:
                return None
            slices = tiff.series[0].asarray().astype(np.float32)
        with Image.open(io.BytesIO(picture_file), formats=["PNG"]) as image:
            if max(image.size) > _LARGEST:
                return None
            picture = np.asarray(image.convert("RGB"))
        return (slices if slices.ndim == 3 else slices[np.newaxis]), picture
    return None


def write_preview(preview: tuple[np.ndarray, np.ndarray]) -> tuple[bytes, bytes]:
    """Return the slices as TIFF (float64, as Ais writes them) and the picture as PNG."""
    import tifffile
    from PIL import Image

    slices, picture = preview
    slice_file, picture_file = io.BytesIO(), io.BytesIO()
    tifffile.imwrite(slice_file, np.asarray(slices, np.float64), photometric="minisblack")
    Image.fromarray(np.asarray(picture, np.uint8)).save(picture_file, "PNG")
    return slice_file.getvalue(), picture_file.getvalue()


def make_picture(image: np.ndarray, probability: np.ndarray, color: Any) -> np.ndarray:
    """Paint a picture as Ais does: the upper-left square in grey, with pixels above 0.5 in the model's colour.

    Parameters
    ----------
    image, probability : float (y, x)
    color : (r, g, b)
        0–1.

    Returns
    -------
    uint8 (512, 512, 3)
    """
    from PIL import Image

    edge = min(image.shape)
    grey = np.nan_to_num(np.asarray(image, float)[:edge, :edge])
    low, high = np.percentile(grey, (1, 99))
    shade = np.clip((grey - low) / max(high - low, 1e-12), 0, 1)[..., np.newaxis]
    found = np.asarray(probability)[:edge, :edge, np.newaxis] > 0.5
    painted = np.where(found, 0.5 * shade + 0.5 * np.asarray(color), shade)
    return np.asarray(Image.fromarray((painted * 255).astype(np.uint8)).resize((EDGE, EDGE)))
