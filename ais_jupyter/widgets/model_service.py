"""Answers requests about the list of models."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from ais_jupyter.core.data.colors import cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.later import Later
from ais_jupyter.widgets.wire import models as wire
from ais_jupyter.widgets.wire.check import check, fields_of
from ais_jupyter.widgets.wire.declare import Buffers

#: Seconds that changes of the list are collected before they are told.
DELAY = 0.05


class ModelService:
    """The list of models and what is done with whole ones."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._models = session.models
        self._soon = Later(DELAY, lambda: widget.push(wire.MODELS_CHANGED, self.listing()))
        self._models.changed.connect(self._soon)
        widget.on_request(wire.MODELS, lambda question, buffers: self.listing())
        widget.on_request(wire.ARCHITECTURES, self.architectures, background=True)
        widget.on_request(wire.ARCHITECTURE_FACTS, self.facts, background=True)
        widget.on_request(wire.MODEL_ADD, self.add)
        widget.on_request(wire.MODEL_LOAD, self.load, background=True)
        widget.on_request(wire.MODEL_SAVE, self.save, background=True)
        widget.on_request(wire.MODEL_GROUP_SAVE, self.save_group, background=True)
        widget.on_request(wire.MODEL_REMOVE, self.remove)
        widget.on_request(wire.MODEL_SELECT, self.select)
        widget.on_request(wire.MODEL_SET, self.set)
        widget.on_request(wire.INTERACTIONS, self.interactions)

    def close(self) -> None:
        """Stop listening."""
        self._soon.close()
        self._models.changed.disconnect(self._soon, missing_ok=True)

    def listing(self) -> wire.Models:
        """Return every open model, and how they act on each other."""
        with self._models.lock:
            return {
                "models": [describe_model(opened) for opened in self._models],
                "interactions": [cast(wire.Interaction, asdict(one)) for one in self._models.interactions],
                "selected": self._models.selected,
            }

    # requests --------------------------------------------------------------------------------------------------------

    def architectures(self, _question: wire.Nothing, _buffers: Buffers) -> wire.ArchitectureList:
        """Return the library: title, when to use it, and the group in which it is offered."""
        from ais_jupyter.core.workflows.library import entries

        return {
            "architectures": [
                {
                    "title": one.title,
                    "summary": one.summary,
                    "group": "retired" if one.retired else "plug-in" if one.plugin else "current",
                }
                for one in entries()
            ]
        }

    def facts(self, question: wire.AskFacts, _buffers: Buffers) -> wire.KnownFacts:
        """Return what is known of one architecture; it is built for that, which takes a moment."""
        from ais_jupyter.core.workflows.library import architecture_facts

        found = architecture_facts(question["title"], question.get("depth", 1))
        return {"facts": None if found is None else _facts(found)}

    def add(self, question: wire.AddModel, _buffers: Buffers) -> wire.OneModel:
        """Open a new model of ``architecture``, with a ``title`` if that is known already."""
        from ais_jupyter.core.workflows import SegmentationModel

        title = self._models.free_title(question.get("title") or "Unnamed model")
        color = question["color"] if "color" in question else cycle_color(len(self._models))
        opened = self._models.add(SegmentationModel(question["architecture"], title, color))
        return {"model": opened.uid}

    def load(self, question: wire.LoadModel, _buffers: Buffers) -> wire.OneModel:
        """Open the model or group at ``path``."""
        from ais_jupyter.core.workflows.opening import open_models

        path = Path(question["path"]).expanduser()
        models, group = open_models(path)
        for model in models:
            if question.get("allow_custom"):
                model.allow_custom(model.info.architecture)
            model.check_consent()
        opened = [self._models.add(model, None if group else path) for model in models]
        if group is not None and group.interactions:
            self._models.set_interactions([*self._models.interactions, *group.interactions])
        return {"model": opened[-1].uid}

    def save(self, question: wire.SaveModel, _buffers: Buffers) -> wire.Path:
        """Write ``model`` to ``path`` (by default where it came from), with a picture of slice ``z``."""
        opened = self._models[question["model"]]
        path = question.get("path") or opened.path
        if not path:
            raise InputError("give a path to write to")
        tomogram, z = question.get("tomogram"), question.get("z")
        if tomogram is not None and z is not None:
            self._take_picture(opened, tomogram, z)
        written = opened.save(path, overwrite=question.get("overwrite", False))
        self._soon()
        return {"path": str(written)}

    def save_group(self, question: wire.SaveGroup, _buffers: Buffers) -> wire.Path:
        """Write all models with weights, and their interactions, to ``path``."""
        from ais_jupyter.core.workflows import ModelGroup

        ready = [opened.model for opened in self._models if opened.model.compiled]
        titles = {model.title for model in ready}
        acting = [i for i in self._models.interactions if {i.parent, i.partner} <= titles]
        return {"path": str(ModelGroup(ready, acting).save(question["path"], question.get("overwrite", False)))}

    def remove(self, question: wire.OneModel, _buffers: Buffers) -> wire.Nothing:
        """Close ``model``."""
        self._models.remove(question["model"])
        return {}

    def select(self, question: wire.OneModel, _buffers: Buffers) -> wire.Nothing:
        """Bring ``model`` to the front."""
        self._models.select(question["model"])
        return {}

    def set(self, question: wire.SetModel, _buffers: Buffers) -> wire.Nothing:
        """Give the setting ``name`` of ``model`` another ``value``."""
        opened, name = self._models[question["model"]], question["name"]
        setattr(opened.model.info, name, checked(name, question["value"]))
        return {}

    def interactions(self, question: wire.Interactions, _buffers: Buffers) -> wire.Nothing:
        """Replace all interactions."""
        self._models.set_interactions([Interaction(**one) for one in question["interactions"]])
        return {}

    # -----------------------------------------------------------------------------------------------------------------

    def _take_picture(self, opened: OpenModel, tomogram: str, z: int) -> None:
        from ais_jupyter.core.workflows.prediction_files import take_picture

        annotated, model = self._session[tomogram], opened.model
        if not model.compiled or not annotated.tomogram.available:
            return
        levels = self._session.predictor.predict(annotated, z, [opened.as_applied()]).levels[opened.uid]
        take_picture(model, annotated.tomogram, z, levels)


def describe_model(opened: OpenModel) -> wire.ModelValues:
    """Return what the page shows of a model."""
    info = opened.model.info
    return {
        "uid": opened.uid,
        "path": str(opened.path) if opened.path else None,
        "proposed_name": opened.proposed_name,
        "compiled": opened.applied.compiled,
        "training": opened.training,
        "version": opened.look_at_weights(),
        "architecture": info.architecture,
        "parameters": info.n_parameters,
        "receptive_field": _receptive_field(opened),
        "box_size": info.box_size,
        "depth": info.depth,
        "loss": info.loss,
        "voxel_size": info.voxel_size,
        "title": info.title,
        "color": info.color,
        "threshold": info.threshold,
        "alpha": info.alpha,
        "tta": info.tta,
        "active": info.active,
        "show": info.show,
        "blend": info.blend,
        "emit": info.emit,
        "absorb": info.absorb,
    }


def checked(name: str, value: Any) -> Any:
    """Return `value` as the setting `name` of a model holds it.

    Raises
    ------
    InputError
        The setting cannot have this value.
    """
    value = check(value, fields_of(wire.ModelSettings)[name][0], f"the setting {name!r}")
    if name == "title":
        value = value.strip()
    if value == "" or (name == "voxel_size" and not value > 0):
        raise InputError(f"the {name.replace('_', ' ')} of a model cannot be {value!r}")
    return value


def _receptive_field(opened: OpenModel) -> int | None:
    from ais_jupyter.core.workflows.library import network_facts

    network = opened.model.network
    return None if network is None else network_facts(network).receptive_field


def _facts(found: Any) -> wire.Facts:
    return {
        "parameters": found.n_parameters,
        "receptive_field": found.receptive_field,
        "size_multiple": found.size_multiple,
        "depth_multiple": found.depth_multiple,
    }
