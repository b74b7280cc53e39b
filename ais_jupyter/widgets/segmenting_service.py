"""Answers requests about segmenting many tomograms: the queue, its results, and how good they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.names import split_result
from ais_jupyter.core.data.planes import plane_as_shown
from ais_jupyter.core.data.segmentation import Segmentation
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.segmentation_queue import QueuedSegmentation
from ais_jupyter.widgets.base import KernelWidget, explain
from ais_jupyter.widgets.job_view import job_status
from ais_jupyter.widgets.later import Later
from ais_jupyter.widgets.list_changes import ListChanges
from ais_jupyter.widgets.wire import segmenting as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers

#: Seconds between two reports of progress.
PAUSE = 0.2
FOLDER = "segmented"
#: What `segment` may be told from the browser.
SETTINGS = ("tta", "tiled", "overlap", "trim_edges", "sigma", "overwrite")


class SegmentingService:
    """The queue of one widget, kept in the kernel so that it outlives the page."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self.queue = session.segmentations
        self._scores: dict[Path, wire.Scores] = {}
        self._volumes: dict[Path, tuple[float, Any]] = {}
        self._changes = ListChanges(self._describe)
        self._soon = Later(PAUSE, self._tell)
        self.queue.changed.connect(self._on_change)
        session.documents_changed.connect(self._on_change)
        widget.on_request(wire.EXPORTS, self.open)
        widget.on_request(wire.EXPORT, self.export, background=True)
        widget.on_request(wire.EXPORT_CANCEL, self.cancel)
        widget.on_request(wire.EXPORT_RETRY, self.retry)
        widget.on_request(wire.EXPORT_CLEAR, self.clear)
        widget.on_request(wire.RESULT_SLICE, self.result_slice, background=True)
        widget.on_request(wire.SCORE, self.score, background=True)

    def close(self) -> None:
        """Stop announcing; what is queued is segmented all the same."""
        self.queue.changed.disconnect(self._on_change, missing_ok=True)
        self._session.documents_changed.disconnect(self._on_change, missing_ok=True)
        self._soon.close()

    def default_folder(self) -> Path:
        """Return where results go unless another folder is chosen: beside the first tomogram that is a file."""
        paths = [annotated.tomogram.path for annotated in self._session.annotated]
        return next((Path(path).absolute().parent for path in paths if path is not None), Path.cwd()) / FOLDER

    def listing(self) -> wire.Exports:
        """Return every entry of the queue."""
        return {"exports": [self._describe(entry) for entry in self.queue]}

    def _on_change(self, entry: QueuedSegmentation | None = None) -> None:
        """Note what to tell: an entry, or whatever depends on which tomograms are open."""
        self._changes.touch(entry.uid if entry is not None else None)
        self._soon()

    def _tell(self) -> None:
        changed, order = self._changes.news({entry.uid: entry for entry in self.queue})
        if changed or order is not None:
            news: wire.ExportsChanged = {"changed": changed, "order": order}
            self._widget.push(wire.EXPORTS_CHANGED, news)

    # requests --------------------------------------------------------------------------------------------------------

    def open(self, _question: wire.Nothing, _buffers: Buffers) -> wire.ExportsAndFolder:
        """Return the queue and where results go."""
        return {**self.listing(), "folder": str(self.default_folder())}

    def export(self, question: wire.Export, _buffers: Buffers) -> wire.Added:
        """Queue ``models`` on ``tomograms`` and on the files that ``files`` (path, folder or wildcard) stands for."""
        models = [self._session.models[uid].applied for uid in question["models"]]
        sources: list[Any] = [self._session[uid] for uid in question["tomograms"]]
        if pattern := question["files"].strip():
            from ais_jupyter.core.workflows.sources import collect_volumes

            sources += collect_volumes([pattern])
        for source in sources:
            if not getattr(getattr(source, "tomogram", None), "available", True):
                raise InputError(f"the file of {source.name!r} is missing: relink it first")
        folder = Path(question["folder"] or self.default_folder()).expanduser()
        settings: dict[str, Any] = {name: value for name, value in question.items() if name in SETTINGS}
        with self._session.models.lock:
            interactions = list(self._session.models.interactions)
        added = self.queue.add(models, sources, folder, interactions, **settings)
        return {"added": len(added)}

    def cancel(self, question: wire.AnExport, _buffers: Buffers) -> wire.Nothing:
        """Stop the entry ``export``, or all of them."""
        uid = question["export"]
        if uid is None:
            self.queue.cancel_all()
        else:
            self.queue.cancel(uid)
        return {}

    def retry(self, question: wire.Retry, _buffers: Buffers) -> wire.Nothing:
        """Queue the entry ``export`` again; ``overwrite`` replaces its results."""
        self.queue.retry(question["export"], question["overwrite"])
        return {}

    def clear(self, _question: wire.Nothing, _buffers: Buffers) -> wire.Nothing:
        """Remove the entries that have ended."""
        self.queue.remove_ended()
        return {}

    def result_slice(self, question: wire.ResultPlane, _buffers: Buffers) -> Answer[wire.Picture]:
        """Return a plane of a finished result, as shown, as levels 0–255."""
        volume = self._segmentation(Path(question["path"]))
        plane = plane_as_shown(volume.volume, question["index"], question["axis"])
        levels = np.clip(np.asarray(plane, np.float32) * (255.0 / volume.full_scale), 0, 255).astype(np.uint8)
        height, width = levels.shape
        return Answer({"width": width, "height": height}, [np.ascontiguousarray(levels).data])

    def score(self, question: wire.Score, _buffers: Buffers) -> wire.Scores:
        """Compare the result at ``path`` with the volume at ``truth``, above ``threshold`` 0–1.

        ``ignore`` lists slices to leave out.
        """
        from ais_jupyter.core.workflows import evaluate

        path, truth = Path(question["path"]), Path(question["truth"]).expanduser()
        if path not in self._outputs():
            raise InputError(f"{path} is no result of this list")
        scores = evaluate(
            path, truth, threshold=255 * question.get("threshold", 0.5), ignore=question.get("ignore") or None
        )
        described = self._scores[path] = _plain(scores, truth, _region(self._segmentation(path)))
        for entry in self.queue:
            if path in entry.outputs:
                self._on_change(entry)
        return described

    # what the browser shows ------------------------------------------------------------------------------------------

    def _describe(self, entry: Any) -> wire.ExportInfo:
        annotated = next((a for a in self._session.annotated if a is entry.source), None)
        error = entry.error
        return {
            "uid": entry.uid,
            "name": entry.name,
            "tomogram": annotated.uid if annotated else None,
            "models": [model.title for model in entry.models],
            "status": {
                **job_status(entry.job),
                "title": entry.name,
                "state": entry.state,
                "error": explain(error) if error is not None and entry.state == "failed" else None,
            },
            "notes": entry.notes,
            "outputs": [
                {"path": str(path), "title": split_result(path)[1], "scores": self._scores.get(path)}
                for path in entry.outputs
            ],
        }

    def _outputs(self) -> set[Path]:
        return {path for entry in self.queue for path in entry.outputs}

    def _segmentation(self, path: Path) -> Segmentation:
        """Open a result of the queue, once for each version of the file."""
        from ais_jupyter.core.workflows.opening import open_segmentation

        if path not in self._outputs():
            raise InputError(f"{path} is no result of this list")
        changed = path.stat().st_mtime
        known = self._volumes.get(path)
        if known is None or known[0] != changed:
            self._volumes[path] = known = (changed, open_segmentation(path))
        return known[1]


def _region(result: Segmentation) -> tuple[int, int, int, int] | None:
    """Part of each slice that a result says was segmented; None where it is all of it, or unknown."""
    if result.extent is None or result.extent.region == Region.whole(result.volume.shape):
        return None
    part = result.extent.region
    return part.y0, part.y1, part.x0, part.x1


def _plain(scores: Any, truth: Path, region: tuple[int, int, int, int] | None) -> wire.Scores:
    """Scores as JSON has them: None for ratios of nothing to nothing.

    Figures are whole: the page rounds what it shows, and rounding twice would show 0.20951 as 0.209. Series are only
    drawn; they are rounded.
    """

    def number(value: Any) -> float | None:
        return float(value) if np.isfinite(value) else None

    return {
        "truth": str(truth),
        "dice": number(scores.dice),
        "iou": number(scores.iou),
        "precision": number(scores.precision),
        "recall": number(scores.recall),
        "threshold": scores.threshold / 255,
        "best_threshold": scores.best_threshold / 255,
        "best_dice": number(scores.best_dice),
        "curve": [number(value) for value in scores.curve.round(4)],
        "per_slice": [(int(z), number(dice)) for z, dice in zip(scores.slices, scores.per_slice["dice"].round(4))],
        "region": region,
    }
