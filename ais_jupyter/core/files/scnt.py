"""Training sets (``.scnt``) in the current tar form, and the choice between the two forms."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.training_set import GLOBAL_MAD, TrainingSet
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.json_text import number, parse_json, whole_number
from ais_jupyter.core.files.mrc import mrc_from_bytes, mrc_to_bytes
from ais_jupyter.core.files.safe_tar import TEXT_LIMIT, SafeTar, add_member
from ais_jupyter.core.files.safe_write import replacing
from ais_jupyter.core.files.scnt_tiff import clean_labels, read_scnt_tiff

FORMAT_VERSION = 1
MAIN = "x_main"
_MEMBER = re.compile(r"(x_[^/]+|y)/([^/]+)\.mrc")


def read_scnt(path: str | Path) -> TrainingSet:
    """Open a training set of either form, told apart by content.

    Raises
    ------
    FileFormatError
        It is not a training set (the message says what it is), or is damaged.
    """
    path = Path(path)
    kind = kinds.identify(path)
    if kind == "scnt_tar":
        return read_scnt_tar(path)
    if kind == "scnt_tiff" or (kind == "tiff" and path.suffix.lower() == ".scnt"):
        return read_scnt_tiff(path)
    raise FileFormatError(
        f"{path} is {kinds.DESCRIPTION[kind]}, not a training set (.scnt); give a training set instead"
    )


def read_scnt_tar(path: Path) -> TrainingSet:
    """Read the tar form. Boxes come in the order of ``sources.json``, then in that of the archive."""
    with SafeTar(path) as archive:
        metadata = _json_member(archive, "metadata.json")
        sources = _json_member(archive, "sources.json")
        members: dict[str, dict[str, str]] = {}
        for name in archive.names:
            match = _MEMBER.fullmatch(name)
            if match:
                members.setdefault(match[1], {})[match[2]] = name
        labels, flavours = members.pop("y", {}), members
        if not labels or not flavours:
            missing = "labels (y/*.mrc)" if not labels else "images (x_*/*.mrc)"
            raise FileFormatError(f"{path}: this training set has no {missing}")
        main = _main_flavour(metadata, flavours)
        both = [k for k in labels if k in flavours[main]]
        keys = [k for k in sources if k in both] + [k for k in both if k not in sources]
        if not keys:
            raise FileFormatError(f"{path}: no box of this training set has both an image and a label")
        images, voxel_size = _stack(archive, [flavours[main][k] for k in keys])
        targets, _ = _stack(archive, [labels[k] for k in keys])
        place = {key: i for i, key in enumerate(keys)}
        others = {}
        for name, found in flavours.items():
            known = [k for k in found if k in place]
            if name != main and known:
                known.sort(key=place.__getitem__)
                extra, _ = _stack(archive, [found[k] for k in known], images.shape[1:])
                others[name.removeprefix("x_")] = (np.array([place[k] for k in known]), _pixels_last(extra))
    return _assembled(path, metadata, sources, keys, images, targets, others, voxel_size)


def write_scnt(training_set: TrainingSet, path: str | Path) -> None:
    """Write the tar form with everything that Ais's trainer reads."""
    keys = _keys(training_set)
    voxel_size = max(0.0, float(training_set.voxel_size))
    metadata = {
        "format_version": FORMAT_VERSION,
        "apix": float(training_set.voxel_size),
        "box_size": training_set.stored_size,
        "box_depth": training_set.depth,
        "z_jitter": training_set.z_jitter,
        "margin": training_set.margin,
        "features": list(training_set.features),
        "n_samples": len(training_set),
        "input_flavours": sorted([MAIN, *(f"x_{name}" for name in training_set.flavours)]),
        "annotated_flavour": MAIN,
        "normalization": training_set.normalization,
    }
    with replacing(path) as part, tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        if training_set.sources:
            sources = dict(zip(keys, training_set.sources, strict=True))
            add_member(archive, "sources.json", json.dumps(sources, indent=2).encode())
        add_member(archive, "metadata.json", json.dumps(metadata, indent=2).encode())
        for key, image, label in zip(keys, training_set.images, training_set.labels, strict=True):
            add_member(archive, f"{MAIN}/{key}.mrc", mrc_to_bytes(_slices_first(image), voxel_size))
            add_member(archive, f"y/{key}.mrc", mrc_to_bytes(_slices_first(label), voxel_size))
        for name, (indices, images) in training_set.flavours.items():
            if not re.fullmatch(r"[^/\0]+", name) or name == "main":
                raise InputError(f"a flavour of a training set cannot be called {name!r}")
            for index, image in zip(indices, images, strict=True):
                add_member(archive, f"x_{name}/{keys[int(index)]}.mrc", mrc_to_bytes(_slices_first(image), voxel_size))


def box_key(tomogram: str, feature: str, z: int, y: int, x: int) -> str:
    """Name of a box in the archive, as Ais makes it."""
    return hashlib.md5(f"{tomogram}_{feature}_{z}_{y}_{x}".encode(), usedforsecurity=False).hexdigest()[:16]


def _keys(training_set: TrainingSet) -> list[str]:
    keys: list[str] = []
    seen: set[str] = set()
    for number_, image in enumerate(training_set.images):
        source = training_set.sources[number_] if training_set.sources else {}
        try:
            place = [int(source[f"aisBoxCoordinate{axis}"]) for axis in "ZYX"]
            text = "_".join(map(str, [source["aisTomogramName"], source["aisFeatureName"], *place]))
            key = box_key(source["aisTomogramName"], source["aisFeatureName"], place[0], place[1], place[2])
        except (KeyError, TypeError, ValueError):
            text = hashlib.md5(image.tobytes(), usedforsecurity=False).hexdigest()
            key = text[:16]
        copy = 1
        while key in seen:  # Ais would keep only one of two boxes at the same place
            copy += 1
            key = hashlib.md5(f"{text}#{copy}".encode(), usedforsecurity=False).hexdigest()[:16]
        seen.add(key)
        keys.append(key)
    return keys


def _json_member(archive: SafeTar, name: str) -> dict[str, Any]:
    if name not in archive.names:
        return {}
    return parse_json(archive.read(name, TEXT_LIMIT), dict, f"{archive.what}/{name}")


def _main_flavour(metadata: dict[str, Any], flavours: dict[str, dict[str, str]]) -> str:
    wanted = metadata.get("annotated_flavour")
    if isinstance(wanted, str) and wanted in flavours:
        return wanted
    return MAIN if MAIN in flavours else sorted(flavours)[0]


def _stack(archive: SafeTar, names: list[str], shape: tuple[int, ...] | None = None) -> tuple[np.ndarray, float]:
    """Read volumes of equal shape into one array (n, …); all must have `shape` where it is given."""
    arrays = []
    voxel_size = 0.0
    for name in names:
        array, size = mrc_from_bytes(archive.read(name), f"{archive.what}/{name}")
        shape = shape or array.shape
        if array.shape != shape:
            raise FileFormatError(f"{archive.what}/{name}: a box of {array.shape} among boxes of {shape}")
        voxel_size = voxel_size or size
        arrays.append(array.astype(np.float32))
    return np.stack(arrays), voxel_size


def _assembled(
    path: Path,
    metadata: dict[str, Any],
    sources: dict[str, Any],
    keys: list[str],
    images: np.ndarray,
    targets: np.ndarray,
    flavours: dict[str, tuple[np.ndarray, np.ndarray]],
    voxel_size: float,
) -> TrainingSet:
    stored, rows, columns = images.shape[1:]
    if rows != columns:
        raise FileFormatError(f"{path}: boxes must be square, found {rows}×{columns}")
    if targets.shape[1:] not in ((rows, columns), (1, rows, columns), images.shape[1:]):
        raise FileFormatError(
            f"{path}: labels of {targets.shape[1:]} do not fit images of {images.shape[1:]} (z, y, x)"
        )
    if targets.ndim == 4:
        targets = targets[:, 0] if targets.shape[1] == 1 else _pixels_last(targets)
    jitter = whole_number(metadata.get("z_jitter"), 0, f"{path}: z_jitter", 0, stored - 1)
    depth = whole_number(metadata.get("box_depth"), stored - jitter, f"{path}: box_depth", 1)
    if depth + jitter != stored:
        raise FileFormatError(
            f"{path}: {stored} slices are stored, but box_depth {depth} and z_jitter {jitter} are announced"
        )
    normalization = metadata.get("normalization")
    if normalization not in (None, GLOBAL_MAD):
        raise FileFormatError(f"{path}: unknown normalization {normalization!r}; expected {GLOBAL_MAD!r} or none")
    titles = metadata.get("features", [])
    found = [sources.get(key) for key in keys]
    return TrainingSet(
        _pixels_last(images),
        clean_labels(targets),
        number(metadata.get("apix"), voxel_size or -1.0, f"{path}: apix"),
        normalization,
        [str(t) for t in titles] if isinstance(titles, list) else [],
        jitter,
        [s if isinstance(s, dict) else {} for s in found] if any(isinstance(s, dict) for s in found) else [],
        flavours,
        whole_number(metadata.get("margin"), 0, f"{path}: margin", 0, (rows - 1) // 2),
    )


def _pixels_last(stack: np.ndarray) -> np.ndarray:
    """(n, z, y, x) as it is in files → (n, y, x, z)."""
    return np.ascontiguousarray(np.moveaxis(stack, 1, -1))


def _slices_first(box: np.ndarray) -> np.ndarray:
    """(y, x, z) → (z, y, x); a label (y, x) stays as it is."""
    return np.ascontiguousarray(np.moveaxis(box, -1, 0) if box.ndim == 3 else box).astype(np.float32)
