"""The settings of a feature, each described once: to which group it belongs, its default, and what values it takes.

Three groups are treated differently. *Drawing* settings are part of the annotation: changing one is a step that can be
undone. *Tool* settings say how the feature is painted, and *view* settings how it is drawn over the picture; they are
saved with it, but changing one is no step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ais_jupyter.core.data.colors import CYCLE, as_color
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.numbers import is_number, shown
from ais_jupyter.core.data.texts import valid_title

Group = Literal["drawing", "tool", "view"]

#: A feature of this title is painted on what is none of the others.
BACKGROUND_TITLE = "Background"


@dataclass(frozen=True)
class FeatureSetting:
    """One setting.

    Attributes
    ----------
    name : str
        The attribute of `Feature`.
    group : "drawing", "tool" or "view"
    default : object
        Also tells the type: str, tuple (a colour), bool, int or float.
    step : str
        What undo calls a change.
    low, high : float
        Numbers outside are brought to the nearer of these, so that no file can make a brush that takes minutes.
    slider : (float, float, float) or None
        Smallest, largest and step of the control that windows offer.
    """

    name: str
    group: Group
    default: Any
    step: str
    low: float = 0.0
    high: float = 1.0
    slider: tuple[float, float, float] | None = None

    def checked(self, value: Any) -> Any:
        """Return `value` as a plain value of this setting.

        Raises
        ------
        InputError
            It is of another kind, or no finite number.
        """
        if isinstance(self.default, str):
            if isinstance(value, str):
                return valid_title(value)
        elif isinstance(self.default, tuple):
            return as_color(value)
        elif isinstance(self.default, bool):
            if isinstance(value, (bool, np.bool_, int)) and value in (0, 1):
                return bool(value)
        elif is_number(value):
            kept = min(self.high, max(self.low, value))
            return int(kept) if isinstance(self.default, int) else float(kept)
        raise InputError(f"the {self.name} of a feature cannot be {shown(value)}")


_ALL = (
    FeatureSetting("title", "drawing", "", "Rename feature"),
    FeatureSetting("color", "drawing", CYCLE[0], "Change colour"),
    FeatureSetting("box_size", "drawing", 128, "Change box size", 1, 8192, slider=(32, 256, 32)),
    FeatureSetting("brush_radius", "tool", 10.0, "Change brush size", 0.5, 2048, slider=(1, 50, 0.5)),
    FeatureSetting("alpha", "view", 1.0, "Change opacity", 0, 1, slider=(0, 1, 0.05)),
    FeatureSetting("visible", "drawing", True, "Show or hide feature"),
    FeatureSetting("filled", "view", True, "Change how the feature is drawn"),
    FeatureSetting("show_boxes", "view", True, "Show or hide boxes"),
    FeatureSetting("flood", "tool", False, "Switch the flood brush"),
    FeatureSetting("flood_sensitivity", "tool", 50.0, "Change sensitivity", 1, 100, slider=(1, 100, 1)),
)

#: In the order in which `Feature.settings` lists them.
FEATURE_SETTINGS: dict[str, FeatureSetting] = {setting.name: setting for setting in _ALL}

#: What a new feature has.
DEFAULTS: dict[str, Any] = {setting.name: setting.default for setting in _ALL}


def is_step(name: str) -> bool:
    """Whether changing this setting is a step that can be undone."""
    return FEATURE_SETTINGS[name].group == "drawing"
