"""Predictions of single slices that are kept: as a volume of one slice, and as the picture in a model's file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ais_jupyter.core.data.errors import WouldOverwriteError
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.files.scnm_preview import make_picture
from ais_jupyter.core.learning.model import SegmentationModel


def save_slice(levels: np.ndarray, tomogram: Tomogram, z: int, path: str | Path, overwrite: bool = False) -> Path:
    """Write what a model finds in slice `z` as an MRC volume of one slice, at its place in the tomogram.

    Parameters
    ----------
    levels : uint8 (y, x)
    tomogram : Tomogram
    z : int
    path : path
    overwrite : bool

    Raises
    ------
    WouldOverwriteError
        A file is there and `overwrite` is false.
    FileWriteError
        The file cannot be written.
    """
    path = Path(path).expanduser()
    if path.exists() and not overwrite:
        raise WouldOverwriteError(path)
    (dz, dy, dx), (z0, y0, x0) = tomogram.voxel_size, tomogram.origin
    write_mrc(path, levels, (dz, dy, dx), (z0 + z * dz, y0, x0))
    return path


def take_picture(model: SegmentationModel, tomogram: Tomogram, z: int, levels: np.ndarray) -> None:
    """Keep slice `z`, with what the model finds there (`levels`, uint8 (y, x)), as the model's picture."""
    block = tomogram.around(z, model.info.depth)
    picture = make_picture(block[len(block) // 2], levels / 255, model.info.color)
    model.preview = block.astype("float32"), picture
