"""Mouse and keys of the window: what they do, and the help that says so."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Help:
    """A line of the help: what is pressed, and what it does."""

    shown: str
    what: str


@dataclass(frozen=True)
class Key(Help):
    """A line of the help with the keys that it stands for.

    Attributes
    ----------
    actions : dict of str → str
        From a combination, such as ``"ctrl+shift+z"`` (``ctrl`` is also the command key), to the name of what it does.
    """

    actions: dict[str, str]


MOUSE: tuple[Help, ...] = (
    Help("left button", "use the tool"),
    Help("right button", "erase · remove box"),
    Help("shift + left", "place or move a box"),
    Help("shift + right", "remove the nearest box"),
    Help("wheel", "next slice (wraps around), also while drawing"),
    Help("shift + wheel", "zoom at the cursor"),
    Help("ctrl + wheel", "brush size"),
    Help("middle drag", "move the picture"),
    Help("ctrl + middle drag", "brush size"),
    Help("two fingers", "move and zoom"),
)

KEYS: tuple[Key, ...] = (
    Key("V B E L", "move, brush, erase, lasso", {"v": "navigate", "b": "brush", "e": "erase", "l": "lasso"}),
    Key("F", "flood brush on and off", {"f": "flood"}),
    Key("− =", "sensitivity of the flood brush", {"-": "less_sensitive", "=": "more_sensitive"}),
    Key("[ ]", "brush size", {"[": "smaller_brush", "]": "larger_brush"}),
    Key(
        "← →",
        "slice (shift: five slices)",
        {
            "ArrowLeft": "previous_slice",
            "ArrowRight": "next_slice",
            "shift+ArrowLeft": "five_back",
            "shift+ArrowRight": "five_on",
        },
    ),
    Key("↑ ↓", "tomogram", {"ArrowUp": "previous_tomogram", "ArrowDown": "next_tomogram"}),
    Key("W S", "previous, next feature", {"w": "previous_feature", "s": "next_feature"}),
    Key("X", "hide or show the feature", {"x": "visible"}),
    Key("shift + F", "filled or outlined", {"shift+f": "filled"}),
    Key("N", "copy the drawing to the next slice", {"n": "copy_to_next"}),
    Key("P", "predictions on and off", {"p": "predictions"}),
    Key("O", "which is filled where both are shown: prediction or annotation", {"o": "swap"}),
    Key("A", "automatic contrast", {"a": "autocontrast"}),
    Key("I", "invert (shift: interpolate)", {"i": "invert", "shift+i": "interpolate"}),
    Key("Z", "filters on and off", {"z": "filters"}),
    Key("space", "fit the picture", {" ": "fit"}),
    Key("ctrl + Z", "undo (shift: redo)", {"ctrl+z": "undo", "ctrl+shift+z": "redo", "ctrl+y": "redo"}),
    Key("ctrl + S", "save", {"ctrl+s": "save"}),
    Key("?", "this help", {"?": "help"}),
    Key("Esc", "close a menu, this help or the full window", {"Escape": "escape"}),
)


def actions() -> dict[str, str]:
    """Return what every combination of keys does."""
    return {combination: action for key in KEYS for combination, action in key.actions.items()}


def markdown() -> str:
    """Return the two tables of ``docs/keys.md``."""
    mouse = ["## Mouse", "", "| mouse | what it does |", "|---|---|"]
    keys = ["## Keys", "", "| key | what it does |", "|---|---|"]
    mouse += [f"| {line.shown} | {line.what} |" for line in MOUSE]
    keys += [f"| {line.shown} | {line.what} |" for line in KEYS]
    return "\n".join([*mouse, "", *keys, ""])
