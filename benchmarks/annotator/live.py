"""Measures how soon after a stroke the window has what a forest finds by then, beside the floor of the same run.

python benchmarks/annotator/live.py --sizes 512 1024

The kernel notes when a stroke arrives and when the prediction of the forest that has learned from it goes out to the
page: growing, applying, the page's request between them, and whatever else the kernel does. The floor is what growing
and applying take by themselves, with nothing else to do. How long painting itself takes, `run.py` measures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from run import summary  # it finds the other folders

from annotator_page import AnnotatorPage  # isort: skip
from lab_server import serve  # isort: skip
from notebook_page import NotebookPage  # isort: skip

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]

WINDOW = """
import time
import numpy as np, ais_jupyter as ais
from ais_jupyter.widgets import Workspace
rng = np.random.default_rng(0)
y, x = np.mgrid[0:{size}, 0:{size}]
truth = np.zeros((8, {size}, {size}), bool)
for plane in truth:
    for cy, cx in rng.integers(20, {size} - 20, ({size} ** 2 // 6000, 2)):
        plane[max(0, cy - 12):cy + 13, max(0, cx - 12):cx + 13] |= np.hypot(*np.mgrid[-12:13, -12:13])[
            : truth.shape[1] - max(0, cy - 12), : truth.shape[2] - max(0, cx - 12)] < 12
volume = (truth * 2.0 + rng.normal(0, 2, truth.shape)).astype(np.float32)
annotator = Workspace(ais.Tomogram(volume, voxel_size=10.0, name="discs"))
strokes, answers = [], []
def noting(kind, note):
    declared, handler, pool = annotator._handlers[kind]
    def handle(content, buffers):
        began = time.perf_counter()
        version = max((o.version for o in annotator.session.models), default=0)
        answer = handler(content, buffers)
        note(began, version)
        return answer
    annotator._handlers[kind] = declared, handle, pool
noting("edit", lambda began, version: strokes.append((began, version)))
noting("predict", lambda began, version: answers.append((time.perf_counter(), version)))
annotator
"""

#: Seconds that growing on what is painted, and applying to the slice in view, take by themselves.
FLOOR = """
from ais_jupyter.core.learning.forest_training import training_on_drawing
from ais_jupyter.core.learning.training_options import TrainingOptions
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.engine_forest import ForestEngine
from ais_jupyter.core.learning.building import forest_plan
live, predictor = annotator.session.live, annotator.session.predictor
opened = next(iter(annotator.session.models))
def alone():
    began = time.perf_counter()
    state = opened.model.state
    events = training_on_drawing(forest_plan(state), state, annotator.annotated, TrainingOptions(seed=0), live._painted,
                                 live._latest)
    while True:
        try:
            next(events)
        except StopIteration as end:
            state = end.value
            break
    engine = ForestEngine(state.network, cache=predictor.responses)
    tomogram = annotator.annotated[0].tomogram
    Segmenter(engine, state.info, tomogram, statistic=predictor.statistic(tomogram)).slice(4)
    return time.perf_counter() - began
floor = [alone() for _ in range({rounds})]
"""


def measure(page: AnnotatorPage, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from strokes to predictions, and of the floor."""
    page.button("Live").click()
    page.notebook.view().evaluate("view => view.scrollIntoView({block: 'center'})")
    page.page.wait_for_timeout(3000)
    found = []
    for number in range(rounds + 1):
        column, row = 60 + 37 * (number % 8), 60 + 41 * (number // 8)
        strokes = page.notebook.python("len(strokes)")
        page.stroke((column, row), (column + 12, row + 6))
        for _ in range(600):
            page.page.wait_for_timeout(50)
            state = page.notebook.python("[strokes, answers, annotator.session.live.settled]")
            new = state[0][strokes:]
            done = [at for at, version in state[1] if new and version > new[-1][1]]
            if done and state[2]:
                found.append(1000 * (done[0] - new[-1][0]))
                break
    page.notebook.start_code(FLOOR.replace("{rounds}", str(rounds)))
    page.notebook.wait_python("'floor' in globals()", 120)
    return {"live": found[1:], "floor": [1000 * s for s in page.notebook.python("floor")]}


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    chromium = os.environ.get("AIS_CHROMIUM") or shutil.which("chromium")
    print("| slice | stroke to prediction | growing and applying alone | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for size in options.sizes:
            code = WINDOW.replace("{size}", str(size))
            cell = {
                "cell_type": "code",
                "id": "c",
                "metadata": {},
                "source": code,
                "outputs": [],
                "execution_count": None,
            }
            kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
            notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell]}
            (server.notebooks / f"live{size}.ipynb").write_text(json.dumps(notebook))
            context = browser.new_context(viewport={"width": 1400, "height": 1000})
            opened = NotebookPage(context.new_page(), f"{server.url}/lab/tree/live{size}.ipynb?reset")
            opened.load()
            opened.run(0)
            times = measure(AnnotatorPage(opened, size, size), options.rounds)
            ratio = statistics.median(times["live"]) / statistics.median(times["floor"])
            print(f"| {size}² | {summary(times['live'])} | {summary(times['floor'])} | {ratio:.2f} |", flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
