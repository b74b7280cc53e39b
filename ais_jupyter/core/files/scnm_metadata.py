"""What a model file says of a model besides its weights, in the words of Ais."""

from __future__ import annotations

from typing import Any

from ais_jupyter.core.data.architecture_names import FIRST_LIBRARY, RENAMED
from ais_jupyter.core.data.colors import as_color
from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.model_info import MOST_PIXELS, MOST_SLICES, ModelInfo
from ais_jupyter.core.data.training_set import GLOBAL_MAD
from ais_jupyter.core.files.json_text import number, whole_number

#: Architectures of Ais 1.2.40 in the order of its library; their place is what it calls ``model_enum``.
LIBRARY = (
    "ezm-2d", "ezm-2d-bxe", "ezm-2d-dice", "ezm-3d-M", "ezm-3d-L", "Pix2pix", "UNet L", "UNet M", "UNet S", "VGGNet L",
    "VGGNet M", "VGGNet S", "VGGNet X",
)  # fmt: skip
#: What Ais 1.2.40 takes a number for in a file that does not name its architecture.
UNNAMED_LIBRARY = (
    "ezm-2d-dice", "ezm-2d-bxe", "ezm-3d", "ezm-3d-bxe", "ezm-3d-filament", "Eman2", "InceptionNet", "Pix2pix",
    "cryoPom-bxe", "cryoPom-comb", "cryoPom-dice", "ResNet", "UNet L", "UNet S", "VGGNet L", "VGGNet M", "VGGNet S",
    "VGGNet X",
)  # fmt: skip
#: Field of `ModelInfo` → key in the file, for those that are plain numbers and switches.
_NUMBERS = {
    "voxel_size": "apix", "alpha": "alpha", "threshold": "threshold", "overlap": "overlap", "loss": "loss",
}  # fmt: skip
_INTEGERS = {
    "box_size": "box_size", "depth": "model_depth", "z_jitter": "z_jitter", "tta": "tta", "epochs": "epochs",
    "batch_size": "batch_size", "n_copies": "n_copies", "excess_negative": "excess_negative",
    "n_parameters": "n_parameters",
}  # fmt: skip
#: What boxes and slabs may be; a file that says more would make programs take memory without end.
BOUNDS = {"box_size": (-1, MOST_PIXELS), "depth": (1, MOST_SLICES), "z_jitter": (0, MOST_SLICES)}
_SWITCHES = ("active", "blend", "show", "emit", "absorb")
_OTHER = {
    "title", "colour", "arch", "info", "info_short", "model_enum", "compiled", "normalization", "filament_diameter",
    "learning_rate",
}  # fmt: skip
_KNOWN = {*_NUMBERS.values(), *_INTEGERS.values(), *_SWITCHES, *_OTHER}


def info_from_metadata(metadata: dict[str, Any], what: str, first_versions: bool = False) -> ModelInfo:
    """Read the metadata of a model. Keys that are missing get their defaults, unknown ones are kept in `extra`.

    Parameters
    ----------
    metadata : dict
    what : str
        Name of the file, for messages.
    first_versions : bool
        The file is of the kind that Ais wrote before March 2024.

    Raises
    ------
    FileFormatError
        A value is not of the kind it should be.
    """
    info = ModelInfo(normalization=None)
    for field, key in _NUMBERS.items():
        setattr(info, field, number(metadata.get(key), getattr(info, field), f"{what}: {key}"))
    for field, key in _INTEGERS.items():
        setattr(info, field, whole_number(metadata.get(key), getattr(info, field), f"{what}: {key}"))
    for key in _SWITCHES:
        setattr(info, key, bool(metadata.get(key, getattr(info, key))))
    info.title = str(metadata.get("title", info.title))
    if "colour" in metadata:
        try:
            info.color = as_color(metadata["colour"])
        except InputError as error:
            raise FileFormatError(f"{what}: {error}") from error
    for field, (low, high) in BOUNDS.items():
        if not low <= (value := getattr(info, field)) <= high:
            raise FileFormatError(f"{what}: {_INTEGERS[field]} should be from {low} to {high}, found {value}")
    info.architecture = _architecture(metadata, first_versions)
    info.normalization = metadata.get("normalization")
    if info.normalization not in (None, GLOBAL_MAD):
        raise FileFormatError(f"{what}: unknown normalization {info.normalization!r}; expected {GLOBAL_MAD!r} or none")
    for key in ("filament_diameter", "learning_rate"):
        value = metadata.get(key)
        setattr(info, key, None if value is None else number(value, 0.0, f"{what}: {key}"))
    info.extra = {key: value for key, value in metadata.items() if key not in _KNOWN}
    if "model_enum" in metadata:
        info.extra["model_enum"] = metadata["model_enum"]
    return info


def metadata_from_info(info: ModelInfo) -> dict[str, Any]:
    """Return all keys that Ais needs (a missing one makes it give up), and those kept from the file it came from."""
    architecture = RENAMED.get(info.architecture, info.architecture)
    size = f"{info.box_size}-{info.depth}, {info.voxel_size:.1f}, {info.loss:.4f}"
    metadata: dict[str, Any] = {"active_tab": 0, **info.extra}
    metadata.update({key: getattr(info, field) for field, key in {**_NUMBERS, **_INTEGERS}.items()})
    metadata.update({key: getattr(info, key) for key in _SWITCHES})
    metadata.update(
        title=info.title,
        colour=list(info.color),
        compiled=True,
        arch=architecture,
        info=f"{architecture} ({info.n_parameters / 1e6:.1f} Mp, {size})",
        info_short=f"({architecture}, {size})",
        normalization=info.normalization,
        filament_diameter=info.filament_diameter,
    )
    if info.learning_rate is not None:
        metadata["learning_rate"] = info.learning_rate
    if architecture in LIBRARY:
        metadata["model_enum"] = LIBRARY.index(architecture)
    metadata.setdefault("model_enum", 0)
    return metadata


def _architecture(metadata: dict[str, Any], first_versions: bool) -> str:
    """Title from ``arch``, else from the text before " (" in ``info``, else from the number."""
    if isinstance(metadata.get("arch"), str) and metadata["arch"]:
        return metadata["arch"]
    info = metadata.get("info")
    if isinstance(info, str) and " (" in info and not info.startswith("("):
        return info.split(" (", 1)[0]
    library = FIRST_LIBRARY if first_versions else UNNAMED_LIBRARY
    place = metadata.get("model_enum")
    return library[place] if isinstance(place, int) and 0 <= place < len(library) else ""
