"""Answers requests for what the models find in a slice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel, OpenModels
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.wire import predictions as wire
from ais_jupyter.widgets.wire.declare import Answer, Buffers


class PredictionService:
    """One prediction at a time, in a thread of its own so that slices never wait for a network."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._models = session.models
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ais-predict")
        widget.on_request(wire.PREDICT, self.predict, background=self._pool)
        widget.on_request(wire.PREDICTION_SAVE, self.save, background=True)
        self._models.weights_changed.connect(self._on_weights)
        self._models.removed.connect(self._on_removed)

    def close(self) -> None:
        """Stop listening, and predict no more."""
        self._models.weights_changed.disconnect(self._on_weights, missing_ok=True)
        self._models.removed.disconnect(self._on_removed, missing_ok=True)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def predict(self, question: wire.Predict, _buffers: Buffers) -> Answer[wire.Predicted]:
        """Apply the models that are in use to slice ``z`` of ``tomogram``.

        The answer has a layer of 8-bit probabilities for each model that is shown.
        """
        annotated = self._session[question["tomogram"]]
        z = question["z"]
        used = used_models(self._models)
        for opened in used:
            opened.predictions = (opened.predictions[0] + 1, opened.predictions[1])
        try:
            found = self._session.predictor.predict(
                annotated,
                z,
                [opened.as_applied() for opened in used],
                self._models.interactions,
                self._widget.withdrawal(),
                self._models.inference,
            )
        finally:
            for opened in used:
                opened.predictions = (opened.predictions[0], opened.predictions[1] + 1)
        layers: list[wire.PredictedLayer] = []
        buffers = []
        for opened in used:
            if opened.model.info.show:
                levels = np.ascontiguousarray(found.levels[opened.uid])
                layers.append({"model": opened.uid, "note": found.notes.get(opened.uid, "")})
                buffers.append(levels.data.cast("B"))
        height, width = annotated.tomogram.shape[1:]
        return Answer(
            {"tomogram": question["tomogram"], "z": z, "width": width, "height": height, "layers": layers}, buffers
        )

    def save(self, question: wire.SavePrediction, _buffers: Buffers) -> wire.Path:
        """Write what ``model`` finds in slice ``z`` to ``path``: an MRC volume of one slice, uint8, at its place."""
        from ais_jupyter.core.workflows.prediction_files import save_slice

        annotated, opened, z = self._session[question["tomogram"]], self._models[question["model"]], question["z"]
        if not opened.applied.compiled:
            raise InputError(f"{opened.model.title!r} has no weights yet: train it first")
        used = used_models(self._models)
        used = used if opened in used else [*used, opened]
        applied = [one.as_applied() for one in used]
        found = self._session.predictor.predict(
            annotated, z, applied, self._models.interactions, options=self._models.inference
        )
        overwrite = question.get("overwrite", False)
        path = save_slice(found.levels[opened.uid], annotated.tomogram, z, question["path"], overwrite)
        return {"path": str(path)}

    def _on_weights(self, opened: OpenModel) -> None:
        self._session.predictor.forget_versions(opened.uid, opened.version)
        weights: wire.Weights = {"model": opened.uid, "version": opened.version}
        self._widget.push(wire.WEIGHTS, weights)

    def _on_removed(self, opened: OpenModel) -> None:
        self._session.predictor.forget(opened.uid)


def used_models(models: OpenModels) -> list[OpenModel]:
    """Models that must be applied: active ones that are shown or act on others."""
    ready = [opened for opened in models if opened.applied.compiled and opened.model.info.active]
    partners = {interaction.partner for interaction in models.interactions}
    return [
        opened for opened in ready if opened.model.info.show or opened.model.info.emit or opened.model.title in partners
    ]
