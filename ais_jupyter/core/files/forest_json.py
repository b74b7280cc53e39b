"""A forest as JSON text: the member ``*_forest.json`` of a ``.scnm``.

Desktop Ais has no forests. A ``.scnm`` that holds one has no ``*_weights.h5``, so that nothing in it can be taken for a
network: Ais 1.2.40 prints "Error loading model" and keeps an empty model that predicts nothing.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError, InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import MOST_LEVELS, MOST_TREES, Forest
from ais_jupyter.core.data.model_info import MOST_SLICES
from ais_jupyter.core.files.json_text import number, parse_json, whole_number

FORMAT_VERSION = 1
#: Bytes; the largest forest that `Forest` takes, with a dozen digits for each number.
MOST_BYTES = MOST_TREES * (2**MOST_LEVELS + 2 * MOST_LEVELS) * 16


def write_forest(forest: Forest) -> bytes:
    """Return a forest as JSON; its numbers come back to the bit."""
    content = {
        "format_version": FORMAT_VERSION,
        "filters": {"sigmas": list(forest.bank.sigmas), "depth": forest.bank.depth},
        "prior": forest.prior,
        "responses": forest.responses.tolist(),
        "thresholds": _shortest(forest.thresholds),
        "leaves": _shortest(forest.leaves),
    }
    return json.dumps(content, allow_nan=False).encode()


def read_forest(data: bytes, what: str) -> Forest:
    """Read a forest. Everything is checked: sizes, numbers, and that it asks only about what its filters give.

    Raises
    ------
    FileFormatError
        It is damaged, of a later version, or makes no sense.
    """
    content = parse_json(data, dict, what)
    version = whole_number(content.get("format_version"), 0, f"{what}: format_version")
    if version != FORMAT_VERSION:
        raise FileFormatError(f"{what}: forests of version {version} cannot be read here; expected {FORMAT_VERSION}")
    filters = content.get("filters")
    if not isinstance(filters, dict) or not isinstance(filters.get("sigmas"), list):
        raise FileFormatError(f"{what}: the filters of the forest are missing")
    sigmas = tuple(number(one, 0.0, f"{what}: sigmas") for one in filters["sigmas"])
    depth = whole_number(filters.get("depth"), 1, f"{what}: depth")
    if not 1 <= depth <= MOST_SLICES:
        raise FileFormatError(f"{what}: depth should be from 1 to {MOST_SLICES}, found {depth}")
    try:
        return Forest(
            FilterBank(sigmas, depth),
            number(content.get("prior"), 0.0, f"{what}: prior"),
            _table(content, "responses", np.int32, what),
            _table(content, "thresholds", np.float32, what),
            _table(content, "leaves", np.float32, what),
        )
    except InputError as error:
        raise FileFormatError(f"{what}: {error}") from error


def _shortest(values: np.ndarray) -> list[list[float]]:
    """Return float32 values as the shortest decimals that mean them."""
    return [[float(str(value)) for value in row] for row in np.asarray(values, np.float32)]


def _table(content: dict[str, Any], name: str, kind: type, what: str) -> np.ndarray:
    rows = content.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        raise FileFormatError(f"{what}: {name} of the forest should be rows of equal length")
    wanted = (int,) if kind is np.int32 else (int, float)
    if not all(type(value) in wanted for row in rows for value in row):
        raise FileFormatError(f"{what}: {name} of the forest should be numbers")
    try:
        with np.errstate(over="ignore"):
            table = np.array(rows, np.float64).astype(kind) if kind is np.float32 else np.array(rows, kind)
    except (OverflowError, ValueError) as error:
        raise FileFormatError(f"{what}: {name} of the forest should be numbers of an ordinary size") from error
    if rows and rows[0]:
        return table
    return table.reshape(0, {"leaves": 2}.get(name, 1)).astype(kind)
