"""Annotations to and from other programs: lists of coordinates, single slices and whole volumes of masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.feature import Feature
from ais_jupyter.core.data.names import component, result_name
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.mrc import read_mrc, write_mrc
from ais_jupyter.core.files.safe_write import write_text
from ais_jupyter.core.files.star import read_star_all, says_whose
from ais_jupyter.core.files.volume_writer import VolumeWriter

IMPORT_THRESHOLD = 128


def export_names(annotated: AnnotatedTomogram, feature: Feature, z: int = 0) -> dict[str, str]:
    """File names that Ais gives to exports: "coordinates", "slice" and "volume"."""
    name, title = component(annotated.name), component(feature.title)
    return {
        "coordinates": f"{name}_{title}_particles.txt",
        "slice": f"{name}_{title}_slice_{z}.mrc",
        "volume": result_name(annotated.name, f"{feature.title}_manual"),
    }


def export_coordinates(feature: Feature, path: str | Path) -> None:
    """Write the centres of the boxes: lines of x, y and z in pixels, separated by tabs."""
    write_text(path, "".join(f"{x}\t{y}\t{z}\n" for z, y, x in feature.boxes))


def export_slice(tomogram: Tomogram, feature: Feature, z: int, path: str | Path) -> None:
    """Write slice `z` and its mask (0 and 1) as the two sections of a volume of the tomogram's type.

    Raises
    ------
    TomogramMissingError
        The tomogram's file is missing.
    """
    image = tomogram.slice(z)
    mask = feature.mask(z)
    drawn = np.zeros(image.shape, image.dtype) if mask is None else mask.astype(image.dtype)
    pair = np.stack([image, drawn])
    write_mrc(path, pair.view(np.int8) if pair.dtype == np.uint8 else pair, tomogram.voxel_size)


def export_volume(tomogram: Tomogram, feature: Feature, path: str | Path) -> None:
    """Write all masks as a volume of 0 and 255, zero where nothing was drawn."""
    with VolumeWriter(path, tomogram.shape, np.uint8, tomogram.voxel_size, like=tomogram) as writer:
        for z in feature.annotated_slices:
            writer.write(z, feature.masks[z] * np.uint8(255))


def import_volume(feature: Feature, path: str | Path, threshold: float = IMPORT_THRESHOLD) -> None:
    """Replace all masks by the voxels above `threshold` of a volume of the same shape; boxes are removed.

    Raises
    ------
    FileFormatError
        It is not a volume, or has another shape; nothing changes.
    """
    volume = read_mrc(path)
    if volume.shape != feature.shape:
        raise FileFormatError(f"{path} is {volume.shape} (z, y, x), the tomogram {feature.shape}; nothing was imported")
    for z in range(volume.shape[0]):
        _replace(feature, z, volume.slice(z) > threshold)


def import_slice(feature: Feature, z: int, path: str | Path, threshold: float = IMPORT_THRESHOLD) -> None:
    """Replace the mask of slice `z` by the pixels above `threshold`; its boxes are removed.

    The file holds one section, or two as `export_slice` writes them; then the second counts, and everything in it.

    Raises
    ------
    FileFormatError
        It is not such a file, or has another height or width; nothing changes.
    """
    volume = read_mrc(path)
    if volume.shape[1:] != feature.shape[1:]:
        raise FileFormatError(
            f"{path} is {volume.shape[1:]} (y, x), the tomogram {feature.shape[1:]}; nothing was imported"
        )
    if volume.shape[0] > 2:
        raise FileFormatError(f"{path} has {volume.shape[0]} sections; expected one, or an image and its mask")
    _replace(feature, z, volume.slice(1) > 0 if volume.shape[0] == 2 else volume.slice(0) > threshold)


def import_coordinates(feature: Feature, path: str | Path, tomogram_name: str | None = None) -> int:
    """Add a box at every position of a STAR or coordinate file, and return how many there were.

    Parameters
    ----------
    feature : Feature
        Of an annotated tomogram; positions in Å or in voxels of another size are brought to its voxels.
    path : path
    tomogram_name : str, optional
        Whose particles to take; by default those of the feature's tomogram.

    Raises
    ------
    FileFormatError
        There are no coordinates in it, none of this tomogram, or one lies in a slice that the tomogram does not have;
        nothing changes.
    """
    places = np.rint(_picks_for(feature, path, tomogram_name).positions).astype(int)
    outside = [z for z in places[:, 0] if not 0 <= z < feature.shape[0]]
    if outside:
        raise FileFormatError(f"{path}: slice {outside[0]} is outside the tomogram (0–{feature.shape[0] - 1})")
    for z, y, x in places:
        feature.add_box(int(z), int(y), int(x))
    return len(places)


def _picks_for(feature: Feature, path: str | Path, wanted: str | None) -> Picks:
    annotated = feature.annotated
    found = read_star_all(path)
    named = wanted if wanted is not None else annotated.name if annotated is not None else None
    if len(found) == 1 and wanted is None and (named in (None, found[0].tomogram_name) or not says_whose(path)):
        picks = found[0]
    elif named is not None and any(picks.tomogram_name == named for picks in found):
        picks = next(picks for picks in found if picks.tomogram_name == named)
    else:
        names = ", ".join(repr(picks.tomogram_name) for picks in found[:10])
        raise FileFormatError(
            f"{path} has particles of {names}, none of {named!r}; say which to take with tomogram_name"
        )
    return picks if annotated is None else picks.within(annotated.tomogram)


def _replace(feature: Feature, z: int, mask: np.ndarray) -> None:
    feature.set_mask(z, mask)
    if feature.boxes_in(z):
        feature.set_boxes(z, [])


def extract_template(tomogram: Tomogram, centre: tuple[int, int, int], size: int = 64) -> tuple[np.ndarray, tuple]:
    """Cut a cube around (z, y, x), moved to lie inside the volume.

    Returns
    -------
    array (size, size, size)
        Smaller along axes that are shorter than `size`.
    (z, y, x)
        Its first voxel.

    Raises
    ------
    InputError
        `size` is not positive.
    """
    if size < 1:
        raise InputError(f"the edge of a template must be at least 1 voxel, not {size}")
    first = [min(max(0, int(c) - size // 2), max(0, n - size)) for c, n in zip(centre, tomogram.shape, strict=True)]
    z, y, x = (slice(start, start + size) for start in first)
    return np.ascontiguousarray(tomogram.slab(z.start, z.stop)[:, y, x]), (first[0], first[1], first[2])


def write_template(tomogram: Tomogram, centre: tuple[int, int, int], path: str | Path, size: int = 64) -> None:
    """Write a cube around (z, y, x) as an MRC file that lies where it was cut."""
    cube, first = extract_template(tomogram, centre, size)
    origin = [o + n * v for o, n, v in zip(tomogram.origin, first, tomogram.voxel_size, strict=True)]
    write_mrc(path, cube.view(np.int8) if cube.dtype == np.uint8 else cube, tomogram.voxel_size, origin)
