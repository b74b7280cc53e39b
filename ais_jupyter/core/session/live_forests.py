"""Forests that follow the brush: after each stroke they are grown anew on what is painted by then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from ais_jupyter.core.data.architecture_names import INSTANT
from ais_jupyter.core.data.errors import AisError, InputError
from ais_jupyter.core.data.feature_settings import BACKGROUND_TITLE
from ais_jupyter.core.editing.document import Document
from ais_jupyter.core.editing.history import Step
from ais_jupyter.core.session.open_models import OpenModel

if TYPE_CHECKING:
    from ais_jupyter.core.learning.painted_samples import PaintedSamples
    from ais_jupyter.core.session.session import Session

_log = logging.getLogger(__name__)


class LiveForests:
    """One forest for each painted feature, over all open tomograms; grown in a thread of its own.

    The newest state of the annotations wins: a forest that grows on an older one is given up, but not twice in a row,
    so that somebody who never stops painting sees something.

    Attributes
    ----------
    on : bool
    learning : str
        Title of the feature whose forest is being grown; "" while none is.
    note : str
        Why there is no forest yet, or why one could not be grown; "" when there is nothing to say.
    seconds : float
        What the last one took.

    Events, from any thread: `changed()`.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self.on = False
        self.learning = self.note = ""
        self.seconds = 0.0
        self._session = session
        self._models: dict[str, OpenModel] = {}
        self._unwanted: set[str] = set()
        self._grown_on: dict[str, object] = {}
        self._painted: PaintedSamples | None = None
        self._latest = ""
        self._wake = threading.Condition()
        self._wanted = self._served = 0
        self._thread: threading.Thread | None = None

    def start(self, uid: str | None = None, z: int = 0) -> None:
        """Follow the brush from now on; slice `z` of a tomogram is measured at once, before the first stroke."""
        if self.on:
            return
        self.on, self.note = True, ""
        self._unwanted.clear()
        self._session.document_changed.connect(self._on_change)
        self._session.documents_changed.connect(self._on_change)
        self._session.models.removed.connect(self._on_removed)
        self._thread = threading.Thread(target=self._follow, args=(uid, z), name="ais-live-forest", daemon=True)
        self._thread.start()
        self._on_change()

    def stop(self) -> None:
        """Follow the brush no more; the forests stay as they are."""
        if not self.on:
            return
        self._session.document_changed.disconnect(self._on_change, missing_ok=True)
        self._session.documents_changed.disconnect(self._on_change, missing_ok=True)
        self._session.models.removed.disconnect(self._on_removed, missing_ok=True)
        with self._wake:
            self.on = False
            self._wake.notify_all()
        self.changed.emit()

    @property
    def settled(self) -> bool:
        """Whether all that was painted has been learned."""
        return not self.learning and self._served == self._wanted

    # in any thread ---------------------------------------------------------------------------------------------------

    def _on_change(self, document: Document | None = None) -> None:
        with self._wake:
            self._latest = _painted_last(document) or self._latest
            self._wanted += 1
            self._wake.notify_all()
        self.changed.emit()

    def _on_removed(self, opened: OpenModel) -> None:
        """Leave a feature alone whose forest was closed, until Live is switched on again."""
        for title in [title for title, known in self._models.items() if known is opened]:
            del self._models[title]
            self._unwanted.add(title)

    # in the thread ---------------------------------------------------------------------------------------------------

    def _follow(self, uid: str | None, z: int) -> None:
        self._safely(self._look_at, uid, z)
        patient = False
        while True:
            with self._wake:
                self._wake.wait_for(lambda: not self.on or self._served != self._wanted)
                wanted = self._wanted
            if not self.on:
                return
            patient = not self._safely(self._grow_all, wanted, patient)
            if not patient:
                self._served = wanted
            self.changed.emit()

    def _safely(self, work: Callable[..., bool], *arguments: Any) -> bool:
        """Do `work`; an error is said, and must not end the thread. Returns False where it was given up."""
        try:
            return work(*arguments)
        except AisError as error:
            self.note = str(error)
        except Exception as error:
            _log.exception("a forest could not be grown")
            self.note = f"An unexpected error: {type(error).__name__}: {error}"
        self.learning = ""
        return True

    def _look_at(self, uid: str | None, z: int) -> bool:
        """Compute what the filters see in a slice."""
        from ais_jupyter.core.learning.filter_responses import tiles

        if uid is None:
            return True
        tomogram = self._session[uid].tomogram
        samples = self._samples()
        if tomogram.available and 0 <= z < tomogram.shape[0]:
            block, _ = samples.prepared(tomogram, z)
            for _ in tiles(block, samples.bank, 1, self._session.predictor.responses):
                if not self.on:
                    break
        return True

    def _grow_all(self, wanted: int, patient: bool) -> bool:
        """Grow the forests of all features that changed, the one painted last first; False where it was given up."""
        titles = self._titles()
        self.note = "" if titles else "Paint some of a feature: it is found elsewhere from the first stroke on."
        for title in titles:
            began = time.monotonic()
            state = self._samples().state(self._session.annotated, title)
            if self._grown_on.get(title) == state:
                continue
            self.learning = title
            self.changed.emit()
            try:
                if not self._grow(title, wanted, patient):
                    return False
            except InputError as error:  # one feature lacks something; the others need not wait for it
                self.note = str(error)
            self._grown_on[title] = state
            self.seconds, self.learning = time.monotonic() - began, ""
        return True

    def _grow(self, title: str, wanted: int, patient: bool) -> bool:
        from ais_jupyter.core.learning.building import forest_plan
        from ais_jupyter.core.learning.forest_training import training_on_drawing
        from ais_jupyter.core.learning.training_options import TrainingOptions

        opened = self._model_of(title)
        plan = forest_plan(opened.model.state)
        if opened.training or plan is None:
            return True
        events = training_on_drawing(
            plan, opened.model.state, self._session.annotated, TrainingOptions(seed=0), self._samples(), title
        )
        while True:
            try:
                next(events)
            except StopIteration as end:
                opened.model.take(end.value)
                break
            if not self.on or (self._wanted != wanted and not patient):
                events.close()
                return False
        models = self._session.models
        models.set_live(opened, None)
        if title == self._latest and any(known.uid == models.selected for known in self._models.values()):
            models.select(opened.uid)
        return True

    def _titles(self) -> list[str]:
        """Features that are painted, the one of the latest stroke first."""
        from ais_jupyter.core.learning.painted_pixels import slices_about

        found: dict[str, None] = {}
        for annotated in self._session.annotated:
            for feature in annotated.features:
                if feature.title not in (BACKGROUND_TITLE, *self._unwanted) and slices_about(annotated, feature.title):
                    found[feature.title] = None
        return sorted(found, key=lambda title: title != self._latest)

    def _model_of(self, title: str) -> OpenModel:
        """Return the forest of a feature; that of a feature that was renamed goes on under its new title."""
        from ais_jupyter.core.learning.model import SegmentationModel

        known = self._models.get(title)
        if known is not None:
            return known
        models, features = self._session.models, [f for one in self._session.annotated for f in one.features]
        vanished = next((old for old in self._models if all(feature.title != old for feature in features)), None)
        if vanished is not None:
            opened = self._models[title] = self._models.pop(vanished)
            opened.model.title = models.free_title(title)
            return opened
        same = [one for one in models if one.model.title == title and one.model.info.architecture == INSTANT]
        if same:
            opened = same[0]
        else:
            color = next(feature.color for feature in features if feature.title == title)
            opened = models.add(SegmentationModel(INSTANT, models.free_title(title), color))
        self._models[title] = opened
        return opened

    def _samples(self) -> PaintedSamples:
        """Return what was measured so far; begun anew where the tomograms have another pixel size."""
        from ais_jupyter.core.learning.building import find_architecture
        from ais_jupyter.core.learning.forest_training import painted_for

        plan = find_architecture(INSTANT).plan
        assert plan is not None
        predictor = self._session.predictor
        fresh = painted_for(plan, self._session.annotated, statistic=predictor.statistic, cache=predictor.responses)
        if self._painted is None or self._painted.voxel_size != fresh.voxel_size:
            self._painted = fresh
            self._grown_on.clear()
        return self._painted


def _painted_last(document: Document | None) -> str:
    """Return the title of the feature that the latest step of a document changed; "" where there is none."""
    step = document.history.place if document is not None else None
    if document is None or not isinstance(step, Step):
        return ""
    uids = {feature.uid: feature.title for feature in document.annotated.features}
    return next((uids[edit.feature] for edit in reversed(step.edits) if edit.feature in uids), "")
