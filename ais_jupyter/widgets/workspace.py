"""The workspace: the stages of the work in one window; each stage is also a widget of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.picks import PicksByTomogram
from ais_jupyter.core.data.training_set import TrainingSet
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.annotation_service import AnnotationService
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.library_service import LibraryService
from ais_jupyter.widgets.live_service import LiveService
from ais_jupyter.widgets.model_service import ModelService
from ais_jupyter.widgets.picking_service import PickingService
from ais_jupyter.widgets.prediction_service import PredictionService
from ais_jupyter.widgets.segmenting_service import SegmentingService
from ais_jupyter.widgets.slice_service import SliceService
from ais_jupyter.widgets.stages import STAGES
from ais_jupyter.widgets.tomogram_service import TomogramService
from ais_jupyter.widgets.training_service import TrainingService
from ais_jupyter.widgets.training_set_service import TrainingSetService
from ais_jupyter.widgets.uncertainty_service import UncertaintyService
from ais_jupyter.widgets.wire import slices as wire

if TYPE_CHECKING:
    from ais_jupyter.core.workflows import SegmentationModel

PRECISIONS = ("uint8", "float16", "float32")
#: What answers the page's requests, one subject each; all are made alike and closed with the window.
_SERVICES = (
    AnnotationService, TomogramService, TrainingSetService, TrainingService, PredictionService, ModelService,
    SegmentingService, PickingService, UncertaintyService, LiveService,
)  # fmt: skip


class Workspace(KernelWidget):
    """Annotate, train, segment and look, in one window.

    Parameters
    ----------
    source : path, Tomogram, AnnotatedTomogram, or a list of them
        What to open; a path may name any supported volume or a ``.scns``.
    models : SegmentationModel, ModelGroup, path, or a list of them
        Models to open.
    precision : "uint8", "float16" or "float32"
        How grey values travel to the browser; "uint8" between robust limits is the quickest.
    library : path, optional
        The feature library; that of the desktop program by default.

    Raises
    ------
    InputError
        Something else was given.
    """

    stages = traitlets.List(traitlets.Unicode(), help="Tabs of the window").tag(sync=True)
    stage = traitlets.Unicode(help="The tab in front, also after the page is reloaded").tag(sync=True)

    #: Which stages this kind of widget has.
    _stages: tuple[str, ...] = STAGES

    def __init__(
        self,
        source: Any = (),
        models: Any = (),
        precision: str = "uint8",
        library: str | Path | None = None,
        **kwargs: Any,
    ) -> None:
        if precision not in PRECISIONS:
            raise InputError(f"precision must be one of {', '.join(PRECISIONS)}, not {precision!r}")
        self._session = Session()
        self._services: list[Any] = []
        super().__init__("workspace", stages=list(self._stages), stage=self._stages[0], **kwargs)
        try:
            self._begin(source, models, precision, library)
        except BaseException:  # nothing of it stays open
            self.close()
            raise

    def _begin(self, source: Any, models: Any, precision: str, library: str | Path | None) -> None:
        for one in source if isinstance(source, (list, tuple)) else [source]:
            self._session.open(one)
        if self._session.documents:
            self._session.activate(self._session.documents[0])
        slices = SliceService(self._session, precision, self.withdrawal)
        self.on_request(wire.SLICE, slices.slice, background=True)
        self.on_request(wire.VALUE, slices.value, background=True)
        LibraryService(self, self._session, library)
        self._services += [service(self, self._session) for service in _SERVICES]
        self.add_models(models)

    @property
    def annotated(self) -> list[AnnotatedTomogram]:
        """The open tomograms with their annotations, in display order; everything seen in the browser is here."""
        return self._session.annotated

    @property
    def session(self) -> Session:
        """What is open, for scripts: undo, redo, save, and recovery of unsaved work."""
        return self._session

    @property
    def picks(self) -> PicksByTomogram:
        """The particles of the open tomograms, by the name of the tomogram; those without any are left out."""
        lists = [self._session.pick_lists.of(document).picks for document in self._session.documents]
        return PicksByTomogram((picks.tomogram_name, picks) for picks in lists if len(picks))

    @property
    def models(self) -> list[SegmentationModel]:
        """The open models, in display order."""
        return [opened.model for opened in self._session.models]

    @property
    def training_set(self) -> TrainingSet | None:
        """What models are trained on; None until it is made or loaded. May be set, also to the path of a ``.scnt``."""
        return self._session.training_set.training_set

    @training_set.setter
    def training_set(self, source: TrainingSet | str | Path | None) -> None:
        from ais_jupyter.core.workflows.opening import open_training_set

        found = None if source is None else open_training_set(source)
        self._session.training_set.use(found, str(source) if isinstance(source, (str, Path)) else "given in Python")

    def add_models(self, models: Any) -> None:
        """Open `models`: a model, a group, a path to either, or a list of these; a group brings its interactions.

        Raises
        ------
        FileFormatError
            A path leads to something that is not a model.
        """
        if isinstance(models, Sequence) and len(models) == 0:
            return
        from ais_jupyter.core.workflows.opening import open_models  # it knows Keras

        found, group = open_models(models)
        for model in found:
            self._session.models.add(model)
        if group is not None:
            self._session.models.set_interactions([*self._session.models.interactions, *group.interactions])

    def close(self) -> None:
        """Leave the page and stop listening; unsaved work stays recoverable."""
        if not self._open:
            return
        for service in self._services:
            service.close()
        self._session.close_all()
        super().close()


class Annotator(Workspace):
    """Look at tomograms and paint on them; see `Workspace` for the parameters."""

    _stages = ("annotate",)


class Trainer(Workspace):
    """Train models and watch them learn on the slice in view; see `Workspace` for the parameters."""

    _stages = ("models",)


class Segmenter(Workspace):
    """Apply models to many tomograms; see `Workspace` for the parameters."""

    _stages = ("export",)


class Picker(Workspace):
    """Pick particles from segmentations and correct them by hand; see `Workspace` for the parameters."""

    _stages = ("render",)
