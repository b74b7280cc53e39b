"""Answers requests about the list of models; the browser's side is ``js/src/state/model_set.ts``."""

from __future__ import annotations

import threading
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.colors import as_color, cycle_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.session import Session
from ais_jupyter.core.session.open_models import OpenModel
from ais_jupyter.widgets.base import KernelWidget
from ais_jupyter.widgets.protocol import Buffers

#: Seconds that changes of the list are collected before they are told.
DELAY = 0.05

_SWITCHES = ("active", "show", "blend", "emit", "absorb")


class ModelService:
    """The list of models and what is done with whole ones."""

    def __init__(self, widget: KernelWidget, session: Session) -> None:
        self._widget = widget
        self._session = session
        self._models = session.models
        self._timer: threading.Timer | None = None
        self._models.changed.connect(self._soon)
        widget.on_request("models", lambda content, buffers: self.listing())
        widget.on_request("architectures", self.architectures, background=True)
        widget.on_request("architecture_facts", self.facts, background=True)
        widget.on_request("model_add", self.add)
        widget.on_request("model_load", self.load, background=True)
        widget.on_request("model_save", self.save, background=True)
        widget.on_request("model_group_save", self.save_group, background=True)
        widget.on_request("model_remove", self.remove)
        widget.on_request("model_select", self.select)
        widget.on_request("model_set", self.set)
        widget.on_request("interactions", self.interactions)

    def close(self) -> None:
        """Stop listening."""
        if self._timer is not None:
            self._timer.cancel()
        self._models.changed.disconnect(self._soon, missing_ok=True)

    def listing(self) -> dict[str, Any]:
        """Return every open model, and how they act on each other."""
        with self._models.lock:
            return {
                "models": [describe_model(opened) for opened in self._models],
                "interactions": [asdict(interaction) for interaction in self._models.interactions],
                "selected": self._models.selected,
            }

    # requests --------------------------------------------------------------------------------------------------------

    def architectures(self, _content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Return the library: title, when to use it, and the group in which it is offered."""
        from ais_jupyter.core.learning.architectures import architectures

        return {
            "architectures": [
                {
                    "title": one.title,
                    "summary": one.summary,
                    "group": "retired" if one.retired else "plug-in" if one.plugin else "current",
                }
                for one in architectures()
            ]
        }

    def facts(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Return what is known of one architecture; it is built for that, which takes a moment."""
        from ais_jupyter.core.learning.network_facts import architecture_facts

        found = architecture_facts(str(content["title"]), int(content.get("depth", 1)))
        return {"facts": None if found is None else _facts(found)}

    def add(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Open a new model of ``architecture``, with a ``title`` if that is known already."""
        from ais_jupyter.core.workflows import SegmentationModel

        title = self._free_title(str(content.get("title") or "Unnamed model"))
        color = as_color(content["color"]) if content.get("color") else cycle_color(len(self._models))
        opened = self._models.add(SegmentationModel(str(content["architecture"]), title, color))
        return {"model": opened.uid}

    def load(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Open the model or group at ``path``."""
        from ais_jupyter.core.workflows.opening import open_models

        path = Path(str(content["path"])).expanduser()
        models, group = open_models(path)
        opened = [self._models.add(model, None if group else path) for model in models]
        if group is not None and group.interactions:
            self._models.set_interactions([*self._models.interactions, *group.interactions])
        return {"model": opened[-1].uid}

    def save(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Write ``model`` to ``path`` (by default where it came from), with a picture of slice ``z``."""
        opened = self._models[content["model"]]
        path = content.get("path") or opened.path
        if not path:
            raise InputError("give a path to write to")
        if content.get("z") is not None:
            self._take_picture(opened, str(content["tomogram"]), int(content["z"]))
        written = opened.save(path, overwrite=bool(content.get("overwrite")))
        self._soon()
        return {"path": str(written)}

    def save_group(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Write all models with weights, and their interactions, to ``path``."""
        from ais_jupyter.core.workflows import ModelGroup

        path = Path(str(content["path"])).expanduser()
        if path.exists() and not content.get("overwrite"):
            raise InputError(f"{path} is there already: save under another name, or overwrite it")
        ready = [opened.model for opened in self._models if opened.model.compiled]
        titles = {model.title for model in ready}
        acting = [i for i in self._models.interactions if {i.parent, i.partner} <= titles]
        return {"path": str(ModelGroup(ready, acting).save(path))}

    def remove(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Close ``model``."""
        self._models.remove(content["model"])
        return {}

    def select(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Bring ``model`` to the front."""
        self._models.select(content["model"])
        return {}

    def set(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Give the setting ``name`` of ``model`` another ``value``."""
        opened, name = self._models[content["model"]], str(content["name"])
        setattr(opened.model.info, name, checked(name, content["value"]))
        return {}

    def interactions(self, content: dict[str, Any], _buffers: Buffers) -> dict[str, Any]:
        """Replace all interactions."""
        names = {one.name for one in fields(Interaction)}
        self._models.set_interactions(
            [Interaction(**{name: one[name] for name in names & set(one)}) for one in content["interactions"]]
        )
        return {}

    # -----------------------------------------------------------------------------------------------------------------

    def _free_title(self, wanted: str) -> str:
        """`wanted`, with a number if it is taken: outputs are named by titles."""
        taken, title, number = {opened.model.title for opened in self._models}, wanted, 1
        while title in taken:
            number += 1
            title = f"{wanted} {number}"
        return title

    def _take_picture(self, opened: OpenModel, tomogram: str, z: int) -> None:
        from ais_jupyter.core.files.scnm_preview import make_picture

        annotated, model = self._session[tomogram], opened.model
        if not model.compiled or not annotated.tomogram.available:
            return
        levels = self._session.predictor.predict(annotated, z, [opened.as_applied()]).levels[opened.uid]
        block = annotated.tomogram.around(z, model.info.depth)
        picture = make_picture(block[len(block) // 2], levels / 255, model.info.color)
        model.preview = block.astype("float32"), picture

    def _soon(self) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(DELAY, self._push)
            self._timer.daemon = True
            self._timer.start()

    def _push(self) -> None:
        self._widget.push("models", self.listing())


def describe_model(opened: OpenModel) -> dict[str, Any]:
    """Return what the browser shows of a model; kept in step with ``ModelValues`` in js/src/state/model_set.ts."""
    info = opened.model.info
    return {
        "uid": opened.uid,
        "path": str(opened.path) if opened.path else None,
        "proposedName": opened.proposed_name,
        "compiled": opened.applied.compiled,
        "training": opened.training,
        "version": opened.look_at_weights(),
        "architecture": info.architecture,
        "parameters": info.n_parameters,
        "receptiveField": _receptive_field(opened),
        "boxSize": info.box_size,
        "depth": info.depth,
        "loss": info.loss,
        "voxel_size": info.voxel_size,
        "title": info.title,
        "color": list(info.color),
        "threshold": info.threshold,
        "alpha": info.alpha,
        "tta": info.tta,
        **{name: getattr(info, name) for name in _SWITCHES},
    }


def checked(name: str, value: Any) -> Any:
    """Return `value` as a setting called `name` holds it.

    Raises
    ------
    InputError
        There is no such setting, or it cannot be that.
    """
    if name in _SWITCHES:
        return bool(value)
    if name in ("threshold", "alpha"):
        return min(1.0, max(0.0, float(value)))
    if name == "tta":
        return min(16, max(1, int(value)))
    if name == "color":
        return as_color(value)
    if name == "title" and str(value).strip():
        return str(value).strip()
    if name == "voxel_size" and float(value) > 0:
        return float(value)
    raise InputError(f"a model has no setting {name!r} that can be {value!r}")


def _receptive_field(opened: OpenModel) -> int | None:
    from ais_jupyter.core.learning.network_facts import network_facts

    network = opened.model.network
    return None if network is None else network_facts(network).receptive_field


def _facts(found: Any) -> dict[str, Any]:
    return {
        "parameters": found.n_parameters,
        "receptiveField": found.receptive_field,
        "sizeMultiple": found.size_multiple,
        "depthMultiple": found.depth_multiple,
    }
