"""``ais-jupyter info``: what is in a file, without loading more of it than needed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command

EXAMPLES = """  ais-jupyter info tomogram.mrc annotations.scns model.scnm
  ais-jupyter info *.scns -d /data/tomograms
  ais-jupyter info --json set.scnt"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    summary = "Say what files hold: tomograms, annotations, training sets, models, groups, particles."
    parser = add_command(commands, "info", run, summary, EXAMPLES)
    parser.add_argument("files", nargs="+", metavar="FILE", help="one or more files of any supported kind")
    parser.add_argument(
        "-d",
        "--search",
        nargs="+",
        default=[],
        metavar="DIR",
        help="folders to search for the tomograms of annotations",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object per file")


def run(options: argparse.Namespace) -> int:
    """Print a description of every file; 1 when one of them cannot be read."""
    from ais_jupyter.core.data.errors import AisError

    failed = False
    for place, name in enumerate(options.files):
        try:
            facts = describe(Path(name).expanduser(), options.search)
        except AisError as error:
            failed = True
            facts = {"file": name, "error": str(error)}
        if options.json:
            print(json.dumps(facts))
        else:
            print(("\n" if place else "") + _as_text(facts))
    return 1 if failed else 0


def describe(path: Path, search: list[str]) -> dict[str, Any]:
    """Return what a file holds as plain values.

    Raises
    ------
    AisError
        It is of no known kind, or is damaged.
    """
    from ais_jupyter.core import files
    from ais_jupyter.core.files import kinds
    from ais_jupyter.core.files.scns import read_scns

    kind = kinds.identify(path)
    found = read_scns(path, search) if kind == "scns" else files.open(path)
    return {"file": str(path), "kind": kinds.DESCRIPTION[kind], **_FACTS[type(found).__name__](found)}


def _tomogram(tomogram: Any) -> dict[str, Any]:
    return {
        "voxels (z, y, x)": list(tomogram.shape),
        "type": str(tomogram.dtype),
        **({"bytes": str(reading)} if (reading := getattr(tomogram.data, "bytes", None)) else {}),
        "voxel size (Å)": _rounded(tomogram.voxel_size) if tomogram.pixel_size else "unknown",
        "origin (Å)": _rounded(tomogram.origin),
    }


def _annotations(annotated: Any) -> dict[str, Any]:
    facts = {"tomogram": str(annotated.tomogram.path or "inside the file"), **_tomogram(annotated.tomogram)}
    if not annotated.tomogram.available:
        facts["tomogram"] = f"{annotated.tomogram.path} (missing; tried {len(annotated.tried)} names, see -d)"
    facts["features"] = {
        f.title: f"{len(f.annotated_slices)} slices, {len(f.boxes)} boxes of {f.box_size} px"
        for f in annotated.features
    }
    return facts


def _training_set(boxes: Any) -> dict[str, Any]:
    return {
        "boxes": len(boxes),
        "with the feature": int(boxes.positive.sum()),
        "box (y, x, slices)": [boxes.box_size, boxes.box_size, boxes.depth],
        "extra slices for jitter": boxes.z_jitter,
        "pixel size (Å)": boxes.voxel_size if boxes.voxel_size > 0 else "unknown",
        "values": "normalised by the tomogram" if boxes.normalization else "raw",
        "labels": "per slice" if boxes.labels.ndim == 4 else "of the middle slice",
        "features": boxes.features,
        "flavours": sorted(boxes.flavours),
    }


def _model(model: Any) -> dict[str, Any]:
    facts = {key: value for key, value in asdict(model.info).items() if key not in ("extra", "color")}
    facts["layers"] = len(model.network.layers) if model.network else "those of a custom object"
    facts["optimizer state"] = bool(model.optimizer)
    return facts


def _group(group: Any) -> dict[str, Any]:
    return {
        "models": {m.info.title: f"{m.info.architecture}, {m.info.n_parameters} weights" for m in group.models},
        "interactions": [
            f"{a.parent}: {a.kind} {a.partner} within {a.radius:g} Å above {a.threshold:g}" for a in group.interactions
        ],
    }


def _picks(picks: Any) -> dict[str, Any]:
    return {
        "particles": len(picks),
        "tomogram": picks.tomogram_name,
        "feature": picks.feature,
        "positions": "Å from the middle of the tomogram" if picks.centred else "voxels",
        "angles": picks.angles is not None,
        "further columns": list(picks.columns),
    }


def _picks_of_several(picks: Any) -> dict[str, Any]:
    return {"tomograms": {name: f"{len(one)} particles" for name, one in picks.items()}}


def _library(library: Any) -> dict[str, Any]:
    return {"active": library.active, "libraries": {k: [f.title for f in v] for k, v in library.libraries.items()}}


_FACTS = {
    "Tomogram": _tomogram,
    "AnnotatedTomogram": _annotations,
    "TrainingSet": _training_set,
    "StoredModel": _model,
    "StoredGroup": _group,
    "Picks": _picks,
    "PicksByTomogram": _picks_of_several,
    "FeatureLibrary": _library,
}


def _rounded(values: Any) -> list[float]:
    return [round(float(v), 4) for v in values]


def _as_text(facts: dict[str, Any]) -> str:
    lines = [str(facts.pop("file"))]
    for key, value in facts.items():
        if isinstance(value, dict):
            lines.append(f"  {key}:")
            lines += [f"    {name}: {about}" for name, about in value.items()] or ["    none"]
        elif isinstance(value, list):
            lines.append(f"  {key}: {', '.join(map(str, value)) or 'none'}")
        else:
            lines.append(f"  {key}: {value}")
    return "\n".join(lines)
