"""The reference: every public name is on a page, and every parameter is named in what is said of it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import ais_jupyter as ais

API = Path(__file__).parents[2] / "docs" / "api"
NAMES = [name for name in ais.__all__ if name != "__version__"]


def documented() -> str:
    return "\n".join(page.read_text() for page in API.glob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_is_on_a_page(name):
    assert re.search(rf"^\.\. auto(class|function):: {name}$", documented(), re.MULTILINE)


def public_callables():
    for name in NAMES:
        found = getattr(ais, name)
        if not inspect.isclass(found):
            yield name, found, inspect.getdoc(found)
            continue
        yield name, found, inspect.getdoc(found)
        for method, member in vars(found).items():
            function = getattr(member, "__func__", member)
            if not method.startswith("_") and inspect.isfunction(function):
                yield f"{name}.{method}", function, inspect.getdoc(function)


@pytest.mark.parametrize(("name", "function", "text"), [pytest.param(*row, id=row[0]) for row in public_callables()])
def test_every_parameter_is_named(name, function, text):
    if (text or "").count("see `Workspace`"):
        return  # its parameters stand there
    missing = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in ("self", "cls", "kwargs")
        and not re.search(rf"(?<!\w){parameter.name}(?!\w)", text or "")
    ]
    assert not missing, f"{name}: nothing is said of {', '.join(missing)}"
