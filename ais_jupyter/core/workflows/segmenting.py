"""Models applied to tomograms, results on disk."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ais_jupyter.core.analysis.interactions import combine
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import AisError, CancelledError, FileWriteError, InputError
from ais_jupyter.core.data.geometry import Region, central_slices, clip_z_range, rescale_factor
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.segmentation import Extent
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.safe_write import make_folder
from ais_jupyter.core.files.volume_writer import VolumeWriter
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.inference import to_grey_levels
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.streams import smoothed
from ais_jupyter.core.safekeeping.lock import Lock
from ais_jupyter.core.workflows.opening import open_any, open_models, open_tomogram
from ais_jupyter.core.workflows.outputs import Planned, check_existing, is_result, plan_outputs, result_labels

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
    """All settings of an export; `segment` describes them."""

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


def segment(
    models: Any,
    tomograms: Any,
    output_dir: str | Path,
    *,
    z_range: tuple[int, int] | None = None,
    center: float = 100.0,
    roi: Region | None = None,
    voxel_size: float | None = None,
    sigma: float | Sequence[float] | None = None,
    interactions: Sequence[Interaction] | None = None,
    overwrite: bool = False,
    batch_size: int = 1,
    precision: str = "auto",
    engine: str = "auto",
    start: bool = True,
    names: Sequence[str] | None = None,
    **inference: Any,
) -> Job[list[Outcome]]:
    """Segment tomograms in the background; writes ``<tomogram>__<title>.mrc`` per tomogram and model.

    All models are applied in one pass over each tomogram. Finished outputs are left alone, so that a run can be
    repeated after an interruption and shared by several processes. A tomogram that fails does not stop the others.
    Tomograms that are called alike are told apart by their folder or extension, such as ``TS_01_rec__Ribosome.mrc`` for
    ``TS_01/rec.mrc`` beside ``TS_02/rec.mrc``. Results among the tomograms are left alone.

    Parameters
    ----------
    models : model, group, path, or list of these
        What to look for; a path leads to a ``.scnm`` or ``.scnmgroup``.
    tomograms : tomogram, annotated tomogram, path, or list of these
        Of an annotated tomogram (also the path of a ``.scns``) its region of interest and slice range are segmented;
        the rest of the output is zero.
    output_dir : path
        Made if it does not exist.
    z_range : (start, stop), optional
        Half-open range of slices.
    center : float
        Percent of the slices, around the middle.
    roi : Region, optional
        Part of the XY plane.
    voxel_size : float, optional
        Å per pixel to use instead of the header's; 0: do not rescale.
    sigma : float or (z, y, x), optional
        Gaussian blur of the probabilities, Å.
    interactions : list of Interaction, optional
        Those of the group by default.
    overwrite : bool
        Overwrite existing results.
    batch_size : int
        Slices computed at once.
    precision : "auto", "float32" or "bfloat16"
        Of the arithmetic; "auto" is bfloat16 where the processor computes in it.
    engine : "auto", "keras" or "openvino"
        What computes; "auto" takes OpenVINO on processors, where it is installed.
    start : bool
        False leaves the job waiting.
    names : list of str, optional
        By which the results are called, one for each tomogram; by default the tomograms' own.
    **inference
        Fields of `InferenceOptions`: tta, tiled, overlap, overlap_mode, trim_edges, rescale, normalization, …; `tta`
        and `overlap` are each model's own by default.

    Returns
    -------
    Job
        Its result is a list of `Outcome`, one per tomogram.

    Raises
    ------
    InputError, FileFormatError
        No model or tomogram is given, a model has no weights, two models have the same title, or a result would replace
        one of the tomograms.
    """
    opened, group = open_models(models)
    many = tomograms if isinstance(tomograms, list | tuple) else [tomograms]
    if not opened or not many:
        raise InputError("give at least one model and one tomogram")
    for model in opened:
        if not model.compiled:
            raise InputError(f"model {model.title!r} has no weights yet: train it or load it first")
    if voxel_size is not None and voxel_size <= 0:
        inference["rescale"] = False
    settings = ExportOptions(
        output_dir=Path(output_dir).expanduser(),
        z_range=z_range,
        center=center,
        roi=roi,
        voxel_size=voxel_size or None,
        sigma=None if sigma is None or not np.any(sigma) else _three(sigma),
        overwrite=overwrite,
        batch_size=batch_size,
        precision=precision,
        engine=engine,
        interactions=tuple(interactions if interactions is not None else group.interactions if group else ()),
        inference=InferenceOptions(**inference),
    )
    planned = plan_outputs(many, [model.title for model in opened], settings.output_dir, names, overwrite)
    title = f"segmenting {len(many)} tomograms" if len(many) > 1 else "segmenting"
    return Job(_segmenting(opened, planned, settings), title=title, start=start)


def _three(sigma: float | Sequence[float]) -> tuple[float, float, float]:
    values = [float(v) for v in np.atleast_1d(np.asarray(sigma, float))]
    if len(values) not in (1, 3) or min(values) < 0:
        raise InputError(f"sigma is one number or three (z, y, x) in Å, not {sigma!r}")
    z, y, x = values * 3 if len(values) == 1 else values
    return z, y, x


def _segmenting(
    models: list[SegmentationModel], planned: Sequence[Planned], settings: ExportOptions
) -> Work[list[Outcome]]:
    make_folder(settings.output_dir)
    outcomes: dict[int, Outcome] = {}
    names, titles = [one.name for one in planned], [model.title for model in models]
    for number, one in enumerate(planned):
        if is_result(one.source, names, titles):
            note = "is a result of segmentation itself and was left alone"
            outcomes[number] = Outcome(one.name, "skipped", note=note)
            yield Progress(0.0, f"{one.name} {note}")
    waiting = [number for number in range(len(planned)) if number not in outcomes]
    if not waiting:
        raise InputError("all tomograms are results of segmentation themselves; there is nothing to segment")
    for attempt in ("first", "again"):  # what others had claimed is looked at once more when all else is done
        for number in waiting:
            base = number / len(planned) if attempt == "first" else 1.0
            try:
                outcomes[number] = yield from _one(models, planned[number], settings, base, 1 / len(planned))
            except CancelledError:
                raise
            except Exception as error:  # whatever is wrong with one tomogram, continue with the others
                name = planned[number].name
                readable = as_ais_error(error)
                outcomes[number] = Outcome(name, "failed", error=readable)
                yield Progress(base, f"{name} failed: {readable}", {"tomogram": name, "error": str(readable)})
        waiting = [number for number in waiting if outcomes[number].state == "claimed"]
    return [outcomes[number] for number in range(len(planned))]


def as_ais_error(error: Exception) -> Exception:
    """Return an error that a person can read: the project's own and those of files as they are, others in words."""
    if isinstance(error, (AisError, OSError)):
        return error
    if is_out_of_memory(error):
        readable = AisError("there is not enough memory for this tomogram: segment a smaller region, or in tiles")
    else:
        readable = AisError(f"segmenting failed with an unexpected error, {type(error).__name__}: {error}")
    readable.__cause__ = error
    return readable


def _one(
    models: list[SegmentationModel], planned: Planned, settings: ExportOptions, base: float, share: float
) -> Work[Outcome]:
    """Segment one tomogram by all models whose output is not there yet."""
    source = open_any(planned.source) if isinstance(planned.source, str | Path) else planned.source
    tomogram = open_tomogram(source)
    if (yield Progress(min(base, 0.999), planned.name)):
        raise CancelledError("segmentation was cancelled")
    paths = planned.paths
    outcome = Outcome(planned.name, "done", list(paths.values()))
    missing = [m for m in models if settings.overwrite or not paths[m.title].exists()]
    for model in models:
        if model not in missing:
            check_existing(paths[model.title], tomogram)
    if not missing:
        outcome.state = "skipped"
        return outcome
    with contextlib.ExitStack() as stack:
        mine = []
        for model in missing:
            if (claim := _claimed(paths[model.title])) is None:
                continue
            stack.callback(claim.release)
            if settings.overwrite or not paths[model.title].exists():  # another process may just have finished it
                mine.append(model)
        if not mine:
            outcome.state = "skipped" if all(path.exists() for path in paths.values()) else "claimed"
            return outcome
        yield from _write_volumes(mine, models, paths, tomogram, source, settings, base, share)
    if len(mine) < len(missing):
        outcome.state = "claimed"
    return outcome


def _write_volumes(
    mine: list[SegmentationModel],
    models: list[SegmentationModel],
    paths: dict[str, Path],
    tomogram: Tomogram,
    source: Any,
    settings: ExportOptions,
    base: float,
    share: float,
) -> Work[None]:
    annotated = source if isinstance(source, AnnotatedTomogram) else None
    region = (settings.roi or (annotated.roi if annotated else Region.whole(tomogram.shape))).clipped(tomogram.shape)
    first, last = _z_range(tomogram, annotated, settings)
    seen = _with_voxel_size(tomogram, settings.voxel_size)
    acting = models if settings.interactions or any(m.info.emit or m.info.absorb for m in models) else mine
    streams = [_stream(model, seen, region, (first, last), settings) for model in acting]
    infos = [model.info for model in acting]
    labels = result_labels(tomogram, Extent((first, last), region))
    with contextlib.ExitStack() as stack:
        writers = {
            model.title: stack.enter_context(
                VolumeWriter(
                    paths[model.title], tomogram.shape, np.uint8, tomogram.voxel_size, like=tomogram, labels=labels
                )
            )
            for model in mine
        }
        count = tomogram.shape[0] if settings.sigma else last - first
        for done, results in enumerate(zip(*streams), start=1):
            z = results[0][0]
            levels = {info.title: to_grey_levels(values) for info, (_, values) in zip(infos, results)}
            levels = combine(levels, infos, settings.interactions, seen.pixel_size)
            for title, writer in writers.items():
                plane = np.zeros(tomogram.shape[1:], np.uint8)
                plane[region.slices] = levels[title]
                writer.write(z, plane)
            if (
                yield Progress(
                    base + share * done / (count + 1), f"{tomogram.name}, slice {z + 1} of {tomogram.shape[0]}"
                )
            ):
                raise CancelledError("segmentation was cancelled; nothing half-written is left")


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


def _stream(
    model: SegmentationModel, tomogram: Tomogram, region: Region, z_range: tuple[int, int], settings: ExportOptions
) -> Iterator[tuple[int, np.ndarray]]:
    """Probabilities of the region, slice by slice."""
    if settings.inference.rescale and (note := rescaling_note(tomogram, model)):
        warnings.warn(note, stacklevel=2)
    start, stop = z_range
    many = not model.is_slab and stop - start >= _MANY_SLICES * settings.batch_size
    engine = model.engine(settings.engine, settings.precision, _STREAMS if many else 1)
    segmenter = Segmenter(engine, model.info, tomogram, settings.inference, region)
    stream = segmenter.stream(z_range, settings.batch_size)
    if settings.sigma is None:
        return stream
    voxel = [v if v > 0 else 1.0 for v in tomogram.voxel_size]
    z, y, x = (s / v for s, v in zip(settings.sigma, voxel))
    return smoothed(stream, tomogram.shape[0], region.shape, (z, y, x))


def _z_range(tomogram: Tomogram, annotated: AnnotatedTomogram | None, settings: ExportOptions) -> tuple[int, int]:
    wanted = settings.z_range or (annotated.z_range if annotated else None)
    start, stop = clip_z_range(wanted, tomogram.shape[0])
    if settings.center < 100:
        low, high = central_slices(tomogram.shape[0], settings.center)
        start, stop = clip_z_range((max(start, low), min(stop, high)), tomogram.shape[0])
    return start, stop


def _with_voxel_size(tomogram: Tomogram, voxel_size: float | None) -> Tomogram:
    if voxel_size is None:
        return tomogram
    return Tomogram(tomogram.data, voxel_size, tomogram.origin, tomogram.name, tomogram.path)
