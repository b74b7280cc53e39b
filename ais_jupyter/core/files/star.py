"""Particles as RELION 3 to 5, Warp and Ais keep them (``.star``), and as columns of x, y, z.

The names of columns are those of RELION's documentation and of Warp; `star_text` reads the tables.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.names import SEPARATOR, volume_stem
from ais_jupyter.core.data.picks import Picks, PicksByTomogram
from ais_jupyter.core.files.safe_write import write_text
from ais_jupyter.core.files.star_text import Table, format_star, numbers, parse_star
from ais_jupyter.core.files.text import read_text

COORDINATES = ("rlnCoordinateX", "rlnCoordinateY", "rlnCoordinateZ")
ANGLES = ("rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi")
CENTRED = ("rlnCenteredCoordinateXAngst", "rlnCenteredCoordinateYAngst", "rlnCenteredCoordinateZAngst")
TOMOGRAM = "rlnTomoName"
#: Columns that hold Å per pixel, in the table of particles or in that of the optics groups.
_PIXEL_SIZES = ("rlnPixelSize", "rlnTomoTiltSeriesPixelSize", "rlnMicrographPixelSize")
_OPTICS_GROUP = "rlnOpticsGroup"
MICROGRAPH, FEATURE, PIXEL_SIZE, PARTICLE_ID = "rlnMicrographName", "aisFeature", "rlnPixelSize", "aisParticleID"
PARTICLE_SIZE = "aisParticleSize"
_WARP = ("wrpCoordinateX1", "wrpCoordinateY1", "wrpCoordinateZ1")
_WARP_SCALE = 0.1  # what Ais multiplies them by
_LARGEST = 1 << 30  # bytes
_FARTHEST = 1e7  # voxels or Å: larger than any tomogram

_FIRST = string.ascii_letters.swapcase()  # A–Z a–z
_OTHER = _FIRST + string.digits


def open_star(path: str | Path) -> Picks | PicksByTomogram:
    """Open the particles of a file: of one tomogram, or of several by their names.

    Raises
    ------
    FileFormatError
        There are no coordinates in it.
    """
    found = read_star_all(path)
    return found[0] if len(found) == 1 else PicksByTomogram((picks.tomogram_name, picks) for picks in found)


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
    raise FileFormatError(f"{path} has no particles of {tomogram!r}; it has those of {names}")


def read_star_all(path: str | Path) -> list[Picks]:
    """Open the particles of all tomograms, one `Picks` for each."""
    path = Path(path)
    if path.stat().st_size > _LARGEST:
        raise FileFormatError(f"{path} has {path.stat().st_size} bytes, which no list of particles has")
    text = read_text(path)
    if not re.search(r"^data_", text, re.MULTILINE):
        return _split({}, _plain_columns(text, path), False, path, {})
    blocks = parse_star(text, str(path))
    for name, table in blocks.items():
        found, centred = _positions(table, f"{path}, block data_{name}")
        if found is not None:
            optics = next((t for t in blocks.values() if t is not table and _OPTICS_GROUP in t), {})
            return _split(table, found, centred, path, optics)
    raise FileFormatError(f"{path}: no block has the columns {', '.join(COORDINATES)} or {', '.join(CENTRED)}")


def says_whose(path: str | Path) -> bool:
    """Whether a file itself names the tomograms of its particles, instead of being named after one."""
    text = read_text(Path(path))
    return re.search(rf"^_({TOMOGRAM}|{MICROGRAPH})\b", text, re.MULTILINE) is not None


def write_star(
    picks: Picks | Sequence[Picks], path: str | Path, volume_name: str | None = None, notes: Sequence[str] = ()
) -> None:
    """Write particles as one STAR table.

    Parameters
    ----------
    picks : Picks or list of Picks
    path : path
    volume_name : str, optional
        File name of the segmentation they come from; then every particle gets the identifier that Ais would give it.
    notes : list of str
        Comments at the top of the file, one line each; see `star_notes`.
    """
    columns: dict[str, list[object]] = {}
    tables = [_columns(p, volume_name) for p in ([picks] if isinstance(picks, Picks) else picks)]
    for name in dict.fromkeys(key for table in tables for key in table):
        columns[name] = [v for t in tables for v in t.get(name, [""] * len(next(iter(t.values()))))]
    head = "".join(f"# {' '.join(note.split())}\n" for note in notes)
    write_text(path, head + format_star("particles", columns))


def star_notes(path: str | Path) -> list[str]:
    """Comments at the top of a STAR file."""
    notes = []
    for line in read_text(Path(path)).splitlines():
        if line.strip() and not line.startswith("#"):
            break
        notes += [line[1:].strip()] if line.strip() else []
    return notes


def write_box_coordinates(
    path: str | Path, annotated: Iterable[AnnotatedTomogram], titles: Sequence[str], with_feature: bool = False
) -> None:
    """Write the centres of the boxes of some features, in the columns of ``ais extract --coordinates``."""
    rows: list[tuple[object, ...]] = [
        (*box, f"{tomogram.name}.mrc", feature.title)
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
    names = CENTRED if picks.centred else COORDINATES
    columns: dict[str, list[object]] = dict(zip(names, (list(x), list(y), list(z)), strict=True))
    if not _names_tomogram(picks):
        columns[MICROGRAPH] = [f"{picks.tomogram_name}.mrc"] * len(picks)
    if PARTICLE_SIZE in picks.columns:
        columns[PARTICLE_SIZE] = list(picks.columns[PARTICLE_SIZE])
    if picks.angles is not None:
        columns.update(zip(ANGLES, (list(column) for column in np.asarray(picks.angles).T), strict=True))
    stale = () if _names_tomogram(picks) else (MICROGRAPH, TOMOGRAM)
    columns.update({name: list(values) for name, values in picks.columns.items() if name not in stale})
    if volume_name and PARTICLE_ID not in columns:
        angles: Sequence[Sequence[float] | None] = [None] * len(picks) if picks.angles is None else list(picks.angles)
        columns[PARTICLE_ID] = [particle_id(volume_name, p[0], p[1], p[2], a) for p, a in zip(picks.positions, angles)]
    if picks.feature:
        columns[FEATURE] = [picks.feature] * len(picks)
    if picks.voxel_size > 0:
        columns[PIXEL_SIZE] = [picks.voxel_size] * len(picks)
    return columns


def _names_tomogram(picks: Picks) -> bool:
    """Whether a column of the file that was read still names the tomogram."""
    for column in (TOMOGRAM, MICROGRAPH):
        if column in picks.columns and len(picks):
            return all(_stem(str(name)) == picks.tomogram_name for name in set(picks.columns[column].tolist()))
    return False


def _positions(table: Table, place: str) -> tuple[np.ndarray | None, bool]:
    """(z, y, x) in voxels, or in Å from the middle (True); None where the table has no coordinates.

    Raises
    ------
    FileFormatError
        A coordinate is not a number, or larger than any tomogram.
    """
    for names, scale, centred in ((COORDINATES, 1.0, False), (CENTRED, 1.0, True), (_WARP, _WARP_SCALE, False)):
        if not all(name in table for name in names):
            continue
        columns = [numbers(table[name]) for name in names]
        for name, column in zip(names, columns):
            if column is None or not np.isfinite(column).all() or (np.abs(column) > _FARTHEST).any():
                row = next(i for i, text in enumerate(table[name]) if not _is_coordinate(text))
                raise FileFormatError(f"{place}, row {row + 1}: {name} is {table[name][row][:40]!r}, not a coordinate")
        return np.stack(columns[::-1], axis=1) * scale, centred  # type: ignore[arg-type]
    return None, False


def _is_coordinate(text: str) -> bool:
    try:
        return abs(float(text)) <= _FARTHEST  # NaN is not
    except ValueError:
        return False


def _split(table: Table, positions: np.ndarray, centred: bool, path: Path, optics: Table) -> list[Picks]:
    """One `Picks` for each tomogram, in the order in which they appear."""
    rows = len(positions)
    name_column = next((name for name in (TOMOGRAM, MICROGRAPH) if name in table), None)
    names = np.array(table[name_column] if name_column else [""] * rows, object)
    stems = {name: _stem(name) if name_column else _name_from_file(path) for name in dict.fromkeys(names.tolist())}
    tomograms = list(dict.fromkeys(stems.values())) or [_name_from_file(path)]
    number = {stem: i for i, stem in enumerate(tomograms)}
    groups = np.array([number[stems[name]] for name in names.tolist()], int)
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.searchsorted(groups[order], np.arange(1, len(tomograms))))
    sizes = _pixel_sizes(table, optics, rows)
    used = {*COORDINATES, *CENTRED, *_WARP, *ANGLES, FEATURE, PIXEL_SIZE}
    others = {key: _column(values, key) for key, values in table.items() if key not in used}
    turned = [numbers(table[name]) for name in ANGLES] if all(name in table for name in ANGLES) else None
    angles = np.stack(turned, axis=1) if turned and all(a is not None for a in turned) else None  # type: ignore[arg-type]
    features = np.array(table.get(FEATURE, [""] * rows))
    result = []
    for name, chosen in zip(tomograms, members):
        columns = {key: values[chosen] for key, values in others.items()}
        titles = set(features[chosen].tolist())
        if len(titles) > 1:
            columns[FEATURE] = features[chosen]
        feature = titles.pop() if len(titles) == 1 else ""
        size = float(sizes[chosen[0]]) if len(chosen) else 0.0
        turns = None if angles is None else angles[chosen]
        columns = {key: column for key, column in columns.items() if not _is_ours(key, column, name)}
        result.append(Picks(positions[chosen], name, size, feature, turns, columns, centred))
    return result


def _column(values: Sequence[str], name: str) -> np.ndarray:
    found = None if name in (TOMOGRAM, MICROGRAPH) else numbers(values)
    return np.array(values) if found is None else found


def _is_ours(key: str, column: np.ndarray, tomogram: str) -> bool:
    """Whether a column says no more than `Picks.tomogram_name` and is written anew from that."""
    ours = re.compile(re.escape(tomogram) + r"(\.mrc)*")
    return key == MICROGRAPH and all(ours.fullmatch(name) for name in set(column.tolist()))


def _pixel_sizes(table: Table, optics: Table, rows: int) -> np.ndarray:
    """Å per pixel of every particle, from its row or from its optics group; 0 where that is not said."""
    for name in _PIXEL_SIZES:
        if name in table and (found := numbers(table[name])) is not None:
            return np.where(np.isfinite(found) & (found > 0), found, 0.0)
    for name in _PIXEL_SIZES[1:]:
        if name in optics and _OPTICS_GROUP in optics and (found := numbers(optics[name])) is not None:
            by_group = dict(zip(optics[_OPTICS_GROUP], found.tolist()))
            if len(by_group) == 1 and _OPTICS_GROUP not in table:
                return np.full(rows, next(iter(by_group.values())))
            return np.array([by_group.get(group, 0.0) for group in table.get(_OPTICS_GROUP, [""] * rows)], float)
    return np.zeros(rows)


def _plain_columns(text: str, path: Path) -> np.ndarray:
    """(z, y, x) from lines of x, y and z; a first line of names and lines that begin with # are passed over."""
    rows: list[np.ndarray] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = _coordinates(line)
        if not words or words[0].startswith("#"):
            continue
        values = numbers(words)
        if values is None and not rows and all(re.fullmatch(r"[\"']?[A-Za-z_][\w.]*[\"']?", word) for word in words):
            continue
        if values is None or len(words) != 3 or not (np.abs(values) <= _FARTHEST).all():
            raise FileFormatError(
                f"{path}, line {number}: expected a STAR file, or lines of three numbers x, y and z, "
                f"found {line.strip()[:40]!r}"
            )
        rows.append(values)
    if not rows:
        raise FileFormatError(f"{path}: expected a STAR file, or lines of three numbers x, y and z, found none")
    return np.array(rows)[:, ::-1]


def _coordinates(line: str) -> list[str]:
    """Words of a line, between spaces, semicolons or commas; beside spaces or semicolons a comma is a decimal point."""
    words = [word.removesuffix(",") for word in re.split(r"[\s;]+", line.strip()) if word.strip(",")]
    if len(words) == 1:
        return words[0].split(",")
    return [re.sub(r"^(-?\d+),(\d+)$", r"\1.\2", word) for word in words]


def _stem(name: str) -> str:
    """Name of the tomogram without folder and extension; Ais sometimes writes ``.mrc`` twice."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"(\.mrc)+$", "", last) if last.endswith(".mrc") else volume_stem(last)


def _name_from_file(path: Path) -> str:
    """Name of the tomogram that a list without names belongs to, as Ais names such lists."""
    stem = re.sub(r"_(coords|particles|coordinates)$", "", path.name.rsplit(".", 1)[0])
    return stem.rsplit(SEPARATOR, 1)[0]
