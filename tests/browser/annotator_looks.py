"""What a person sees of an annotator, told from screenshots; for one of several in a notebook."""

from __future__ import annotations

import io
from typing import Any

from annotator_page import AnnotatorPage
from notebook_page import NotebookPage
from PIL import Image


class CellView(AnnotatorPage):
    """The annotator shown by one cell."""

    def __init__(self, notebook: NotebookPage, cell: int = 0) -> None:
        self.shown = notebook.cell(cell)
        self.canvas = self.shown.get_by_role("img", name="Slice view").first
        self.canvas.wait_for()
        self.canvas.scroll_into_view_if_needed()
        super().__init__(notebook)

    def at(self, x: float, y: float, view: str = "Slice view") -> tuple[float, float]:
        """Screen position of the middle of a pixel of the fitted main view, scrolled into sight."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        scale = min(box["width"] / self.width, box["height"] / self.height) * 0.97
        left = box["x"] + box["width"] / 2 + (x + 0.5 - self.width / 2) * scale
        return left, box["y"] + box["height"] / 2 - (y + 0.5 - self.height / 2) * scale

    def button(self, name: str) -> Any:
        """Button by its accessible name."""
        return self.shown.get_by_role("button", name=name, exact=True).first

    def settle(self) -> None:
        """Wait until the kernel has everything that was done in this view."""
        self.page.wait_for_timeout(50)
        self.shown.locator('.ais[data-pending="0"]').wait_for()

    def shows_label(self, x: float, y: float) -> bool:
        """Whether the pixel is coloured rather than grey on the screen, the pointer moved away."""
        left, top = self.at(x, y)
        self.page.mouse.move(3, 3)
        self.page.wait_for_timeout(200)
        shot = self.page.screenshot(clip={"x": left - 1, "y": top - 1, "width": 3, "height": 3})
        color = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
        return max(color) - min(color) > 40

    def wait_label(self, x: float, y: float, shown: bool = True) -> None:
        """Wait until the pixel is coloured, or is not."""
        for _ in range(30):
            if self.shows_label(x, y) == shown:
                return
        self.page.screenshot(path="/tmp/label.png")
        raise AssertionError(f"pixel {x}, {y} is {'not ' if shown else ''}coloured")
