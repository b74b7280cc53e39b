"""The annotator on a page: places of the image on the screen, strokes with the mouse, masks of browser and kernel."""

from __future__ import annotations

from typing import Any

from notebook_page import NotebookPage

VOLUME = """
import numpy as np, ais_jupyter as ais
z, y, x = np.mgrid[0:24, 0:200, 0:240].astype(np.float32)
volume = 100 + 20 * np.sin(x / 9) * np.cos(y / 11) + z
annotator = ais.Annotator(ais.Tomogram(volume.astype(np.float32), voxel_size=10.0, name="waves"))
annotator
"""
WIDTH, HEIGHT = 240, 200


class AnnotatorPage:
    """Drives one annotator of a notebook as a person would."""

    def __init__(self, notebook: NotebookPage, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.width, self.height = width, height
        self.wait()

    def wait(self) -> None:
        """Wait until the picture is drawn.

        The canvas may be there before the annotator has asked for its context: whoever asks first decides that the
        picture can be read back, so the same is asked for here.
        """
        self.notebook.view().wait_for()
        self.page.wait_for_function(
            """() => { const view = document.querySelector('canvas[aria-label="Slice view"]');
            const canvas = view?.closest('.ais-views').querySelector('.ais-picture');
            const gl = canvas?.getContext('webgl2',
                {alpha: false, antialias: false, preserveDrawingBuffer: true});
            if (!gl || view.width < 50) return false;
            const p = new Uint8Array(4 * 400), x = (view.width / 2 | 0) - 200;
            const y = canvas.height - (view.height / 2 | 0);
            gl.readPixels(x, y, 400, 1, gl.RGBA, gl.UNSIGNED_BYTE, p); return new Set(p).size > 6; }"""
        )

    def at(self, x: float, y: float, view: str = "Slice view") -> tuple[float, float]:
        """Screen position of the middle of a pixel of the fitted main view."""
        box = self.notebook.view(view).bounding_box()
        scale = min(box["width"] / self.width, box["height"] / self.height) * 0.97
        left = box["x"] + box["width"] / 2 + (x + 0.5 - self.width / 2) * scale
        return left, box["y"] + box["height"] / 2 - (y + 0.5 - self.height / 2) * scale

    def stroke(self, *points: tuple[float, float], button: str = "left") -> None:
        """Drag the mouse through pixels (x, y) of the main view."""
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down(button=button)
        for point in points[1:]:
            self.page.mouse.move(*self.at(*point))
        self.page.mouse.up(button=button)

    def button(self, name: str) -> Any:
        """Button by its accessible name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def tool(self, name: str) -> None:
        """Take a tool."""
        self.page.get_by_role("radio", name=name, exact=True).click()

    def slider(self, name: str, value: float) -> None:
        """Set a slider."""
        self.page.get_by_role("slider", name=name, exact=True).fill(str(value))

    def menu(self, title: str, item: str) -> None:
        """Choose from the menu of a feature or model."""
        card = self.page.get_by_role("listitem", name=title, exact=True)
        card.get_by_role("button", name=f"Menu of {title}", exact=True).click()
        card.get_by_role("menuitem", name=item, exact=True).click()

    def settle(self) -> None:
        """Wait until the kernel has confirmed everything that was done here."""
        self.page.wait_for_timeout(350)  # settings are collected for a moment before they are sent
        self.page.locator('.ais[data-pending="0"]').first.wait_for()

    def masks(self, feature: int = 0) -> dict[int, int]:
        """Painted pixels by slice, in the kernel."""
        found = self.notebook.python(
            f"{{z: int(m.sum()) for z, m in annotator.annotated[0].features[{feature}].masks.items()}}"
        )
        return {int(z): n for z, n in found.items()}
