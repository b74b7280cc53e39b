"""Answers requests about segmenting many tomograms: the queue, its results, and how good they are."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.geometry import Region, clip_z_range
from ais_jupyter.core.data.segmentation import SEPARATOR
from ais_jupyter.core.session import Session
from ais_jupyter.widgets.base import KernelWidget, explain
from ais_jupyter.widgets.job_view import job_status
from ais_jupyter.widgets.protocol import Answer, Buffers

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
        self._scores: dict[Path, dict[str, Any]] = {}
        self._volumes: dict[Path, tuple[float, Any]] = {}
        self._told = 0.0
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self.queue.changed.connect(self._on_change)
        widget.on_request("exports", lambda content, buffers: {**self.listing(), "folder": str(self.default_folder())})
        widget.on_request("export", self.export, background=True)
        widget.on_request("export_cancel", self.cancel)
        widget.on_request("export_retry", self.retry)
        widget.on_request("export_clear", lambda content, buffers: self.queue.remove_ended())
        widget.on_request("region", self.region)
        widget.on_request("result_slice", self.result_slice, background=True)
        widget.on_request("score", self.score, background=True)

    def close(self) -> None:
        """Stop telling; what is queued goes on."""
        self.queue.changed.disconnect(self._on_change, missing_ok=True)
        if self._timer is not None:
            self._timer.cancel()

    def default_folder(self) -> Path:
        """Return where results go unless another folder is chosen: beside the first tomogram that is a file."""
        paths = [annotated.tomogram.path for annotated in self._session.annotated]
        return next((Path(path).absolute().parent for path in paths if path is not None), Path.cwd()) / FOLDER

    def listing(self) -> dict[str, Any]:
        """Return every entry as the browser shows it; kept in step with ``ExportInfo`` in js/src/state."""
        return {"exports": [self._describe(entry) for entry in self.queue]}

    # requests --------------------------------------------------------------------------------------------------------

    def export(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Queue ``models`` on ``tomograms`` and on the files that ``files`` (path, folder or wildcard) stands for."""
        models = [self._session.models[uid].applied for uid in content["models"]]
        sources: list[Any] = [self._session[uid] for uid in content.get("tomograms", ())]
        if pattern := str(content.get("files") or "").strip():
            from ais_jupyter.core.files.paths import VOLUMES, collect

            sources += collect([pattern], VOLUMES)
        for source in sources:
            if not getattr(getattr(source, "tomogram", None), "available", True):
                raise InputError(f"the file of {source.name!r} is missing: relink it first")
        folder = Path(str(content.get("folder") or self.default_folder())).expanduser()
        settings = {name: content[name] for name in SETTINGS if content.get(name) is not None}
        with self._session.models.lock:
            interactions = list(self._session.models.interactions)
        added = self.queue.add(models, sources, folder, interactions, **settings)
        return {"added": len(added)}

    def cancel(self, content: dict[str, Any], _buffers: Buffers) -> None:
        """Stop the entry ``export``, or all of them."""
        if content.get("export") is None:
            self.queue.cancel_all()
        else:
            self.queue.cancel(content["export"])

    def retry(self, content: dict[str, Any], _buffers: Buffers) -> None:
        """Queue the entry ``export`` again; ``overwrite`` makes what is there again."""
        self.queue.retry(content["export"], bool(content.get("overwrite")))

    def region(self, content: dict[str, Any], _buffers: Buffers) -> None:
        """Set the region (y0, y1, x0, x1) and the half-open slice range that are segmented; None is all."""
        document = self._session.document(content["tomogram"])
        annotated = document.annotated
        shape = annotated.tomogram.shape
        if "region" in content:
            corners = content["region"]
            whole = Region.whole(shape)
            annotated.roi = Region(*(int(v) for v in corners)).clipped(shape) if corners else whole
        if "z_range" in content:
            annotated.z_range = clip_z_range(content["z_range"], shape[0])
        annotated.tomogram_changed.emit()
        self._session.document_changed.emit(document)

    def result_slice(self, content: dict[str, Any], _buffers: Buffers) -> Answer:
        """Return a plane of a finished result as levels 0–255."""
        volume = self._segmentation(Path(content["path"]))
        plane = volume.volume.slice(int(content["index"]), str(content["axis"]))
        levels = np.clip(np.asarray(plane, np.float32) * (255.0 / volume.full_scale), 0, 255).astype(np.uint8)
        height, width = levels.shape
        return Answer({"width": width, "height": height}, [np.ascontiguousarray(levels).data])

    def score(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Compare the result at ``path`` with the volume at ``truth``, above ``threshold`` 0–1.

        ``ignore`` lists slices to leave out.
        """
        from ais_jupyter.core.workflows import evaluate

        path, truth = Path(content["path"]), Path(str(content["truth"])).expanduser()
        if path not in self._outputs():
            raise InputError(f"{path} is no result of this list")
        scores = evaluate(
            path, truth, threshold=255 * float(content.get("threshold", 0.5)), ignore=content.get("ignore") or None
        )
        self._scores[path] = {"truth": str(truth), **_plain(scores)}
        self._push()
        return self._scores[path]

    # what the browser shows ------------------------------------------------------------------------------------------

    def _describe(self, entry: Any) -> dict[str, Any]:
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
                {"path": str(path), "title": path.stem.rsplit(SEPARATOR, 1)[-1], "scores": self._scores.get(path)}
                for path in entry.outputs
            ],
        }

    def _outputs(self) -> set[Path]:
        return {path for entry in self.queue for path in entry.outputs}

    def _segmentation(self, path: Path) -> Any:
        """Open a result of the queue, once for each version of the file."""
        from ais_jupyter.core.files.mrc import read_segmentation

        if path not in self._outputs():
            raise InputError(f"{path} is no result of this list")
        changed = path.stat().st_mtime
        known = self._volumes.get(path)
        if known is None or known[0] != changed:
            self._volumes[path] = known = (changed, read_segmentation(path))
        return known[1]

    def _on_change(self, entry: Any) -> None:
        """Tell at once what begins and ends, progress now and then."""
        moving = entry.state == "running" and 0 < entry.job.progress < 1
        with self._lock:
            if moving and time.monotonic() - self._told < PAUSE:
                return
            self._told = time.monotonic()
        self._push()

    def _push(self) -> None:
        self._widget.push("exports", self.listing())


def _plain(scores: Any) -> dict[str, Any]:
    """Scores as JSON has them: None for ratios of nothing to nothing.

    Figures are whole: the page rounds what it shows, and rounding twice would show 0.20951 as 0.209. Series are only
    drawn; they are rounded, since they travel with every report of progress.
    """

    def number(value: Any) -> float | None:
        return float(value) if np.isfinite(value) else None

    names = ("dice", "iou", "precision", "recall")
    return {
        **{name: number(getattr(scores, name)) for name in names},
        "threshold": scores.threshold / 255,
        "bestThreshold": scores.best_threshold / 255,
        "bestDice": number(scores.best_dice),
        "slices": len(scores.slices),
        "curve": [number(value) for value in scores.curve.round(4)],
        "perSlice": [[int(z), number(dice)] for z, dice in zip(scores.slices, scores.per_slice["dice"].round(4))],
    }
