"""A notebook open in the browser: run cells, ask the kernel, find the widget."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
from PIL import Image

RUN = """async i => {
  const content = jupyterapp.shell.currentWidget.content;
  content.deselectAll(); content.activeCellIndex = i;
  await jupyterapp.commands.execute('notebook:run-cell');
  return !content.widgets[i].node.querySelector('[data-mime-type="application/vnd.jupyter.error"]')
}"""
START = """i => {
  const content = jupyterapp.shell.currentWidget.content;
  content.deselectAll(); content.activeCellIndex = i;
  jupyterapp.commands.execute('notebook:run-cell');
}"""
EVALUATE = """async expression => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const user_expressions = {v: '__import__("json").dumps(' + expression + ')'};
  const reply = await kernel.requestExecute({code: '', silent: true, user_expressions}).done;
  const found = reply.content.user_expressions.v;
  if (!found.data) throw new Error(JSON.stringify(found));
  return found.data['text/plain'];
}"""
READY = """async () => {
  const panel = jupyterapp.shell.currentWidget;
  await panel.context.ready; await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;
}"""
READ_PLANE = """surface => {
  const picture = surface.closest('.ais-views').querySelector('.ais-picture');
  const [whole, part] = [picture, surface].map(e => e.getBoundingClientRect());
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [surface.width, surface.height];
  const ratio = devicePixelRatio, left = Math.round((part.left - whole.left) * ratio);
  const top = Math.round((part.top - whole.top) * ratio);
  copy.getContext('2d').drawImage(picture, left, top, copy.width, copy.height, 0, 0, copy.width, copy.height);
  return copy.toDataURL(); }"""


class NotebookPage:
    """One notebook with its kernel."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.url = url
        self.console: list[str] = []

    def load(self) -> None:
        """Open (or reload) the page and wait until the kernel answers."""
        self.page.goto(self.url, wait_until="domcontentloaded")
        self.page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext", timeout=60_000)
        self.page.evaluate(READY)

    def cell(self, i: int) -> Any:
        """DOM of one cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(i)

    def run(self, i: int) -> None:
        """Run one cell, wait for its end, fail on a Python error."""
        assert self.page.evaluate(RUN, i), self.cell(i).inner_text()

    def start(self, i: int) -> None:
        """Run one cell without waiting."""
        self.page.evaluate(START, i)

    def python(self, expression: str) -> Any:
        """Value of a Python expression in the kernel, through JSON."""
        text = self.page.evaluate(EVALUATE, expression)
        return json.loads(text[1:-1].encode().decode("unicode_escape"))

    def start_code(self, code: str) -> None:
        """Run code in the kernel, in no cell, without waiting."""
        self.page.evaluate(
            "code => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}) }", code
        )

    def wait_kernel(self) -> None:
        """Wait for the kernel to answer again after it was restarted."""
        self.page.wait_for_function(
            "jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'", timeout=60_000
        )

    def wait_python(self, expression: str, timeout: float = 10.0) -> Any:
        """Wait until a Python expression is true in the kernel."""
        waited = 0.0
        while not (found := self.python(expression)):
            assert waited < timeout, f"still not true: {expression}"
            self.page.wait_for_timeout(50)
            waited += 0.05
        return found

    def view(self, name: str = "Slice view") -> Any:
        """Surface of one of the planes, by its accessible name."""
        return self.page.get_by_role("img", name=name).first

    def picture(self) -> Any:
        """Canvas with the pictures of all planes."""
        return self.page.locator(".ais-picture").first

    def pixels(self, name: str = "Slice view") -> np.ndarray:
        """Pixels of one plane's picture without its lines: uint8 (rows from the top, columns, 3)."""
        encoded = self.view(name).evaluate(READ_PLANE)
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded.split(",")[1]))).convert("RGB"))
