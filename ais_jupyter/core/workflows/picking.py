"""Particles picked from segmentations: one, or folders of them, coordinates on disk."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ais_jupyter.core.analysis.picking import SIZE_COLUMN, Picked, pick_particles
from ais_jupyter.core.analysis.picking_options import PickingOptions
from ais_jupyter.core.data.errors import AisError, CancelledError, InputError
from ais_jupyter.core.data.names import split_result
from ais_jupyter.core.data.numbers import shown, whole
from ais_jupyter.core.data.options import refuse_unknown
from ais_jupyter.core.data.picks import Picks, PicksByTomogram, check_belonging
from ais_jupyter.core.data.progress import Progress, Work
from ais_jupyter.core.data.segmentation import Segmentation, check_same_space
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files.safe_write import make_folder
from ais_jupyter.core.files.star import read_star_all, star_notes, write_star
from ais_jupyter.core.jobs.job import Job
from ais_jupyter.core.workflows.opening import open_segmentation
from ais_jupyter.core.workflows.outputs import PlannedPicks, fingerprint, plan_picks
from ais_jupyter.core.workflows.sources import collect


@dataclass
class PickOutcome:
    """What became of one segmentation.

    Attributes
    ----------
    tomogram, feature : str
    state : "done", "skipped" or "failed"
        "skipped": its coordinates were there, picked with the same settings.
    picks : Picks or None
        None where it failed.
    path : Path or None
        The STAR file; None where none was written.
    error : Exception or None
        Why it failed.
    note : str
        What a person should know, such as why there are no picks.
    """

    tomogram: str
    feature: str
    state: Literal["done", "skipped", "failed"]
    picks: Picks | None = None
    path: Path | None = None
    error: Exception | None = None
    note: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """The outcome as a row of a table."""
        sizes = self.picks.columns.get(SIZE_COLUMN) if self.picks is not None else None
        return {
            "tomogram": self.tomogram,
            "feature": self.feature,
            "state": self.state,
            "picks": 0 if self.picks is None else len(self.picks),
            "median_size": float(np.median(sizes)) if sizes is not None and len(sizes) else None,
            "path": None if self.path is None else str(self.path),
            "note": str(self.error) if self.error else self.note,
        }


def pick(
    segmentations: Any,
    output_dir: str | Path | None = None,
    *,
    avoid: Any = None,
    overwrite: bool = False,
    min_particles: int = 0,
    workers: int = 1,
    start: bool = True,
    **options: Any,
) -> Job[Any]:
    """Pick particles from segmentations in the background.

    Coordinates that were picked earlier with the same settings are left alone, so that a run can be repeated after an
    interruption. A segmentation that fails does not stop the others. ``job.history`` is the table of the run: tomogram,
    feature, number of picks, their median size, and a note.

    Parameters
    ----------
    segmentations : Segmentation, Tomogram, path, or list of these
        ``<tomogram>__<feature>.mrc``; a folder stands for those in it.
    output_dir : path, optional
        Where to write ``<tomogram>__<feature>_coords.star``, made if it does not exist; None writes nothing.
    avoid : Segmentation, path, title, or mapping of tomogram name → one of these, optional
        What no particle lies in, nor within ``avoid_distance`` of. A title such as ``"Membrane"`` stands for
        ``<tomogram>__Membrane.mrc`` beside each segmentation.
    overwrite : bool
        Replace coordinates that were picked with other settings or from another segmentation.
    min_particles : int
        Where fewer are found, no file is written.
    workers : int
        Segmentations worked on at the same time; each needs about ten times the memory of its (binned) voxels in bytes.
    start : bool
        False leaves the job waiting.
    **options
        Fields of `PickingOptions`: method, threshold, min_size, max_size, min_diameter, max_diameter, spacing, margin,
        binning, region, z_range, avoid_distance, avoid_threshold, min_length, twist, orient, orient_sign.

    Returns
    -------
    Job
        Its result is `Picks` for one segmentation, and `PicksByTomogram` for a list or a folder.

    Raises
    ------
    InputError
        A setting makes no sense, nothing was given, or two segmentations are of the same tomogram. In ``job.result()``
        also what is wrong with the only segmentation, or with all of them.
    """
    refuse_unknown(PickingOptions, options, "pick")
    settings = PickingOptions(**options)
    whole(min_particles, "min_particles", 0)
    whole(workers, "workers", 1, 64)
    single = not isinstance(segmentations, list | tuple) and not _is_folder(segmentations)
    planned = plan_picks(_listed(segmentations), None if output_dir is None else Path(output_dir).expanduser())
    run = _Run(settings, avoid, overwrite, min_particles)
    title = f"picking from {planned[0].name}" if single else f"picking from {len(planned)} segmentations"
    return Job(_picking(run, planned, workers, single), title=title, start=start)


def pick_for(tomogram: Tomogram, path: str | Path, **options: Any) -> Picked:
    """Pick from the segmentation of an open tomogram, at once.

    Parameters
    ----------
    tomogram : Tomogram
    path : path
        Of its segmentation.
    **options
        Fields of `PickingOptions`.

    Returns
    -------
    Picked
        In voxels of `tomogram`.

    Raises
    ------
    InputError
        The segmentation is of another tomogram, or a setting makes no sense.
    """
    segmentation = open_segmentation(path)
    check_same_space(tomogram, segmentation.volume)
    picked = pick_particles(segmentation, PickingOptions(**options))
    return Picked(check_belonging(picked.picks, tomogram), picked.note)


def _is_folder(source: Any) -> bool:
    return isinstance(source, str | Path) and Path(source).expanduser().is_dir()


def _listed(sources: Any) -> list[Any]:
    """Segmentations one by one; of a folder, those that are called like one."""
    many = sources if isinstance(sources, list | tuple) else [sources]
    found: list[Any] = []
    for source in many:
        if isinstance(source, str | Path):
            paths = collect([str(source)])
            if _is_folder(source) and not (paths := [path for path in paths if split_result(path)[1]]):
                raise InputError(f"{source} has no segmentations, <tomogram>__<feature>.mrc")
            found += paths
        elif isinstance(source, Tomogram | Segmentation):
            found.append(open_segmentation(source))
        else:
            raise InputError(f"picking needs a segmentation or the path of one, not {shown(source)}")
    if not found:
        raise InputError("give at least one segmentation")
    return found


@dataclass(frozen=True)
class _Run:
    """What all segmentations of a run have in common."""

    settings: PickingOptions
    avoid: Any
    overwrite: bool
    min_particles: int

    def outcome_of(self, one: PlannedPicks) -> PickOutcome:
        """Pick from one segmentation; whatever is wrong with it is in the outcome."""
        outcome = PickOutcome(one.tomogram, one.feature, "done")
        try:
            self._work(one, outcome)
        except (AisError, OSError) as error:
            outcome.state, outcome.error = "failed", error
        except MemoryError as error:
            outcome.state, outcome.error = "failed", AisError("there is not enough memory: use binning=2 or more")
            outcome.error.__cause__ = error
        except Exception as error:  # whatever is wrong with one, the others are worked on
            outcome.state = "failed"
            outcome.error = AisError(f"picking failed with an unexpected error, {type(error).__name__}: {error}")
            outcome.error.__cause__ = error
        return outcome

    def _work(self, one: PlannedPicks, outcome: PickOutcome) -> None:
        found = open_segmentation(one.source)
        segmentation = Segmentation(found.volume, one.tomogram, one.feature)
        avoided = self._avoided(one)
        note = self._note(segmentation, avoided)
        if one.path is not None and one.path.exists() and not self.overwrite:
            outcome.picks, outcome.path, outcome.state = _earlier(one, note), one.path, "skipped"
            return
        picked = pick_particles(segmentation, self.settings, avoided)
        outcome.picks, outcome.note = picked.picks, picked.note
        if one.path is None:
            return
        if len(picked.picks) < self.min_particles:
            outcome.note = picked.note or f"fewer than {self.min_particles}: no file was written"
            return
        write_star(picked.picks, one.path, f"{one.name}.mrc", notes=[note])
        outcome.path = one.path

    def _avoided(self, one: PlannedPicks) -> Segmentation | None:
        wanted = self.avoid
        if isinstance(wanted, Mapping):
            wanted = wanted.get(one.tomogram)
        if wanted is None:
            return None
        if isinstance(wanted, Segmentation | Tomogram):
            return open_segmentation(wanted)
        if not isinstance(wanted, str | Path):
            raise InputError(f"avoid is a segmentation, its path, or the title of a feature, not {shown(wanted)}")
        path = Path(wanted).expanduser()
        if path.is_file():
            return open_segmentation(path)
        if (beside := one.sibling(str(wanted))) is not None and beside.is_file():
            return open_segmentation(beside)
        raise InputError(f"there is no segmentation {wanted} to avoid" + (f", nor {beside}" if beside else ""))

    def _note(self, segmentation: Segmentation, avoided: Segmentation | None) -> str:
        """Say in a comment of the file what the picks were made from and how, to know them again."""
        away = "" if avoided is None else f" avoiding {fingerprint(avoided.volume)}"
        return f"{_PICKED} {fingerprint(segmentation.volume)}{away} with {self.settings.described()}"


_PICKED = "picked by ais_jupyter from"


def _earlier(one: PlannedPicks, note: str) -> Picks:
    """Return the picks of an earlier run, if it was the same.

    Raises
    ------
    InputError
        They were picked in another way, or by another program.
    """
    assert one.path is not None
    found = next((line for line in star_notes(one.path) if line.startswith(_PICKED)), None)
    if found != note:
        how = "by another program" if found is None else "with other settings or from another segmentation"
        raise InputError(f"{one.path} was picked {how}: overwrite it (overwrite=True), or choose another folder")
    picks = read_star_all(one.path)[0]
    picks.tomogram_name, picks.feature = one.tomogram, one.feature
    return picks


def _picking(run: _Run, planned: Sequence[PlannedPicks], workers: int, single: bool) -> Work[Picks | PicksByTomogram]:
    if planned[0].path is not None:
        make_folder(planned[0].path.parent)
    outcomes: dict[int, PickOutcome] = {}
    with ThreadPoolExecutor(workers, thread_name_prefix="ais-pick") as pool:
        waiting: dict[Future[PickOutcome], int] = {}
        left = list(range(len(planned)))
        while left or waiting:
            while left and len(waiting) < workers:
                place = left.pop(0)
                waiting[pool.submit(run.outcome_of, planned[place])] = place
            done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                place = waiting.pop(future)
                outcome = outcomes[place] = future.result()
                if (yield Progress(len(outcomes) / len(planned), _said(outcome), outcome.row)):
                    left.clear()
            if not done and (yield Progress(len(outcomes) / len(planned))):
                left.clear()
    if len(outcomes) < len(planned):
        raise CancelledError("picking was cancelled; what was finished stays")
    return _result([outcomes[place] for place in range(len(planned))], single)


def _result(outcomes: Sequence[PickOutcome], single: bool) -> Picks | PicksByTomogram:
    picked = [outcome for outcome in outcomes if outcome.picks is not None]
    if not picked:
        assert outcomes[0].error is not None
        if len(outcomes) == 1:
            raise outcomes[0].error
        raise InputError(f"none of {len(outcomes)} segmentations could be picked from; the first: {outcomes[0].error}")
    if single:
        if outcomes[0].note:
            warnings.warn(f"{outcomes[0].tomogram}: {outcomes[0].note}", stacklevel=2)
        return picked[0].picks  # type: ignore[return-value]
    return PicksByTomogram((outcome.tomogram, outcome.picks) for outcome in picked if outcome.picks is not None)


def _said(outcome: PickOutcome) -> str:
    row = outcome.row
    if outcome.state == "failed":
        return f"{outcome.tomogram} failed: {row['note']}"
    tail = f" ({row['note']})" if row["note"] else ""
    return f"{outcome.tomogram}: {row['picks']} × {outcome.feature or 'particle'}{tail}"
