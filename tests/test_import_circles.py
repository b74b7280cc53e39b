"""No module imports itself by a detour, not even later, inside a function."""

from __future__ import annotations

import ast
from pathlib import Path

import ais_jupyter

PACKAGE = Path(ais_jupyter.__file__).parent


def imported(tree: ast.AST) -> list[tuple[str, str | None]]:
    """Every import of a module, in functions too, but for those that only a type checker sees."""
    found: list[tuple[str, str | None]] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            found += [one for other in node.orelse for one in imported(ast.Module([other], []))]
        elif isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used here"
            found += [(str(node.module), alias.name) for alias in node.names]
        else:
            found += imported(node)
    return found


def graph() -> dict[str, set[str]]:
    paths = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    edges: dict[str, set[str]] = {name: set() for name in paths}
    for name, path in paths.items():
        for module, attribute in imported(ast.parse(path.read_text(encoding="utf-8"))):
            target = f"{module}.{attribute}" if f"{module}.{attribute}" in paths else module
            if target in paths and target != name:
                edges[name].add(target)
    return edges


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        stack.append(name)
        for other in edges[name]:
            if other not in number:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], number[other])
        if low[name] == number[name]:
            group = []
            while (one := stack.pop()) != name:
                group.append(one)
            found.append(sorted([*group, name]))

    for name in edges:
        if name not in number:
            visit(name)
    return [group for group in found if len(group) > 1]


def test_there_is_no_circle() -> None:
    edges = graph()
    assert len(edges) > 150
    assert sum(map(len, edges.values())) > 400
    assert circles(edges) == []


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    source = "def f():\n    from a import b\nif TYPE_CHECKING:\n    import c\nelse:\n    import d\n"
    assert imported(ast.parse(source)) == [("a", "b"), ("d", None)]
