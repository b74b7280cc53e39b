"""The table of scores in a notebook holds numbers only, whatever the files are called."""

from __future__ import annotations

import re

import mrcfile
import numpy as np

import ais_jupyter as ais


def test_names_of_files_cannot_become_html(tmp_path):
    name = "<img src=x onerror=alert(1)>&\"'"
    volume = np.zeros((2, 8, 8), np.uint8)
    volume[:, 2:5, 2:5] = 255
    paths = [tmp_path / f"{name}{i}.mrc" for i in (1, 2)]
    for path in paths:
        with mrcfile.new(path) as file:
            file.set_data(volume)
    html = ais.evaluate(*paths)._repr_html_()
    assert "onerror" not in html
    known = {"table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
    assert set(re.findall(r"<([^/>\s]+)", html)) == known
