"""Particles as RELION and Ais keep them (``.star``), and as old versions of Ais kept them (columns of x, y, z)."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.picks import Picks
from ais_jupyter.core.data.segmentation import SEPARATOR
from ais_jupyter.core.files.safe_write import write_text
from ais_jupyter.core.files.star_text import Table, format_star, numbers, parse_star

COORDINATES = ("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ")
ANGLES = ("rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi")
MICROGRAPH, FEATURE, PIXEL_SIZE, PARTICLE_ID = "rlnMicrographName", "aisFeature", "rlnPixelSize", "aisParticleID"
PARTICLE_SIZE = "aisParticleSize"
_WARP = ("wrpCoordinateX1", "wrpCoordinateY1", "wrpCoordinateZ1")
_WARP_SCALE = 0.1  # what Ais multiplies them by
_LARGEST = 1 << 30  # bytes

_FIRST = string.ascii_letters.swapcase()  # A–Z a–z
_OTHER = _FIRST + string.digits


def read_star(path: str | Path, tomogram: str | None = None) -> Picks:
    """Open the particles of one tomogram.

    Parameters
    ----------
    path : path
        STAR file, or text with columns x, y and z.
    tomogram : str, optional
        Name of the tomogram, where the file has particles of several.

    Raises
    ------
    FileFormatError
        There are no coordinates in it, or it has particles of several tomograms and none was named.
    """
    found = read_star_all(path)
    if tomogram is None and len(found) == 1:
        return found[0]
    for picks in found:
        if picks.tomogram_name == tomogram:
            return picks
    names = ", ".join(p.tomogram_name or "(unnamed)" for p in found[:10])
    if tomogram is None:
        raise FileFormatError(f"{path} has particles of {len(found)} tomograms ({names}); name one of them")
    raise FileFormatError(f"{path} has no particles of {tomogram!r}; there are {names}")


def read_star_all(path: str | Path) -> list[Picks]:
    """Open the particles of all tomograms, one `Picks` for each."""
    path = Path(path)
    if path.stat().st_size > _LARGEST:
        raise FileFormatError(f"{path} has {path.stat().st_size} bytes, which no list of particles has")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(f"{path}: expected text, found bytes that are none ({error.reason})") from error
    if not re.search(r"^data_", text, re.MULTILINE):
        return [Picks(_plain_columns(text, path), _name_from_file(path))]
    blocks = parse_star(text, str(path))
    table = next((t for t in blocks.values() if _positions(t) is not None), None)
    if table is None:
        raise FileFormatError(f"{path}: no block has the columns {', '.join(COORDINATES)}")
    return _split(table, path)


def write_star(picks: Picks | Sequence[Picks], path: str | Path, volume_name: str | None = None) -> None:
    """Write particles as one STAR table.

    Parameters
    ----------
    picks : Picks or list of Picks
    path : path
    volume_name : str, optional
        File name of the segmentation they come from; then every particle gets the identifier that Ais would give it.
    """
    columns: dict[str, list[object]] = {}
    tables = [_columns(p, volume_name) for p in ([picks] if isinstance(picks, Picks) else picks)]
    for name in dict.fromkeys(key for table in tables for key in table):
        columns[name] = [v for t in tables for v in t.get(name, [""] * len(t[COORDINATES[0]]))]
    write_text(path, format_star("particles", columns))


def write_box_coordinates(
    path: str | Path, annotated: Iterable[AnnotatedTomogram], titles: Sequence[str], with_feature: bool = False
) -> None:
    """Write the centres of the boxes of some features, in the columns of ``ais extract --coordinates``."""
    rows: list[tuple[object, ...]] = [
        (*box, f"{tomogram.name.split(SEPARATOR)[0]}.mrc", feature.title)
        for title in titles
        for tomogram in annotated
        for feature in tomogram.features
        if feature.title == title
        for box in feature.boxes
    ]
    names = [*COORDINATES[::-1], MICROGRAPH] + ([FEATURE] if with_feature else [])
    write_text(path, format_star("particles", {name: [row[i] for row in rows] for i, name in enumerate(names)}))


def particle_id(volume_name: str, z: float, y: float, x: float, angles: Sequence[float] | None = None) -> str:
    """Ten characters that name a particle, as Ais makes them from the file name, the place and the angles."""
    turned = [f"{a:.4f}" for a in angles] if angles is not None else ["", "", ""]
    text = "|".join([volume_name, f"{x:.4f}", f"{y:.4f}", f"{z:.4f}", *turned])
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    left, name = int.from_bytes(digest, "big"), _FIRST[digest[0] % len(_FIRST)]
    for _ in range(9):
        left, place = divmod(left, len(_OTHER))
        name += _OTHER[place]
    return name


def _columns(picks: Picks, volume_name: str | None) -> dict[str, list[object]]:
    z, y, x = picks.positions.T
    columns: dict[str, list[object]] = dict(zip(COORDINATES, (list(x), list(y), list(z)), strict=True))
    columns[MICROGRAPH] = [f"{picks.tomogram_name}.mrc"] * len(picks)
    if PARTICLE_SIZE in picks.columns:
        columns[PARTICLE_SIZE] = list(picks.columns[PARTICLE_SIZE])
    if picks.angles is not None:
        columns.update(zip(ANGLES, (list(column) for column in np.asarray(picks.angles).T), strict=True))
    columns.update({name: list(values) for name, values in picks.columns.items()})
    if volume_name and PARTICLE_ID not in columns:
        angles: Sequence[Sequence[float] | None] = [None] * len(picks) if picks.angles is None else list(picks.angles)
        columns[PARTICLE_ID] = [particle_id(volume_name, p[0], p[1], p[2], a) for p, a in zip(picks.positions, angles)]
    if picks.feature:
        columns[FEATURE] = [picks.feature] * len(picks)
    if picks.voxel_size > 0:
        columns[PIXEL_SIZE] = [picks.voxel_size] * len(picks)
    return columns


def _positions(table: Table) -> np.ndarray | None:
    """(z, y, x) in voxels, or None where the table has no coordinates."""
    for names, scale in ((COORDINATES, 1.0), (_WARP, _WARP_SCALE)):
        if all(name in table for name in names):
            columns = [numbers(table[name]) for name in names]
            if all(c is not None and np.isfinite(c).all() for c in columns):
                return np.stack(columns[::-1], axis=1) * scale  # type: ignore[arg-type]
    return None


def _split(table: Table, path: Path) -> list[Picks]:
    positions = _positions(table)
    assert positions is not None
    rows = len(positions)
    names = [_stem(name) for name in table.get(MICROGRAPH, [_name_from_file(path)] * rows)]
    used = {*COORDINATES, *_WARP, *ANGLES, MICROGRAPH, FEATURE, PIXEL_SIZE}
    others = {
        key: (found if (found := numbers(v)) is not None else np.array(v))
        for key, v in table.items()
        if key not in used
    }
    turned = [numbers(table[name]) for name in ANGLES] if all(name in table for name in ANGLES) else None
    angles = np.stack(turned, axis=1) if turned and all(a is not None for a in turned) else None  # type: ignore[arg-type]
    result = []
    for name in dict.fromkeys(names) or [_name_from_file(path)]:
        chosen = np.array([n == name for n in names], bool)
        features = set(np.array(table.get(FEATURE, [""] * rows))[chosen].tolist())
        sizes = numbers(np.array(table.get(PIXEL_SIZE, ["0"] * rows))[chosen].tolist())
        size = float(sizes[0]) if sizes is not None and sizes.size and np.isfinite(sizes[0]) else 0.0
        columns = {key: values[chosen] for key, values in others.items()}
        if len(features) > 1:
            columns[FEATURE] = np.array(table[FEATURE])[chosen]
        feature = features.pop() if len(features) == 1 else ""
        result.append(
            Picks(positions[chosen], name, size, feature, None if angles is None else angles[chosen], columns)
        )
    return result


def _plain_columns(text: str, path: Path) -> np.ndarray:
    """(z, y, x) from lines of x, y, z as they are written by old versions and by the export of boxes."""
    rows = [re.split(r"[\s,;]+", line.strip()) for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    values = numbers([value for row in rows for value in row[:3]])
    if not rows or any(len(row) != 3 for row in rows) or values is None or not np.isfinite(values).all():
        raise FileFormatError(f"{path}: expected a STAR file, or lines of three numbers x, y and z")
    return values.reshape(-1, 3)[:, ::-1]


def _stem(name: str) -> str:
    """Name of the tomogram; Ais writes it with ``.mrc``, without, and sometimes with two of them."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"(\.mrc)+$", "", last)


def _name_from_file(path: Path) -> str:
    return re.sub(r"_(coords|particles|coordinates)$", "", path.name.rsplit(".", 1)[0]).split(SEPARATOR)[0]
