"""The text of STAR files: tables of named columns.

Why not the package `starfile`: it needs pandas, turns names such as "001" into numbers, and does not say in which line
a table is broken. Tests read what is written here with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError

_TOKEN = re.compile(r""""([^"]*)"(?=\s|$)|'([^']*)'(?=\s|$)|(\S+)""")

Table = dict[str, list[str]]


def parse_star(text: str, what: str) -> dict[str, Table]:
    """Return the tables of a STAR file by the name of their block; a block without a loop is a table of one row.

    Raises
    ------
    FileFormatError
        There is no block, a row does not have as many values as there are columns, or a column stands there twice or
        is shorter than the others.
    """
    blocks: dict[str, Table] = {}
    table: Table | None = None
    looping = False
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if not line or line[0] == "#":
            continue
        place = f"{what}, line {number}"
        if line.startswith("data_"):
            table, looping = blocks.setdefault(line[5:], {}), False
        elif table is None:
            raise FileFormatError(f"{place}: expected a block such as data_particles, found {line[:40]!r}")
        elif line == "loop_":
            looping = True
        elif line.startswith("_"):
            words = _tokens(line[1:])
            if not words:
                raise FileFormatError(f"{place}: a column has no name")
            if words[0] in table:
                raise FileFormatError(f"{place}: the column {words[0][:60]} stands there a second time")
            table[words[0]] = [] if looping else words[1:2] or [""]
        else:
            number = _read_rows(table, lines, number - 1, what)
    if not blocks:
        raise FileFormatError(f"{what}: expected a STAR file, found no data_ block")
    for name, table in blocks.items():
        if len(lengths := {len(column) for column in table.values()}) > 1:
            raise FileFormatError(f"{what}, block data_{name[:60]}: columns of different lengths: {sorted(lengths)}")
    return blocks


def _read_rows(table: Table, lines: list[str], at: int, what: str) -> int:
    """Add rows to the columns of a table; returns the number of the line after them."""
    rows = []
    width = len(table)
    while at < len(lines):
        raw = lines[at]
        line = raw.strip()
        if not line:
            at += 1
            continue
        if line[0] in "#_" or line.startswith(("data_", "loop_")):
            break
        values = line.split() if '"' not in line and "'" not in line and "#" not in line else _tokens(line)
        if len(values) != width or not width:
            raise FileFormatError(f"{what}, line {at + 1}: expected {width} values, found {len(values)}")
        rows.append(values)
        at += 1
    for column, added in zip(table.values(), zip(*rows)):
        column.extend(added)
    return at


def format_star(name: str, columns: Mapping[str, Iterable[object]]) -> str:
    """Return a STAR file of one table."""
    written = [_formatted(values) for values in columns.values()]
    head = [f"_{column} #{place}" for place, column in enumerate(columns, 1)]
    rows = ["\t".join(row) for row in zip(*written, strict=True)]
    return "\n".join(["", f"data_{name}", "", "loop_", *head, *rows, "", ""])


def numbers(values: Sequence[str]) -> np.ndarray | None:
    """Return the values as floats, or None when one of them is not a number."""
    try:
        return np.array(values, float)
    except ValueError:
        return None


def _tokens(line: str) -> list[str]:
    found = []
    for double, single, bare in _TOKEN.findall(line):
        if bare.startswith("#"):
            break
        found.append(bare or double or single)
    return found


def _formatted(values: Iterable[object]) -> list[str]:
    return [_number(float(v)) if isinstance(v, (int, float, np.number)) else _word(str(v)) for v in values]


def _number(value: float) -> str:
    if np.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    short = f"{value:.6f}"
    return short if float(short) == value else repr(value)


def _word(text: str) -> str:
    clean = " ".join(text.split())
    if (
        clean
        and not re.search(r"[\s\"']", clean)
        and clean[0] not in "_#;"
        and not clean.startswith(("data_", "loop_"))
    ):
        return clean
    return f'"{clean}"' if '"' not in clean else "'" + clean.replace("'", "’") + "'"
