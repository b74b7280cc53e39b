"""The trainer on a page: a volume of bright discs, annotated in Python, and a network that learns it in seconds."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import plugins
from notebook_page import NotebookPage
from PIL import Image

#: A plug-in folder with a small network.
TINY = f"""
import os, pathlib
folder = pathlib.Path(os.environ["AIS_JUPYTER_HOME"]) / ".ais_jupyter/models"
folder.mkdir(parents=True, exist_ok=True)
(folder / "tiny.py").write_text({plugins.TINY.replace("0.02", "0.005")!r})

# Such a small network would take a whole machine for hundreds of steps a second, and the browser runs on it as well.
import keras, time
learn = keras.Model.train_on_batch
keras.Model.train_on_batch = lambda self, *a, **k: (time.sleep(0.1), learn(self, *a, **k))[1]
"""
ANNOTATED = """
import numpy as np, ais_jupyter as ais
rng = np.random.default_rng(0)
z, y, x = np.mgrid[0:12, 0:256, 0:256].astype(np.float32)
truth = np.zeros(z.shape, bool)
centres = rng.integers(20, 236, (24, 2))
for cy, cx in centres:
    truth |= (y - cy) ** 2 + (x - cx) ** 2 < 60
volume = (100 + 30 * truth + rng.normal(0, 10, truth.shape)).astype(np.float32)
annotated = ais.AnnotatedTomogram(ais.Tomogram(volume, voxel_size=10.0, name="discs"))
feature = annotated.add_feature("Disc", box_size=32)
for s in (3, 8):
    feature.set_mask(s, truth[s])
    for cy, cx in centres[:10]:
        feature.add_box(s, int(cy), int(cx))
"""
SHOW = """
trainer = ais.Trainer(annotated)
trainer
"""


class TrainingPage:
    """Drives the trainer of a notebook as a person would."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.button("Make training set").wait_for(timeout=60_000)

    def button(self, name: str) -> Any:
        """Button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True).first

    def field(self, name: str, value: str) -> None:
        """Fill a text field and leave it."""
        box = self.page.get_by_role("textbox", name=name, exact=True)
        box.fill(value)
        box.press("Enter")

    def choose_architecture(self, title: str) -> None:
        """Choose what a new model is made of."""
        self.page.get_by_role("combobox", name="Architecture", exact=True).select_option(title)

    def wait_prediction(self, timeout: float = 60.0) -> None:
        """Wait until the picture is coloured by what the model finds."""
        waited = 0.0
        while self.colored() < 500:
            assert waited < timeout, f"no prediction over the picture: {self.state()}"
            self.page.wait_for_timeout(500)
            waited += 0.5

    def colored(self) -> int:
        """Pixels of the picture that are coloured rather than grey."""
        shot = self.notebook.view().screenshot()
        image = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
        return int((image.max(axis=2) - image.min(axis=2) > 60).sum())

    def make_set(self) -> int:
        """Make the training set; the number of its boxes."""
        self.button("Make training set").click()
        made = self.page.locator(".ais-made")
        made.wait_for(timeout=60_000)
        return int(made.get_attribute("data-boxes"))

    def points(self) -> int:
        """Points of the curve in the page."""
        curve = self.page.get_by_label("Loss curve")
        return int(curve.get_attribute("data-points")) if curve.count() else 0

    def wait_points(self, count: int, timeout: float = 120.0) -> int:
        """Wait until the curve has so many points."""
        waited = 0.0
        while (found := self.points()) < count:
            assert waited < timeout, f"the curve stays at {found} points: {self.state()}"
            self.page.wait_for_timeout(100)
            waited += 0.1
        return found

    def state(self) -> str:
        """How the run stands, as the page says."""
        run = self.page.locator(".ais-run")
        return f"{run.get_attribute('data-state')}: {run.inner_text()}" if run.count() else "no run"

    def wait_state(self, state: str, timeout: float = 60.0) -> None:
        """Wait until the page says that the run is in this state."""
        self.page.locator(f'.ais-run[data-state="{state}"]').wait_for(timeout=timeout * 1000)

    def curve_pixels(self) -> int:
        """Pixels of the curve's canvas that are neither grid nor background: coloured ones."""
        return (
            self.page.get_by_label("Loss curve")
            .locator("canvas")
            .evaluate(
                """canvas => { const {width, height} = canvas;
            const data = canvas.getContext('2d').getImageData(0, 0, width, height).data; let n = 0;
            for (let i = 0; i < data.length; i += 4) { const [r, g, b, a] = data.slice(i, i + 4);
              if (a > 60 && Math.max(r, g, b) - Math.min(r, g, b) > 60) n++; } return n; }"""
            )
        )
