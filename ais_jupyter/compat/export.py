"""``QueuedExport``: segmenting one tomogram with several models, as old scripts ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from ais_jupyter.compat.background import BackgroundProcess
from ais_jupyter.compat.frame import SEFrame
from ais_jupyter.compat.model import SEModel
from ais_jupyter.core.workflows.exporting import Outcome
from ais_jupyter.core.workflows.segmenting import segment


class QueuedExport:
    """Writes ``<title of the dataset>__<title of the model>.mrc`` for each model.

    Parameters
    ----------
    directory : str
    dataset : SEFrame
        Its ``crop_roi``, ``export_bottom`` and ``export_top`` at the time of `start` count.
    models : list of SEModel
    batch_size : int
        Slices computed at once.
    export_overlay : bool
        Accepted; there are no overlays.

    Attributes
    ----------
    process : BackgroundProcess
        Its ``progress`` reaches 1.0 when the export has ended, well or not.
    """

    def __init__(
        self,
        directory: str,
        dataset: SEFrame,
        models: Sequence[SEModel],
        batch_size: int = 1,
        export_overlay: bool = False,
    ) -> None:
        self.directory, self.dataset, self.models, self.batch_size = directory, dataset, list(models), batch_size
        self.process: BackgroundProcess = _Unstarted()  # type: ignore[assignment]

    def start(self) -> None:
        """Begin in the background."""
        frame = self.dataset
        annotated = frame.annotated
        annotated.roi = frame.region
        annotated.z_range = (int(frame.export_bottom), int(frame.export_top))
        for model in self.models:
            model._ready.title = model.title
        tomogram = annotated.tomogram
        tomogram.name = frame.title
        job = segment(
            [model._ready for model in self.models],
            annotated,
            self.directory,
            voxel_size=frame.pixel_size * 10,
            batch_size=max(1, int(self.batch_size)),
            overwrite=True,
            start=False,
            tta=max((model.tta for model in self.models), default=1),
        )
        self.process = BackgroundProcess(job, lambda: _report(job.result(0)))
        self.process.start()


class _Unstarted:
    """Progress of an export that was not started."""

    progress = 0.0
    error = None


def _report(outcomes: list[Outcome]) -> None:
    """Print what failed; the export as a whole has ended."""
    for outcome in outcomes:
        if outcome.error is not None:
            print(f"export of {outcome.tomogram} failed: {outcome.error}")
