"""``ais-jupyter convert``: from one format or version to another; the extension of the output says which."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.core.data.errors import InputError

EXAMPLES = """  ais-jupyter convert old.scns new.scns -d /data/tomograms    any age → Ais 1.2; relinks the tomogram
  ais-jupyter convert a.scns boxes.star -f Ribosome           box centres (also .txt)
  ais-jupyter convert a.scns membranes.mrc -f Membrane        masks as a volume of 0 and 255
  ais-jupyter convert new.scnt old.scnt --tiff                training set for Ais before 1.2
  ais-jupyter convert old.scnm new.scnm                       JSON and .h5 → one file
  ais-jupyter convert stack.tif tomogram.mrc"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    summary = "Convert volumes, annotations, training sets, models, groups, particles and feature libraries."
    parser = add_command(commands, "convert", run, summary, EXAMPLES)
    parser.add_argument("input", help="file of any supported kind and age")
    parser.add_argument("output", help="file to write; its extension says what")
    parser.add_argument("-f", "--feature", help="annotations → coordinates or volume: which feature")
    parser.add_argument(
        "-d", "--search", nargs="+", default=[], metavar="DIR", help="folders to search for the tomogram"
    )
    parser.add_argument("--tomogram", help="particles of several tomograms → text: of which one")
    parser.add_argument("--tiff", action="store_true", help="training set: the form that Ais wrote before 1.2")
    parser.add_argument(
        "-a", "--voxel-size", type=float, metavar="Å", help="volume: voxel size, where the input has none"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the output if it exists")


def run(options: argparse.Namespace) -> int:
    """Convert one file."""
    from ais_jupyter.core import files
    from ais_jupyter.core.files import kinds
    from ais_jupyter.core.files.scns import read_scns

    source, target = Path(options.input).expanduser(), Path(options.output).expanduser()
    if target.exists() and not options.overwrite:
        raise InputError(f"{target} exists; add --overwrite to replace it")
    kind = kinds.identify(source)
    found = read_scns(source, options.search) if kind == "scns" else files.open(source)
    ways = _WAYS[type(found).__name__]
    extension = "".join(target.suffixes[-1:]).lower()
    if extension not in ways:
        raise InputError(
            f"{source} is {kinds.DESCRIPTION[kind]}, which converts to {', '.join(ways)}, not to {extension}"
        )
    ways[extension](found, target, options)
    print(f"{source} ({kinds.DESCRIPTION[kind]}) → {target}")
    return 0


def _save(found: Any, target: Path, _: argparse.Namespace) -> None:
    found.save(target, overwrite=True)


def _volume(tomogram: Any, target: Path, options: argparse.Namespace) -> None:
    from ais_jupyter.core.files.mrc import save_tomogram

    save_tomogram(tomogram, target, options.voxel_size)


def _annotations(annotated: Any, target: Path, _: argparse.Namespace) -> None:
    annotated.save(target, overwrite=True)
    if not annotated.tomogram.available:
        print(f"note: the tomogram {annotated.tomogram.path} was not found; add its folder with -d to relink it")


def _boxes_text(annotated: Any, target: Path, options: argparse.Namespace) -> None:
    from ais_jupyter.core.files.annotation_exchange import export_coordinates

    export_coordinates(_feature(annotated, options), target)


def _boxes_star(annotated: Any, target: Path, options: argparse.Namespace) -> None:
    from ais_jupyter.core.files.star import write_box_coordinates

    titles = [_feature(annotated, options).title] if options.feature else [f.title for f in annotated.features]
    write_box_coordinates(target, [annotated], titles, with_feature=True)


def _masks(annotated: Any, target: Path, options: argparse.Namespace) -> None:
    from ais_jupyter.core.files.annotation_exchange import export_volume

    export_volume(annotated.tomogram, _feature(annotated, options), target)


def _feature(annotated: Any, options: argparse.Namespace) -> Any:
    titles = [f.title for f in annotated.features]
    if options.feature is None and len(titles) == 1:
        return annotated.features[0]
    if options.feature not in titles:
        raise InputError(f"choose a feature with -f; there are {', '.join(map(repr, titles)) or 'none'}")
    return annotated.feature(options.feature)


def _training_set(boxes: Any, target: Path, options: argparse.Namespace) -> None:
    from ais_jupyter.core.files.scnt import write_scnt
    from ais_jupyter.core.files.scnt_tiff import write_scnt_tiff

    (write_scnt_tiff if options.tiff else write_scnt)(boxes, target)


def _stored(model: Any, target: Path, _: argparse.Namespace) -> None:
    from ais_jupyter.core.data import storage

    storage.save(model, target, overwrite=True)


def _one_of_several(picks: Any, target: Path, options: argparse.Namespace) -> None:
    if options.tomogram not in picks:
        raise InputError(f"choose a tomogram with --tomogram; there are {', '.join(map(repr, picks))}")
    _picks_text(picks[options.tomogram], target, options)


def _picks_text(picks: Any, target: Path, _: argparse.Namespace) -> None:
    import numpy as np

    from ais_jupyter.core.files.safe_write import write_text

    if picks.centred:
        raise InputError("these positions count from the middle of the tomogram, in Å; they convert to .star only")
    places = np.rint(picks.positions).astype(int)
    write_text(target, "".join(f"{x}\t{y}\t{z}\n" for z, y, x in places))


_Way = Callable[[Any, Path, argparse.Namespace], None]
_WAYS: dict[str, dict[str, _Way]] = {
    "Tomogram": {".mrc": _volume, ".rec": _volume, ".map": _volume, ".st": _volume},
    "AnnotatedTomogram": {".scns": _annotations, ".txt": _boxes_text, ".star": _boxes_star, ".mrc": _masks},
    "TrainingSet": {".scnt": _training_set},
    "StoredModel": {".scnm": _stored},
    "StoredGroup": {".scnmgroup": _stored},
    "PicksByTomogram": {".star": _save, ".txt": _one_of_several, ".tsv": _one_of_several},
    "Picks": {".star": _save, ".txt": _picks_text, ".tsv": _picks_text},
    "FeatureLibrary": {".txt": _save, ".json": _save},
}
