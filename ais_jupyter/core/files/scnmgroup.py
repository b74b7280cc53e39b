"""Groups of models and their interactions (``.scnmgroup``)."""

from __future__ import annotations

import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import FileFormatError
from ais_jupyter.core.data.model_info import Interaction, StoredGroup
from ais_jupyter.core.data.texts import valid_title
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.json_text import number, parse_json
from ais_jupyter.core.files.safe_tar import TEXT_LIMIT, SafeTar, add_member
from ais_jupyter.core.files.safe_write import replacing
from ais_jupyter.core.files.scnm import model_archive, read_model_archive, read_scnm

INTERACTIONS = "_interactions.json"
_KINDS = ("colocalize", "avoid")  # the place is the number in the file
_NM = 10.0  # Å


def read_scnmgroup(path: str | Path, allow_custom_layers: bool = False) -> StoredGroup:
    """Open a group, also of the first versions, which listed the names of files beside it.

    Raises
    ------
    FileFormatError
        It is not a group of models, or one of its models is damaged or missing.
    """
    path = Path(path)
    kind = kinds.identify(path)
    if kind == "group_json":
        return _read_list(path, allow_custom_layers)
    if kind != "group_tar":
        raise FileFormatError(f"{path} is {kinds.DESCRIPTION[kind]}, not a group of models (.scnmgroup)")
    with SafeTar(path) as archive:
        names = sorted((n for n in archive.names if not n.endswith(INTERACTIONS)), key=_natural)
        models = []
        for name in names:
            with SafeTar(archive.read(name), f"{path}/{name}") as member:
                models.append(read_model_archive(member, allow_custom_layers))
        found = next((n for n in archive.names if n.endswith(INTERACTIONS)), None)
        text = archive.read(found, TEXT_LIMIT) if found else b"[]"
    return StoredGroup(models, _interactions(text, f"{path}/{found}"))


def write_scnmgroup(group: StoredGroup, path: str | Path) -> None:
    """Write a group that Ais opens: nothing but models and one list of interactions."""
    path = Path(path)
    base = path.name.rsplit(".", 1)[0]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for place, model in enumerate(group.models):
            name = f"{base}_model_{place}"
            add_member(archive, f"{name}.scnm", model_archive(model, name))
        entries = [
            {
                "parent_title": action.parent,
                "partner_title": action.partner,
                "type": _KINDS.index(action.kind),
                "radius": action.radius / _NM,
                "threshold": action.threshold,
            }
            for action in group.interactions
        ]
        add_member(archive, base + INTERACTIONS, json.dumps(entries).encode())
    with replacing(path) as part:
        part.write_bytes(buffer.getvalue())


def _read_list(path: Path, allow_custom_layers: bool) -> StoredGroup:
    names = parse_json(path.read_bytes(), list, str(path))
    if not names or not all(isinstance(name, str) for name in names):
        raise FileFormatError(f"{path}: expected a list of file names")
    # Only the last part of each name counts: the files lie beside the group, wherever they were written.
    files = [path.parent / re.split(r"[/\\]", name)[-1] for name in names]
    missing = [file.name for file in files if "\0" in file.name or not file.is_file()]
    if missing:
        raise FileFormatError(f"{path}: the group lists {', '.join(missing)}, not found in {path.parent}")
    models = [read_scnm(file, allow_custom_layers) for file in files[1:]]
    return StoredGroup(models, _interactions(files[0].read_bytes(), str(files[0])))


def _interactions(text: bytes, what: str) -> list[Interaction]:
    found = []
    for entry in parse_json(text, list, what):
        if not isinstance(entry, dict) or not {"parent_title", "partner_title"} <= entry.keys():
            raise FileFormatError(
                f"{what}: an interaction needs parent_title and partner_title, found {str(entry)[:80]}"
            )
        found.append(
            Interaction(
                valid_title(str(entry["parent_title"])),
                valid_title(str(entry["partner_title"])),
                _kind(entry.get("type", 0), what),
                number(entry.get("radius"), 10.0, f"{what}: radius") * _NM,
                number(entry.get("threshold"), 0.5, f"{what}: threshold"),
            )
        )
    return found


def _kind(value: Any, what: str) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or value not in (0, 1):
        raise FileFormatError(f"{what}: type should be 0 (colocalize) or 1 (avoid), found {value!r}")
    return _KINDS[value]


def _natural(name: str) -> list[Any]:
    """Sort key by which model_10 comes after model_2."""
    return [int(part) if i % 2 else part for i, part in enumerate(re.split(r"([0-9]{1,18})", name))]
