"""What models find in the slice that is looked at, as an export would write it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ais_jupyter.core.analysis.interactions import combine
from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.array_cache import ArrayCache
from ais_jupyter.core.data.errors import CancelledError
from ais_jupyter.core.data.geometry import Region, rescale_factor
from ais_jupyter.core.data.model_info import Interaction, ModelInfo
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.inference import to_grey_levels
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.live_engine import LiveEngine, Stop, StoppableEngine
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic, global_statistic
from ais_jupyter.core.learning.segmenter import Segmenter

_NUMBERS = itertools.count()

BUDGET = 256 * 1024 * 1024
#: Bytes of filter responses to keep; a slice of 1024² takes 168 MB with 40 of them.
_RESPONSES = 200 * 1024 * 1024


@dataclass(frozen=True)
class AppliedModel:
    """A model as it is applied now.

    Attributes
    ----------
    uid : str
        The same for all versions of a model; identifies its results.
    version : int
        Of its weights.
    model : SegmentationModel
        Has the weights; while a model trains, a copy with the current weights.
    info : ModelInfo
        Has the settings: title, `tta`, `emit`, `absorb`.
    """

    uid: str
    version: int
    model: SegmentationModel
    info: ModelInfo


@dataclass
class SlicePrediction:
    """Results for one slice.

    Attributes
    ----------
    levels : dict of uid → uint8 (y, x)
        Probabilities, floor(p · 255), of the whole slice; zero outside the region that is segmented.
    notes : dict of uid → str
        What a person should know of a result, such as that the slice was rescaled.
    """

    levels: dict[str, np.ndarray]
    notes: dict[str, str] = field(default_factory=dict)


class SlicePredictor:
    """Applies models to single slices and keeps what the networks said.

    Settings that do not change what a network says (threshold, colours, competition, interactions) act on what is
    kept. All methods may be called from any thread; the networks of one predictor run one after another.

    Parameters
    ----------
    budget : int
        Bytes of results to keep.

    Attributes
    ----------
    responses : ArrayCache
        What the filters of forests saw in the slice that was looked at last; whoever grows one finds it there.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.responses = ArrayCache(_RESPONSES)
        self._cache = ArrayCache(budget)
        self._engines: dict[str, LiveEngine] = {}
        self._segmenters: dict[str, tuple[Any, Segmenter, StoppableEngine]] = {}
        self._statistics: WeakKeyDictionary[Tomogram, Statistic] = WeakKeyDictionary()
        self._numbers: WeakKeyDictionary[Tomogram, int] = WeakKeyDictionary()
        self._computing = threading.Lock()

    def predict(
        self,
        annotated: AnnotatedTomogram,
        z: int,
        models: Sequence[AppliedModel],
        interactions: Sequence[Interaction] = (),
        stop: Stop = lambda: False,
        options: InferenceOptions | None = None,
    ) -> SlicePrediction:
        """Apply `models` to slice `z`, let them compete and interact.

        Parameters
        ----------
        stop : callable
            Says True once the result is no longer wanted.
        options : InferenceOptions, optional
            As an export is given them; the models' own settings by default.

        Raises
        ------
        CancelledError
            `stop` said so. What was finished until then is kept.
        """
        tomogram = annotated.tomogram
        region = annotated.roi.clipped(tomogram.shape)
        found = {one.uid: self.levels(annotated, z, one, stop, options) for one in models}
        notes = {one.uid: note for one in models if (note := note_on(one.model, tomogram))}
        acting = self._by_uid(models, interactions)
        if acting and not tomogram.pixel_size > 0:
            for interaction in acting:
                notes[interaction.parent] = "interactions need the tomogram's pixel size, which is unknown"
            acting = []
        infos = [replace(one.info, title=one.uid) for one in models]
        combined = combine(found, infos, acting, tomogram.pixel_size)
        return SlicePrediction({uid: _placed(levels, region, tomogram) for uid, levels in combined.items()}, notes)

    def levels(
        self,
        annotated: AnnotatedTomogram,
        z: int,
        applied: AppliedModel,
        stop: Stop = lambda: False,
        options: InferenceOptions | None = None,
    ) -> np.ndarray:
        """Return what one network says, uint8 (y, x) of the region, before models act on each other."""
        tomogram = annotated.tomogram
        region = annotated.roi.clipped(tomogram.shape)
        model, chosen = applied.model, (options or InferenceOptions()).of(applied.info)
        setting = (
            applied.uid, applied.version, annotated.uid, self._number(tomogram), region, chosen,
            tomogram.pixel_size, model.info.voxel_size,
        )  # fmt: skip
        key = (*setting, z)
        if (kept := self._cache.get(key)) is not None:
            return kept
        with self._computing:
            if (kept := self._cache.get(key)) is None:
                if stop():
                    raise CancelledError("the prediction was cancelled")
                known, segmenter, engine = self._segmenters.get(applied.uid, (None, None, None))
                if known != setting or segmenter is None or engine is None:
                    engine = StoppableEngine(
                        self._engines.setdefault(applied.uid, LiveEngine(self.responses)).of(model)
                    )
                    statistic = self.statistic(tomogram) if chosen.is_global(model.info) else None
                    segmenter = Segmenter(engine, model.info, tomogram, chosen, region, statistic)
                    self._segmenters[applied.uid] = setting, segmenter, engine
                with engine.stopped_by(stop):
                    kept = self._compute(segmenter, z)
                self._cache.put(key, kept)
        return kept

    def forget_versions(self, uid: str, before: int) -> None:
        """Drop the results of older weights of a model."""
        self._cache.drop(lambda key: key[0] == uid and key[1] < before)  # type: ignore[index]

    def forget(self, uid: str) -> None:
        """Drop everything about a model that was closed."""
        self._cache.drop(lambda key: key[0] == uid)  # type: ignore[index]
        self._engines.pop(uid, None)
        self._segmenters.pop(uid, None)

    def statistic(self, tomogram: Tomogram) -> Statistic:
        """Return `global_statistic`, measured once for each tomogram."""
        if tomogram not in self._statistics:
            self._statistics[tomogram] = global_statistic(tomogram)
        return self._statistics[tomogram]

    def _number(self, tomogram: Tomogram) -> int:
        """Tells tomograms apart, also one that was linked again to another file."""
        if tomogram not in self._numbers:
            self._numbers[tomogram] = next(_NUMBERS)
        return self._numbers[tomogram]

    def _compute(self, segmenter: Segmenter, z: int) -> np.ndarray:
        return to_grey_levels(segmenter.slice(z))

    @staticmethod
    def _by_uid(models: Sequence[AppliedModel], interactions: Sequence[Interaction]) -> list[Interaction]:
        """Interactions that name models by uid, since titles may be equal; of equal ones the first is meant."""
        uids = {one.info.title: one.uid for one in reversed(models)}
        return [
            replace(i, parent=uids[i.parent], partner=uids[i.partner])
            for i in interactions
            if i.parent in uids and i.partner in uids
        ]


def note_on(model: SegmentationModel, tomogram: Tomogram) -> str:
    """Return what a person should know before trusting `model` on `tomogram`; "" when there is nothing."""
    if rescale_factor(tomogram.pixel_size, model.info.voxel_size) == 1.0:
        return ""
    sizes = f"{tomogram.pixel_size:.2f} to {model.info.voxel_size:.2f} Å per pixel"
    return f"slices are rescaled from {sizes} for this model"


def _placed(levels: np.ndarray, region: Region, tomogram: Tomogram) -> np.ndarray:
    if region.shape == tuple(tomogram.shape[1:]):
        return levels
    plane = np.zeros(tomogram.shape[1:], np.uint8)
    plane[region.slices] = levels
    return plane
