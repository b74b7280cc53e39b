"""``ais-jupyter train``: training sets → model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ais_jupyter.cli.gpus import use_gpus
from ais_jupyter.cli.parser import add_allow_custom, add_command
from ais_jupyter.cli.terminal import say
from ais_jupyter.core.data.architecture_names import DEFAULT
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.names import component

EXAMPLES = """  ais-jupyter train -t 64x64x1_10.00Apx_Ribosome.scnt -name Ribosome -e 30
  ais-jupyter train -t a.scnt b.scnt -a "UNet M" -name Membrane -ou models/ --validation 20
  ais-jupyter train -m models/Ribosome.scnm -t more.scnt -name Ribosome
  ais-jupyter train -models"""


def add_parser(commands: Any) -> None:
    """Add the sub-command."""
    parser = add_command(commands, "train", run, "Train a network on training sets (.scnt).", EXAMPLES)
    parser.add_argument(
        "-a", "--architecture", default=DEFAULT, help=f"title or number, see -models (default {DEFAULT})"
    )
    parser.add_argument("-m", "--model", "--model_path", default="", help="a .scnm to continue")
    add_allow_custom(parser)
    parser.add_argument("-t", "--training_data", nargs="+", default=[], help="one or more .scnt, pooled")
    parser.add_argument("-ou", "--output_directory", default=".", help="where to write (default: here)")
    parser.add_argument("-name", "--name", default="Unnamed model", help="title of the feature; the file is NAME.scnm")
    parser.add_argument("-e", "--epochs", type=int, default=50)
    parser.add_argument("-b", "--batch_size", type=int, default=32)
    parser.add_argument("-c", "--copies", type=int, default=8, help="times an epoch goes through the set (default 8)")
    parser.add_argument("-n", "--excess_negative", type=int, default=-100, metavar="PERCENT",
                        help="percent by which negatives outnumber positives; -100: as they are (default)")  # fmt: skip
    parser.add_argument(
        "-r", "--rate", type=float, default=None, help="learning rate (default: the architecture's own)"
    )
    parser.add_argument("--schedule", choices=("cosine", "constant"), default="cosine")
    parser.add_argument("--validation", type=float, default=0.0, metavar="PERCENT", help="boxes held out (default 0)")
    parser.add_argument("-augment", "--augment", action="store_true", help="random grey-value changes")
    parser.add_argument("--filament", type=float, default=None, metavar="PIXELS", help="soften labels along filaments")
    parser.add_argument("--overwrite", action="store_true", help="replace a model of the same name")
    parser.add_argument("--last", action="store_true", help="keep the last epoch instead of the best")
    parser.add_argument("--seed", type=int, default=None, help="makes the run repeatable")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    parser.add_argument("-gpu", "--gpus", default=None, help="GPUs to use, such as 0 or 0,1; -1 for none")
    parser.add_argument("--cache", action="store_true", help="accepted for old scripts: boxes are always in memory")
    parser.add_argument("--xla", action="store_true", help="accepted for old scripts: compiled where it helps")
    parser.add_argument("-models", "--models", action="store_true", help="list the architectures and exit")


def run(options: argparse.Namespace) -> int:
    """Train and save."""
    use_gpus(options.gpus)
    if options.models:
        return _list_architectures()
    from ais_jupyter.core.workflows import SegmentationModel
    from ais_jupyter.core.workflows.opening import open_models, open_training_set
    from ais_jupyter.core.workflows.pooling import pooled
    from ais_jupyter.core.workflows.training import TrainingOptions, check_target, train_into

    if not options.training_data:
        raise InputError("give training data: -t SET.scnt")
    training_set = pooled([open_training_set(path) for path in options.training_data])
    if options.model:
        model = open_models(options.model, options.allow_custom)[0][0]
        model.title = options.name if options.name != "Unnamed model" else model.title
    else:
        model = SegmentationModel(_architecture(options.architecture), options.name)
    path = Path(options.output_directory).expanduser() / f"{component(model.title)}.scnm"
    path.parent.mkdir(parents=True, exist_ok=True)
    check_target(path, options.model or None, options.overwrite)
    say(f"{training_set!r}\n{model.info.architecture} → {path}")
    settings = TrainingOptions(
        epochs=options.epochs,
        batch_size=options.batch_size,
        n_copies=options.copies,
        excess_negative=options.excess_negative,
        learning_rate=options.rate,
        schedule=options.schedule,
        validation_split=options.validation / 100,
        augment=options.augment,
        filament_diameter=options.filament,
        keep_best=not options.last,
        seed=options.seed,
        precision=options.precision,
    )

    job = train_into(path, model, training_set, settings, lambda note: say(note, file=sys.stderr))
    job.follow()
    model.save(path, overwrite=True)
    last = [row for row in job.history if "loss" in row][-1:]
    for row in last:
        say(", ".join(f"{key} {value:.4f}" for key, value in row.items() if isinstance(value, float)))
    say(f"wrote {path}")
    return 0


def _architecture(text: str) -> str:
    from ais_jupyter.core.workflows import architectures

    if text.isdigit():
        titles = architectures()
        if int(text) >= len(titles):
            raise InputError(f"there are {len(titles)} architectures, numbered from 0; found {text}")
        return titles[int(text)]
    return text


def _list_architectures() -> int:
    from ais_jupyter.core.workflows.library import problems, summaries

    for number, (title, summary) in enumerate(summaries()):
        say(f"{number:3d}  {title:16s} {summary}")
    for problem in problems():
        say(f"  !  {problem}", file=sys.stderr)
    return 0
