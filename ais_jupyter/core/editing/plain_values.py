"""Values that a file may hold (numbers, text, lists, arrays …) as JSON and bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ais_jupyter.core.data.errors import FileFormatError


def encode_values(value: Any, blobs: list[bytes]) -> Any:
    """JSON value for `value`; arrays and bytes are appended to `blobs`.

    Members of dictionaries that are of any other type are left out.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return encode_values(value.item(), blobs)
    if isinstance(value, bytes):
        blobs.append(value)
        return {"bytes": len(blobs) - 1}
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        blobs.append(np.ascontiguousarray(value).tobytes())
        return {"array": len(blobs) - 1, "dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, list):
        return [encode_values(item, blobs) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [encode_values(item, blobs) for item in value]}
    if isinstance(value, dict):
        pairs = []
        for key, item in value.items():
            mark = len(blobs)
            try:
                pairs.append([encode_values(key, blobs), encode_values(item, blobs)])
            except TypeError:
                del blobs[mark:]
        return {"dict": pairs}
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def decode_values(value: Any, blobs: Sequence[bytes]) -> Any:
    """Value from the JSON value of `encode_values`.

    Raises
    ------
    FileFormatError
        It is not one.
    """
    if isinstance(value, list):
        return [decode_values(item, blobs) for item in value]
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return bytes(blobs[value["bytes"]])
    if "array" in value:
        dtype = np.dtype(value["dtype"])
        if dtype.hasobject:
            raise FileFormatError("arrays of objects are not read")
        return np.frombuffer(blobs[value["array"]], dtype).reshape(value["shape"]).copy()
    if "tuple" in value:
        return tuple(decode_values(item, blobs) for item in value["tuple"])
    if "dict" in value:
        return {decode_values(key, blobs): decode_values(item, blobs) for key, item in value["dict"]}
    raise FileFormatError(f"unknown kept value {sorted(value)}")
