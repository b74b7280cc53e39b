"""Many quick strokes: their order is kept, and the right button stays with the annotator."""

from __future__ import annotations

from pathlib import Path

import pytest
from annotator_looks import CellView
from annotator_page import VOLUME


@pytest.mark.slow
def test_strokes_faster_than_the_kernel_keep_their_order(open_notebook):
    check = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from painting_reference.brush import stroke
expected = np.zeros((200, 240), np.uint8)
for i in range(25):
    region, mask = stroke((200, 240), [(20 + 6 * i, 40), (20 + 6 * i, 120 + i)], 10)
    expected[region.slices][mask] = i % 5 != 4
"""
    notebook = open_notebook(VOLUME, check)
    notebook.run(0)
    notebook.run(1)
    view = CellView(notebook)
    for i in range(25):
        button = "right" if i % 5 == 4 else "left"
        view.stroke((40, 20 + 6 * i), (120 + i, 20 + 6 * i), button=button)
    same = "bool((annotator.annotated[0].features[0].mask(12) == expected).all())"
    notebook.wait_python(same)
    for _ in range(25):
        view.page.keyboard.press("Control+z")
    notebook.wait_python("12 not in annotator.annotated[0].features[0].masks")
    for _ in range(25):
        view.page.keyboard.press("Control+y")
    notebook.wait_python(same)
