"""Facts that page and kernel both need, gathered from where they are kept."""

import json
from typing import Any

from ais_jupyter.core.data.architecture_names import PROPOSED
from ais_jupyter.core.data.colors import CYCLE
from ais_jupyter.core.data.feature_settings import BACKGROUND_TITLE, DEFAULTS, FEATURE_SETTINGS
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.editing.step_names import STEP_NAMES
from ais_jupyter.core.session.training_set_draft import BOX_STEP, LARGEST_PROPOSED
from ais_jupyter.widgets.stages import STAGES
from ais_jupyter.widgets.wire.keys import KEYS, MOUSE, actions
from ais_jupyter.widgets.wire.segmenting import ExportOptions
from ais_jupyter.widgets.wire.training import TrainingOptions

#: What a person starts with in the window: shorter than from Python, with boxes held out, since the curve is watched.
#: With 40 boxes that is two thousand steps, about two minutes on two cores for the network that is proposed.
TRAINING: TrainingOptions = {
    "epochs": 50,
    "batch_size": 8,  # until the kernel has suggested one that suits the set
    "n_copies": 10,
    "learning_rate": None,
    "validation_split": 0.1,
    "augment": False,
}

#: How a window exports unless told otherwise.
EXPORT: ExportOptions = {"tta": 1, "tiled": False, "overlap": 0.2, "trim_edges": False, "sigma": 0.0}


def tables_module() -> str:
    """Return the TypeScript module with the tables."""
    settings = list(FEATURE_SETTINGS.values())
    near = Interaction("", "")
    parts = [
        _constant("Default colours of features and models.", "COLOR_CYCLE", CYCLE, "readonly Color[]"),
        _constant("What a new feature has.", "FEATURE_DEFAULTS", DEFAULTS, "FeatureSettings"),
        _constant("A feature that is painted on what is none of the others.", "BACKGROUND_TITLE", BACKGROUND_TITLE),
        _constant(
            "Settings whose change is no step to undo.",
            "NO_STEP",
            [setting.name for setting in settings if setting.group != "drawing"],
            "readonly SettingName[]",
        ),
        _constant(
            "What undo calls the change of a setting.",
            "SETTING_STEPS",
            {setting.name: setting.step for setting in settings},
            "Readonly<Record<SettingName, StepName>>",
        ),
        _constant(
            "Smallest, largest and step of the controls of feature settings.",
            "SLIDERS",
            {setting.name: dict(zip(("min", "max", "step"), setting.slider)) for setting in settings if setting.slider},
        ),
        _constant(
            "Smallest and largest number that a setting keeps.",
            "SETTING_BOUNDS",
            {
                setting.name: (setting.low, setting.high)
                for setting in settings
                if isinstance(setting.default, (int, float)) and not isinstance(setting.default, bool)
            },
        ),
        f"/** What undo calls steps. */\nexport type StepName = {_union(dict.fromkeys(STEP_NAMES))};\n",
        _constant("The stages of the work, which are the tabs of the window.", "STAGES", STAGES, const=True),
        "export type Stage = (typeof STAGES)[number];\n",
        _constant("What is proposed for new models.", "PROPOSED_ARCHITECTURE", PROPOSED),
        _constant("How a window trains unless told otherwise.", "TRAINING_DEFAULTS", TRAINING, "TrainingOptions"),
        _constant("How a window exports unless told otherwise.", "EXPORT_DEFAULTS", EXPORT, "ExportOptions"),
        _constant(
            "Edge of training boxes in pixels.",
            "BOX_SLIDER",
            {"min": BOX_STEP, "max": LARGEST_PROPOSED, "step": BOX_STEP},
        ),
        _constant(
            "A new interaction of two models.",
            "INTERACTION_DEFAULTS",
            {"kind": near.kind, "radius": near.radius, "threshold": near.threshold},
            'Pick<Interaction, "kind" | "radius" | "threshold">',
        ),
        _constant("Lines of the help.", "MOUSE_HELP", [(line.shown, line.what) for line in MOUSE], _LINES),
        _constant("Lines of the help.", "KEY_HELP", [(line.shown, line.what) for line in KEYS], _LINES),
        f"export type KeyAction = {_union(dict.fromkeys(actions().values()))};\n",
        _constant("What combinations of keys do.", "KEYS", actions(), "Readonly<Record<string, KeyAction>>"),
    ]
    imports = "Color, ExportOptions, FeatureSettings, Interaction, SettingName, TrainingOptions"
    return f'import type {{ {imports} }} from "./wire";\n\n' + "\n".join(parts)


_LINES = "readonly (readonly [string, string])[]"


def _constant(about: str, name: str, value: Any, type_: str = "", const: bool = False) -> str:
    typed, end = (f": {type_}" if type_ else ""), (" as const" if const or not type_ else "")
    end = "" if isinstance(value, str) else end
    return f"/** {about} */\nexport const {name}{typed} = {json.dumps(value, ensure_ascii=False)}{end};\n"


def _union(names: Any) -> str:
    return " | ".join(json.dumps(name, ensure_ascii=False) for name in names)
