"""The library of architectures: those of the package and those that users add.

Such a file has ``title``, ``include`` and ``create(input_shape)``, as ``models/model_template.py`` explains; one that
describes a forest instead of a network has a ``plan`` in place of ``create`` (``models/forest_plan.py``).
Files are looked for in this order, and a later one replaces an earlier one of the same title: the package's ``models``
folder, entry points of the group ``ais_jupyter.models``, ``~/.Ais/models``, ``~/.ais_jupyter/models``. The environment
variable ``AIS_JUPYTER_HOME`` names another folder to take the place of ``~``.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import importlib.util
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from ais_jupyter.core.data.architecture_names import FIRST_LIBRARY, RENAMED
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.home import home
from ais_jupyter.core.data.model_info import MOST_SLICES
from ais_jupyter.core.data.numbers import is_number
from ais_jupyter.core.learning.recipe import recipe_called
from ais_jupyter.models.forest_plan import ForestPlan

log = logging.getLogger(__name__)

PACKAGE = "ais_jupyter.models"
ENTRY_POINTS = "ais_jupyter.models"


@dataclass(frozen=True)
class Architecture:
    """One entry of the library.

    Attributes
    ----------
    title : str
        Name under which it is chosen, and which is stored with models.
    summary : str
        When to use it, in a line; "" when the file says nothing.
    include : bool
        Whether it is offered.
    create : callable
        ``create((box, box, depth))`` → compiled Keras model, or an object that trains and predicts in its own way.
    module : str
        Name of the module it comes from.
    path : Path or None
        The file it comes from.
    retired : bool
        Kept for old models and scripts.
    plugin : bool
        Added by the user or another package.
    load_model : callable or None
        ``load_model(path)`` reads what such an object saved by itself.
    plan : ForestPlan or None
        How its forest is grown; None for networks and objects. `create` returns it.
    depth : int
        Slices that it is best given.
    recipe : str
        How it is trained unless told otherwise (see `recipe.RECIPES`).
    """

    title: str
    summary: str
    include: bool
    create: Callable[[tuple[int, int, int]], Any]
    module: str
    path: Path | None = None
    retired: bool = False
    plugin: bool = False
    load_model: Callable[[str], Any] | None = None
    plan: ForestPlan | None = None
    depth: int = 1
    recipe: str = "plain"


@dataclass(frozen=True)
class Problem:
    """A plug-in that could not be used: where it is and why."""

    source: str
    error: str

    def __str__(self) -> str:
        return f"{self.source}: {self.error}"


@dataclass
class _Library:
    by_title: dict[str, Architecture]
    problems: list[Problem]


_library: _Library | None = None
_lock = threading.Lock()


def architectures() -> list[Architecture]:
    """Return those that are offered: current ones first, then plug-ins, then retired ones; each group by title."""
    entries = [entry for entry in _loaded().by_title.values() if entry.include]
    return sorted(entries, key=lambda entry: (entry.retired, entry.plugin, entry.title.casefold()))


def available() -> list[str]:
    """Return the names for old scripts: the documented nine in their order, then all other titles."""
    titles = [entry.title for entry in architectures()]
    return [*FIRST_LIBRARY, *(title for title in titles if title not in FIRST_LIBRARY)]


def find(name: str) -> Architecture:
    """Look an architecture up by title or old name; case, spaces, hyphens and underscores do not matter.

    Raises
    ------
    InputError
        There is none of this name.
    """
    library = _loaded().by_title
    wanted = _plain(name)
    names = {_plain(title): entry for title, entry in library.items()}
    for old, new in RENAMED.items():
        names.setdefault(_plain(old), library[new])
    if wanted in names:
        return names[wanted]
    close = difflib.get_close_matches(wanted, names, n=1)
    hint = f"; did you mean {names[close[0]].title!r}?" if close else "."
    failed = "".join(f"\nnot loaded: {problem}" for problem in problems())
    raise InputError(f"no architecture is called {name!r}{hint} There are: {', '.join(sorted(library))}{failed}")


def current_title(name: str) -> str:
    """Today's title for an old name; any other name as it is."""
    return next((new for old, new in RENAMED.items() if _plain(old) == _plain(name)), name)


def problems() -> list[Problem]:
    """Return the plug-ins that could not be used, and why."""
    return list(_loaded().problems)


def reload() -> None:
    """Look for plug-ins again."""
    global _library
    with _lock:
        _library = None


def plugin_folders() -> list[Path]:
    """Folders whose ``.py`` files are added, the last one wins."""
    return [home() / ".Ais" / "models", home() / ".ais_jupyter" / "models"]


def _loaded() -> _Library:
    global _library
    with _lock:
        if _library is None:
            _library = _load()
        return _library


def _load() -> _Library:
    library = _Library({}, [])
    for source, load_module, path in _sources():
        plugin = not source.startswith(f"{PACKAGE}.")
        try:
            entry = _read(load_module(), path, plugin)
        except (Exception, SystemExit) as error:  # a plug-in may raise anything; the others must still load
            library.problems.append(Problem(source, f"{type(error).__name__}: {error}"))
            log.warning("the architecture in %s cannot be used: %s: %s", source, type(error).__name__, error)
        else:
            if entry is not None:
                library.by_title.pop(entry.title, None)
                library.by_title[entry.title] = entry
    return library


def _sources() -> Iterator[tuple[str, Callable[[], Any], Path | None]]:
    """Name, loader and path of every file that may hold an architecture, in order."""
    package = Path(importlib.import_module(PACKAGE).__file__ or "").parent
    for path in sorted(package.glob("[!_]*.py")):
        name = f"{PACKAGE}.{path.stem}"
        if _has_title(path):
            yield name, lambda name=name: importlib.import_module(name), path  # type: ignore[misc]
    for point in importlib.metadata.entry_points(group=ENTRY_POINTS):
        yield f"entry point {point.name} = {point.value}", point.load, None
    for folder in plugin_folders():
        for path in sorted(folder.glob("*.py")):
            yield str(path), lambda path=path: _run(path), path  # type: ignore[misc]


def _has_title(path: Path) -> bool:
    """Whether a file of the package is an architecture; the others import Keras and need not be looked into."""
    return re.search(r"^title\s*=", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ais_jupyter_plugin_{re.sub(r'[^0-9a-zA-Z]', '_', path.stem)}", path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read(module: Any, path: Path | None, plugin: bool) -> Architecture | None:
    """Check what a module defines; None when it holds no architecture."""
    title, create, plan = (getattr(module, name, None) for name in ("title", "create", "plan"))
    if plan is not None and not isinstance(plan, ForestPlan):
        raise InputError(f"`plan` must be a ForestPlan, not {plan!r}")
    if plan is not None:
        create = partial(_returned, plan)
    if title is None and create is None:
        return None
    if not isinstance(title, str) or not title.strip():
        raise InputError(f"`title` must be a text that is not empty, not {title!r}")
    if not callable(create):
        raise InputError("there is no function `create(input_shape)`")
    if not hasattr(module, "include"):
        raise InputError("`include` is missing; set it to True to offer this architecture")
    recipe, depth = getattr(module, "recipe", "plain"), getattr(module, "depth", 1)
    recipe_called(recipe)
    if not (is_number(depth) and int(depth) == depth and 1 <= depth <= MOST_SLICES):
        raise InputError(f"`depth` must be a whole number of slices from 1 to {MOST_SLICES}, not {depth!r}")
    return Architecture(
        title=title, summary=str(getattr(module, "summary", "")), include=bool(module.include), create=create,
        module=getattr(module, "__name__", type(module).__name__), path=path,
        retired=bool(getattr(module, "retired", False)), plugin=plugin, load_model=getattr(module, "load_model", None),
        plan=plan,
        depth=int(depth), recipe=recipe,
    )  # fmt: skip


def _returned(plan: ForestPlan, _input_shape: tuple[int, int, int]) -> ForestPlan:
    """Return the plan of a forest, which does not depend on the boxes."""
    return plan


def _plain(name: str) -> str:
    return re.sub(r"[\s\-_]", "", name).casefold()
