"""The annotator shows the middle slice of a tomogram."""

from __future__ import annotations

CELL = """
import numpy as np, ais_jupyter as ais
volume = np.zeros((5, 64, 64), np.float32)
volume[:, :, 32:] = 1.0
annotator = ais.Annotator(ais.Tomogram(volume, voxel_size=10.0, name="halves"))
annotator
"""


def test_slice_is_drawn(open_notebook):
    notebook = open_notebook(CELL)
    notebook.run(0)
    view = notebook.view()
    view.wait_for()
    notebook.page.wait_for_function(
        """() => { const canvas = document.querySelector('canvas[aria-label="Slice view"]');
        const gl = canvas.getContext('webgl2'); const p = new Uint8Array(4);
        const at = x => { gl.readPixels(x, canvas.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, p); return p[0] };
        return at(canvas.width * 0.4) === 0 && at(canvas.width * 0.6) === 255; }"""
    )
