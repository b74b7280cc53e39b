"""One tomogram segmented by several models, results on disk."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from ais_jupyter.core.analysis.interactions import combine
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import CancelledError, FileWriteError, InputError
from ais_jupyter.core.data.geometry import Region, central_slices, clip_z_range, rescale_factor
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.segmentation import Extent
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.volume_writer import VolumeWriter
from ais_jupyter.core.learning.inference import to_grey_levels
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic, global_statistic
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.streams import smoothed
from ais_jupyter.core.safekeeping.lock import Lock
from ais_jupyter.core.workflows.opening import open_any, open_tomogram
from ais_jupyter.core.workflows.outputs import Planned, check_existing, result_labels

#: Slices computed at once where the engine gains by it: each works on half of the processors and none waits for others.
_STREAMS = 2
_MANY_SLICES = 4


@dataclass
class Outcome:
    """What became of one tomogram.

    Attributes
    ----------
    state : "done", "skipped", "claimed" or "failed"
        "skipped": all outputs were there; "claimed": another process is working on them.
    outputs : list of Path
        One per model, finished.
    error : Exception or None
        Why it failed.
    note : str
        What a person should know, such as why it was skipped.
    """

    tomogram: str
    state: Literal["done", "skipped", "claimed", "failed"]
    outputs: list[Path] = field(default_factory=list)
    error: Exception | None = None
    note: str = ""


@dataclass(frozen=True)
class ExportOptions:
    """All options of an export; `segment` describes them."""

    output_dir: Path
    z_range: tuple[int, int] | None
    center: float
    roi: Region | None
    voxel_size: float | None
    sigma: tuple[float, float, float] | None
    overwrite: bool
    batch_size: int
    precision: str
    engine: str
    interactions: tuple[Interaction, ...]
    inference: InferenceOptions


class Export:
    """One tomogram, and the volumes that models write of it.

    Parameters
    ----------
    models : list of SegmentationModel
        With different titles.
    planned : Planned
        The tomogram, annotated tomogram or path, and what its results are called. Of an annotated tomogram its region
        and slice range are segmented.
    options : ExportOptions

    Raises
    ------
    FileFormatError
        A path does not lead to a tomogram.
    """

    def __init__(self, models: Sequence[SegmentationModel], planned: Planned, options: ExportOptions) -> None:
        self.models, self.options = list(models), options
        self.name, self.paths = planned.name, planned.paths
        source = open_any(planned.source) if isinstance(planned.source, str | Path) else planned.source
        self.tomogram = tomogram = open_tomogram(source)
        annotated = source if isinstance(source, AnnotatedTomogram) else None
        roi = options.roi or (annotated.roi if annotated else Region.whole(tomogram.shape))
        self.region = roi.clipped(tomogram.shape)
        self.z_range = _z_range(tomogram, annotated, options)
        self._seen = _with_voxel_size(tomogram, options.voxel_size)

    def run(self, base: float, share: float) -> Work[Outcome]:
        """Segment by all models whose output is not there yet, as the part from `base` to `base` + `share` of a run."""
        outcome = Outcome(self.name, "done", list(self.paths.values()))
        missing = [model for model in self.models if self._is_wanted(model)]
        for model in self.models:
            if model not in missing:
                check_existing(self.paths[model.title], self.tomogram)
        if not missing:
            outcome.state = "skipped"
            return outcome
        with contextlib.ExitStack() as stack:
            mine = []
            for model in missing:
                if (claim := _claimed(self.paths[model.title])) is None:
                    continue
                stack.callback(claim.release)
                if self._is_wanted(model):  # another process may just have finished it
                    mine.append(model)
            if not mine:
                outcome.state = "skipped" if all(path.exists() for path in self.paths.values()) else "claimed"
                return outcome
            yield from self._written(mine, base, share)
        if len(mine) < len(missing):
            outcome.state = "claimed"
        return outcome

    def _is_wanted(self, model: SegmentationModel) -> bool:
        return self.options.overwrite or not self.paths[model.title].exists()

    def _written(self, mine: list[SegmentationModel], base: float, share: float) -> Work[None]:
        tomogram, interactions = self.tomogram, self.options.interactions
        together = interactions or any(model.info.emit or model.info.absorb for model in self.models)
        acting = self.models if together else mine
        streams = [self._stream(model) for model in acting]
        infos = [model.info for model in acting]
        labels = result_labels(tomogram, Extent(self.z_range, self.region))
        with contextlib.ExitStack() as stack:
            writers = {
                model.title: stack.enter_context(
                    VolumeWriter(
                        self.paths[model.title],
                        tomogram.shape,
                        np.uint8,
                        tomogram.voxel_size,
                        like=tomogram,
                        labels=labels,
                    )
                )
                for model in mine
            }
            count = tomogram.shape[0] if self.options.sigma else self.z_range[1] - self.z_range[0]
            for done, results in enumerate(zip(*streams), start=1):
                z = results[0][0]
                levels = {info.title: to_grey_levels(values) for info, (_, values) in zip(infos, results)}
                levels = combine(levels, infos, interactions, self._seen.pixel_size)
                for title, writer in writers.items():
                    plane = np.zeros(tomogram.shape[1:], np.uint8)
                    plane[self.region.slices] = levels[title]
                    writer.write(z, plane)
                message = f"{tomogram.name}, slice {z + 1} of {tomogram.shape[0]}"
                if (yield Progress(base + share * done / (count + 1), message)):
                    raise CancelledError("segmentation was cancelled; nothing half-written is left")

    @cached_property
    def _statistic(self) -> Statistic:
        return global_statistic(self._seen)

    def _stream(self, model: SegmentationModel) -> Iterator[tuple[int, np.ndarray]]:
        """Probabilities of the region, slice by slice."""
        options, inference = self.options, self.options.inference
        if inference.rescale and (note := rescaling_note(self._seen, model)):
            warnings.warn(note, stacklevel=2)
        start, stop = self.z_range
        many = not model.is_slab and stop - start >= _MANY_SLICES * options.batch_size
        engine = model.engine(options.engine, options.precision, _STREAMS if many else 1)
        statistic = self._statistic if inference.is_global(model.info) else None
        segmenter = Segmenter(engine, model.info, self._seen, inference, self.region, statistic)
        stream = segmenter.stream(self.z_range, options.batch_size)
        if options.sigma is None:
            return stream
        if not min(self._seen.voxel_size) > 0:
            raise InputError(f"sigma is in Å, but the voxel size of {self._seen.name!r} is unknown: give voxel_size")
        z, y, x = (s / v for s, v in zip(options.sigma, self._seen.voxel_size))
        return smoothed(stream, self._seen.shape[0], self.region.shape, (z, y, x))


def _claimed(path: Path) -> Lock | None:
    """Claim an output, so that several processes can share the work on one folder; None where another has it."""
    try:
        return Lock.acquire(path)
    except OSError as error:
        raise FileWriteError(f"cannot write in {path.parent}: {error.strerror or error}") from error


def rescaling_note(tomogram: Tomogram, model: SegmentationModel) -> str | None:
    """Say that slices are rescaled for the model; None when its voxel size is the tomogram's, or one is unknown."""
    if rescale_factor(tomogram.pixel_size, model.info.voxel_size) == 1.0:
        return None
    return (
        f"{tomogram.name!r} has {tomogram.pixel_size:.2f} Å per pixel, model {model.title!r} was trained at "
        f"{model.info.voxel_size:.2f} Å: slices are rescaled for it"
    )


def _z_range(tomogram: Tomogram, annotated: AnnotatedTomogram | None, options: ExportOptions) -> tuple[int, int]:
    wanted = options.z_range or (annotated.z_range if annotated else None)
    start, stop = clip_z_range(wanted, tomogram.shape[0])
    if options.center < 100:
        low, high = central_slices(tomogram.shape[0], options.center)
        start, stop = clip_z_range((max(start, low), min(stop, high)), tomogram.shape[0])
    return start, stop


def _with_voxel_size(tomogram: Tomogram, voxel_size: float | None) -> Tomogram:
    if voxel_size is None:
        return tomogram
    return Tomogram(tomogram.data, voxel_size, tomogram.origin, tomogram.name, tomogram.path)
