"""A notebook run from start to end, and what it showed."""

from __future__ import annotations

import io
import os
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

_WIDGET = "application/vnd.jupyter.widget-view+json"


class Executed:
    """The outputs of a notebook that was run in `folder`, with a home folder of its own."""

    def __init__(self, path: Path, folder: Path) -> None:
        nbformat = pytest.importorskip("nbformat")
        nbclient = pytest.importorskip("nbclient")
        self.folder = folder
        self.home = folder / "home"
        self._cells = nbformat.read(path, as_version=4)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "AIS_JUPYTER_HOME": str(self.home),
        }
        client = nbclient.NotebookClient(self._cells, timeout=900, resources={"metadata": {"path": str(folder)}})
        client.execute(env=environment)

    def _outputs(self) -> list[Any]:
        return [output for cell in self._cells.cells for output in cell.get("outputs", [])]

    @property
    def text(self) -> str:
        """Everything printed and every value shown as text, the bars and warnings of stderr left out."""
        printed = [o.text for o in self._outputs() if o.output_type == "stream" and o.name == "stdout"]
        shown = [o.data.get("text/plain", "") for o in self._outputs() if o.output_type == "execute_result"]
        return "\n".join([*printed, *shown])

    @property
    def html(self) -> str:
        """Every table and the like."""
        return "\n".join(o.data["text/html"] for o in self._outputs() if "text/html" in o.get("data", {}))

    @property
    def widgets(self) -> int:
        """How many windows it opened."""
        return sum(_WIDGET in o.get("data", {}) for o in self._outputs())

    @property
    def pictures(self) -> list[np.ndarray]:
        """The pictures as (height, width, 3 or 4), none of them empty."""
        found = [o.data["image/png"] for o in self._outputs() if "image/png" in o.get("data", {})]
        pictures = [matplotlib.image.imread(io.BytesIO(b64decode(data))) for data in found]
        for picture in pictures:
            assert min(picture.shape[:2]) > 150, picture.shape
            assert picture[..., :3].std() > 0.05, "a picture shows nothing"
        return pictures

    def numbers(self, pattern: str) -> list[float]:
        """The numbers that the groups of `pattern` match in the text."""
        found = [group for match in re.finditer(pattern, self.text) for group in match.groups()]
        assert found, f"{pattern!r} is not in:\n{self.text}"
        return [float(number.replace(",", "")) for number in found]
