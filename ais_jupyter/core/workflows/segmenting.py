"""Models applied to tomograms, results on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import AisError, CancelledError, InputError
from ais_jupyter.core.data.geometry import Region, Vector3
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.numbers import number, vector, whole
from ais_jupyter.core.data.options import refuse_unknown
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.files.safe_write import make_folder
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.out_of_memory import is_out_of_memory
from ais_jupyter.core.workflows.exporting import Export, ExportOptions, Outcome
from ais_jupyter.core.workflows.opening import open_models
from ais_jupyter.core.workflows.outputs import Planned, is_result, plan_outputs


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
    CustomObjectError
        A model is a custom object from a file that nobody has said to trust; see `open_any`.
    """
    opened, group = open_models(models)
    many = tomograms if isinstance(tomograms, list | tuple) else [tomograms]
    if not opened or not many:
        raise InputError("give at least one model and one tomogram")
    for model in opened:
        if not model.compiled:
            raise InputError(f"model {model.title!r} has no weights yet: train it or load it first")
        model.check_consent()
    if voxel_size is not None and number(voxel_size, "voxel_size, in Å,", -1e6, 1e6) <= 0:
        inference["rescale"] = False
    _check_choices(z_range, center, batch_size, inference)
    options = ExportOptions(
        output_dir=Path(output_dir).expanduser(),
        z_range=z_range,
        center=center,
        roi=roi,
        voxel_size=voxel_size or None,
        sigma=_sigma(sigma),
        overwrite=overwrite,
        batch_size=batch_size,
        precision=precision,
        engine=engine,
        interactions=tuple(interactions if interactions is not None else group.interactions if group else ()),
        inference=InferenceOptions(**inference),
    )
    planned = plan_outputs(many, [model.title for model in opened], options.output_dir, names, overwrite)
    title = f"segmenting {len(many)} tomograms" if len(many) > 1 else "segmenting"
    return Job(_segmenting(opened, planned, options), title=title, start=start)


def _check_choices(z_range: Any, center: Any, batch_size: Any, inference: dict[str, Any]) -> None:
    """Refuse settings that make no sense before anything is computed."""
    whole(batch_size, "batch_size, in slices,", 1, 1024)
    number(center, "center, in percent,", 0, 100, above=True)
    if z_range is not None and (np.ndim(z_range) != 1 or len(z_range) != 2):
        raise InputError(f"z_range is (start, stop), not {z_range!r}")
    refuse_unknown(InferenceOptions, inference, "segment")


def _sigma(sigma: float | Sequence[float] | None) -> Vector3 | None:
    blur = None if sigma is None else vector(sigma, "sigma (Å)", 0, 1e6)
    return blur if blur and any(blur) else None


def _segmenting(
    models: list[SegmentationModel], planned: Sequence[Planned], options: ExportOptions
) -> Work[list[Outcome]]:
    make_folder(options.output_dir)
    outcomes: dict[int, Outcome] = {}
    names, titles = [one.name for one in planned], [model.title for model in models]
    for place, one in enumerate(planned):
        if is_result(one.source, names, titles):
            note = "is a result of segmentation itself and was left alone"
            outcomes[place] = Outcome(one.name, "skipped", note=note)
            yield Progress(0.0, f"{one.name} {note}")
    waiting = [place for place in range(len(planned)) if place not in outcomes]
    if not waiting:
        raise InputError("all tomograms are results of segmentation themselves; there is nothing to segment")
    for attempt in ("first", "again"):  # what others had claimed is looked at once more when all else is done
        for place in waiting:
            base = place / len(planned) if attempt == "first" else 1.0
            try:
                export = Export(models, planned[place], options)
                if (yield Progress(min(base, 0.999), planned[place].name)):
                    raise CancelledError("segmentation was cancelled")
                outcomes[place] = yield from export.run(base, 1 / len(planned))
            except CancelledError:
                raise
            except Exception as error:  # whatever is wrong with one tomogram, continue with the others
                name = planned[place].name
                readable = as_ais_error(error)
                outcomes[place] = Outcome(name, "failed", error=readable)
                yield Progress(base, f"{name} failed: {readable}", {"tomogram": name, "error": str(readable)})
        waiting = [place for place in waiting if outcomes[place].state == "claimed"]
    return [outcomes[place] for place in range(len(planned))]


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
