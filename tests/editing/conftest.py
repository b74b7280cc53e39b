from __future__ import annotations

import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.tomogram import Tomogram


@pytest.fixture
def annotated() -> AnnotatedTomogram:
    return AnnotatedTomogram(Tomogram(np.zeros((5, 20, 30), np.float32), 10.0, name="t"))
