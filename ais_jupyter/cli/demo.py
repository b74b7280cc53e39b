"""``ais-jupyter demo``: the whole way on the simulated sample, in the terminal or in JupyterLab."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ais_jupyter.cli.parser import add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.architecture_names import INSTANT
from ais_jupyter.core.data.errors import InputError

if TYPE_CHECKING:
    from ais_jupyter.sample import SamplePaths

EXAMPLES = """  ais-jupyter demo                      copy the notebooks and open the first in JupyterLab
  ais-jupyter demo --headless           annotate, train, segment and score in the terminal
  ais-jupyter demo --headless -ou out/ --epochs 40 -a "VGGNet M" """

TITLE = "Ribosome"
BOX_SIZE = 64
N_SLICES, N_BOXES = 6, 40


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "demo", run, "Try everything on a simulated tomogram.", EXAMPLES)
    parser.add_argument("--headless", action="store_true", help="run the whole workflow here, without a browser")
    parser.add_argument("-ou", "--output_directory", default="ais_demo", help="where files go (default ais_demo)")
    parser.add_argument("-a", "--architecture", default="VGGNet S", help="network (default VGGNet S, the quickest)")
    parser.add_argument("-e", "--epochs", type=int, default=20, help="epochs of training (default 20)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and the training (default 0)")


def run(options: argparse.Namespace) -> int:
    """Run the demo."""
    folder = Path(options.output_directory).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return _headless(folder, options) if options.headless else _in_jupyterlab(folder)


def _headless(folder: Path, options: argparse.Namespace) -> int:
    import numpy as np

    from ais_jupyter.core.data.annotations import AnnotatedTomogram
    from ais_jupyter.core.workflows import SegmentationModel, annotate_from_mask, evaluate, extract, segment
    from ais_jupyter.core.workflows.opening import open_tomogram

    say(f"1/6  simulating a cell in {folder}/")
    sample = _sample(folder, options.seed)
    tomogram, truth = open_tomogram(sample.tomogram), open_tomogram(sample.ribosome_mask)
    mask = truth.slab(0, truth.shape[0])

    annotated = AnnotatedTomogram(tomogram)
    slices = [int(z) for z in np.linspace(0.17, 0.83, N_SLICES) * tomogram.shape[0]]
    annotate_from_mask(annotated, TITLE, mask, slices, N_BOXES, BOX_SIZE, options.seed)
    scns = annotated.save(folder / f"{tomogram.name}.scns")
    say(f"2/6  annotated {N_BOXES} boxes on slices {', '.join(map(str, slices))}: {scns}")

    instant, began = SegmentationModel(INSTANT, f"{INSTANT} {TITLE}"), time.monotonic()
    say(f"3/6  learning at once: {INSTANT}")
    instant.train(extract(annotated, TITLE, box_size=BOX_SIZE, depth=5), seed=options.seed).result()
    seconds = [time.monotonic() - began]
    instant.save(folder / f"{instant.title}.scnm", overwrite=True)

    boxes = extract(annotated, TITLE, box_size=BOX_SIZE)
    boxes.save(folder / f"{BOX_SIZE}x{BOX_SIZE}x1_{boxes.voxel_size:.2f}Apx_{TITLE}.scnt")

    model = SegmentationModel(options.architecture, TITLE)
    say(f"4/6  training {model.info.architecture} on {len(boxes)} boxes")
    # few boxes are learned faster in small batches: more steps for the same arithmetic
    began = time.monotonic()
    job = model.train(boxes, epochs=options.epochs, batch_size=8, n_copies=8, seed=options.seed)
    job.follow()
    seconds.append(time.monotonic() - began)
    model.save(folder / f"{TITLE}.scnm")

    say("5/6  segmenting the whole volume with both")
    (outcome,) = segment([instant, model], tomogram, folder, overwrite=True, tta=4).follow()
    if outcome.error is not None:
        raise outcome.error
    say("6/6  comparing with the truth, on the slices that were not annotated")
    both = [evaluate(output, truth, ignore=slices) for output in outcome.outputs]
    scores, output = both[1], outcome.outputs[1]
    picture = _overview(folder, tomogram, mask, output, scores, job.history, slices, model)
    say(f"\n{scores}\n\npicture    {picture}\nvolume     {output}\nmodel      {folder / f'{TITLE}.scnm'}\n")
    for name, took, found in zip((INSTANT, model.info.architecture), seconds, both):
        say(
            f"{name:16s} learned in {took:6.1f} s: "
            f"Dice {found.best_dice:.3f} at threshold {found.best_threshold} of 255 (simulated data)"
        )
    return 0


def _sample(folder: Path, seed: int) -> SamplePaths:
    from ais_jupyter.sample import sample_tomogram

    return sample_tomogram(folder, seed=seed)


def _overview(
    folder: Path, tomogram: Any, mask: Any, output: Path, scores: Any, history: Any, slices: list[int], model: Any
) -> Path:
    from ais_jupyter.core.data.segmentation import Segmentation
    from ais_jupyter.core.workflows.opening import open_tomogram
    from ais_jupyter.sample.overview import draw_overview

    candidates = [z for z in range(tomogram.shape[0] // 4, 3 * tomogram.shape[0] // 4) if z not in slices]
    shown = max(candidates, key=lambda z: int(mask[z].sum()))
    return draw_overview(
        folder / "overview.png",
        image=tomogram.slice(shown),
        truth=mask[shown],
        probability=Segmentation.from_volume(open_tomogram(output)).probability(shown),
        pixel_size=tomogram.pixel_size,
        scores=scores,
        history=history,
        annotated_slices=slices,
        title="Ribosomes in a simulated cell",
        subtitle=f"slice {shown} of {tomogram.shape[0]}; {model.info.architecture} "
        f"trained on {N_BOXES} boxes of {N_SLICES} slices",
    )


def _in_jupyterlab(folder: Path) -> int:
    """Open the first of the notebooks, in copies that people may change."""
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        raise InputError('JupyterLab is not installed; install it with: pip install "ais_jupyter[lab]"') from None
    first = copy_notebooks(folder)[0]
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []  # as in most containers
    say(f"opening {first} in JupyterLab; stop it with Ctrl-C")
    return subprocess.call([sys.executable, "-m", "jupyterlab", str(first), *as_root])


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks into `folder`, except those that are there already, and return the copies in order.

    Raises
    ------
    InputError
        The installation has none.
    """
    package = Path(__file__).resolve().parent.parent
    places = (package / "notebooks", package.parent / "notebooks")  # of a wheel, of a checkout
    found = next((sorted(place.glob("*.ipynb")) for place in places if place.is_dir()), [])
    if not found:
        raise InputError("no notebooks are installed; take the way in the terminal: ais-jupyter demo --headless")
    copies = [folder / notebook.name for notebook in found]
    for notebook, copy in zip(found, copies):
        if not copy.exists():
            shutil.copy(notebook, copy)
    return copies
