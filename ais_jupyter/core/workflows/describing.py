"""What is in a file, in words and numbers for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ais_jupyter.core import files
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.files import kinds
from ais_jupyter.core.files.scns import read_scns


def describe(path: Path, search: Sequence[str | Path] = ()) -> dict[str, Any]:
    """Return what a file holds as plain values, without loading more of it than needed.

    Parameters
    ----------
    path : Path
        Of any supported kind.
    search : list of paths
        Folders to search for the tomograms of annotations.

    Raises
    ------
    AisError
        It is of no known kind, or is damaged.
    """
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
        "margin (pixels)": boxes.margin,
        "pixel size (Å)": boxes.voxel_size if boxes.voxel_size > 0 else "unknown",
        "values": "normalised by the tomogram" if boxes.normalization else "raw",
        "labels": "per slice" if boxes.labels.ndim == 4 else "of the middle slice",
        "features": boxes.features,
        "flavours": sorted(boxes.flavours),
    }


def _model(model: Any) -> dict[str, Any]:
    facts = {key: value for key, value in asdict(model.info).items() if key not in ("extra", "color")}
    facts.update(_structure(model.network))
    facts["optimizer state"] = bool(model.optimizer)
    return facts


def _structure(network: Network | Forest | None) -> dict[str, Any]:
    if isinstance(network, Forest):
        trees, levels = network.responses.shape
        return {"trees": trees, "questions per tree": levels, "filters (px)": list(network.bank.sigmas)}
    return {"layers": len(network.layers) if network else "those of a custom object"}


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
