"""The only place that imports OpenVINO, without its telemetry.

OpenVINO's optional package ``openvino_telemetry`` looks up a web analytics host and leaves a client id in the home
folder as soon as OpenVINO is imported. A module that is None in ``sys.modules`` cannot be imported, and OpenVINO then
does without it.
"""

from __future__ import annotations

import sys
from functools import cache

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino as ov  # noqa: E402
from openvino import opset1  # noqa: E402
from openvino import opset13 as ops  # noqa: E402

__all__ = ["DEVICE", "computes_in_bfloat16", "core", "ops", "opset1", "ov"]

DEVICE = "CPU"


@cache
def core() -> ov.Core:
    """Return the OpenVINO runtime of this process."""
    return ov.Core()


@cache
def computes_in_bfloat16() -> bool:
    """Whether OpenVINO computes in bfloat16 on this processor."""
    return "BF16" in core().get_property(DEVICE, "OPTIMIZATION_CAPABILITIES")
