"""What the benchmarks work on: volumes, training sets and models made on the spot."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import ais_jupyter as ais

OURS = [sys.executable, "-m", "ais_jupyter"]


def sample(folder: Path) -> ais.sample.SamplePaths:
    """Return the sample tomogram, made once."""
    from ais_jupyter.sample import SamplePaths

    stem = folder / "sample_0"
    names = [f"{stem}{tail}" for tail in (".mrc", "_ribosome.mrc", "_membrane.mrc", "_particles.csv")]
    paths = SamplePaths(*map(Path, names))
    return paths if all(p.exists() for p in paths) else ais.sample_tomogram(folder)


def volume(folder: Path, n_slices: int, size: int = 512) -> Path:
    """Return a tomogram (n_slices, size, size) at 10 Å: the sample, repeated by reflection."""
    from ais_jupyter.core.files.mrc import read_mrc
    from ais_jupyter.core.files.volume_writer import VolumeWriter

    path = folder / f"volume_{n_slices}_{size}.mrc"
    if not path.exists():
        tomogram = read_mrc(sample(folder).tomogram)
        margins = [(0, size - n) for n in tomogram.shape[1:]]
        with VolumeWriter(path, (n_slices, size, size), np.int8, 10.0) as writer:
            for z in range(n_slices):
                image = tomogram.slice(z % tomogram.shape[0]).view(np.int8)
                writer.write(z, np.pad(image, margins, mode="symmetric"))
    return path


def training_set(folder: Path, boxes: int = 64) -> Path:
    """Return a training set of `boxes` boxes of 64 px from the truth of the sample."""
    from ais_jupyter.core.files.mrc import read_mrc
    from ais_jupyter.core.workflows import annotate_from_mask

    path = folder / f"ribosomes_{boxes}.scnt"
    if not path.exists():
        paths = sample(folder)
        annotated = ais.AnnotatedTomogram(read_mrc(paths.tomogram))
        truth = read_mrc(paths.ribosome_mask).slab(0, 96)
        annotate_from_mask(annotated, "Ribosome", truth, slices=range(24, 72, 6), boxes=boxes, box_size=64)
        found = ais.extract(annotated, "Ribosome", box_size=64)
        if len(found) != boxes:
            raise RuntimeError(f"wanted {boxes} boxes, got {len(found)}")
        found.save(path, overwrite=True)
    return path


def model(folder: Path, architecture: str, epochs: int = 4) -> Path:
    """Return a model of this architecture, briefly trained on the sample: good enough to find ribosomes."""
    from measure import run

    name = architecture.replace(" ", "_")
    path = folder / f"{name}.scnm"
    if not path.exists():
        print(f"training {architecture} for {epochs} epochs", flush=True)
        run([*OURS, "train", "-a", architecture, "-t", training_set(folder), "-ou", folder, "-name", name,
             "-e", str(epochs), "--seed", "0"])  # fmt: skip
    return path
