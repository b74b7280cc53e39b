"""Measures how soon a prediction lies over a slice that is scrolled to, beside the floor of the same machine and run.

python benchmarks/annotator/overlay.py --sizes 512 1024

The floor is a widget that does nothing but apply the same network to the same slice in the kernel, send the bytes of
the result and draw them on a bare canvas.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from run import HERE, current_slice, open_notebook, run_cell, summary  # it finds the other folders

import cells  # isort: skip
from devtools import Page, chromium  # isort: skip
from lab_server import Server, serve  # isort: skip

N_SLICES = 120

# A network with fresh weights costs as much as a trained one, and finds something everywhere.
WORKSPACE = """
from ais_jupyter.widgets import Workspace
model = ais.SegmentationModel("{architecture}", "Everything", color=(1.0, 0.0, 0.0)).build(64, 1, 10.0)
model.info.threshold, model.info.alpha = 0.0, 1.0
workspace = Workspace(annotator.annotated[0].tomogram, models=model)
annotator.close()
workspace
"""

FLOOR = """
import threading
from ais_jupyter.core.learning.inference import Inference, to_grey_levels
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.normalization import global_statistic

tomogram = workspace.annotated[0].tomogram
statistic, inference = global_statistic(tomogram), Inference(model.engine(), model.info, InferenceOptions())

class Predicting(Echo):
    def answer(self, _widget, content, _buffers):
        def work():
            block = tomogram.around(content["grey"], 1)[None]
            start = time.perf_counter()
            found = inference.middle_slices(block, tomogram.pixel_size, statistic)[0]
            took.append(1000 * (time.perf_counter() - start))
            found = np.maximum(to_grey_levels(found), 255)  # so that one sees when it is drawn
            self.send({}, [found.data])
            if self.comm is not None:
                vars(self.comm).pop("_reply_subshell_id", None)
        threading.Thread(target=work).start()

import time
took = []
predicting = Predicting()
predicting.on_msg(predicting.answer)
predicting
"""

TOOK = """jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
    {code: '', silent: true, user_expressions: {v: 'took'}}).done.then(
    (reply) => JSON.parse(reply.content.user_expressions.v.data['text/plain']))"""


def far_slice(page: Page, visited: set[int]) -> int:
    """Return a slice that nobody has predicted."""
    target = random.choice([z for z in range(N_SLICES) if z not in visited and z != current_slice(page)])
    visited.add(target)
    return target


def measure(page: Page, server: Server, size: int, architecture: str, rounds: int) -> dict[str, Any]:
    """All numbers for slices of `size`²."""
    source = cells.ANNOTATOR.replace("{n}", str(N_SLICES)).replace("{size}", str(size)).replace("{dtype}", "uint8")
    # The view of the first cell goes with its widget; the bare view is laid over that of the workspace.
    code = [source.replace("\nannotator\n", ""), cells.ECHO.replace("\necho\n", ""),
            WORKSPACE.replace("{architecture}", architecture), FLOOR]  # fmt: skip
    open_notebook(page, server, f"overlay{size}.ipynb", code)
    for number in range(4):
        run_cell(page, number)
    page.wait("!!document.querySelector('canvas[aria-label=\"Slice view\"]') && !!window.echo")
    page.evaluate("document.querySelector('canvas[aria-label=\"Slice view\"]').scrollIntoView({block: 'center'})")
    time.sleep(10)  # until the first prediction is there
    visited: set[int] = set()
    times: dict[str, list[float]] = {"floor": [], "overlay": [], "seen": []}
    for _ in range(rounds):
        page.evaluate(f"bench.coverWithFloor({size})")
        time.sleep(0.5)
        target = far_slice(page, visited)
        times["floor"].append(page.evaluate(f"bench.until(() => bench.fetched({target}), 255, 2, 60000)"))
        page.evaluate("bench.uncover()")
        time.sleep(0.5)
        before, target = current_slice(page), far_slice(page, visited)
        times["overlay"].append(page.evaluate(f"bench.until(() => bench.slide({target}), 255, 2, 60000)"))
        time.sleep(0.5)
        page.evaluate(f"bench.slide({before})")
        time.sleep(1.0)
        times["seen"].append(page.evaluate(f"bench.until(() => bench.slide({target}), 255, 2, 60000)"))
        time.sleep(1.0)
    return {"size": size, **times, "network": page.evaluate(TOOK)[-rounds:]}


def table(results: list[dict[str, Any]]) -> str:
    """Markdown table: median (95th percentile) in ms."""
    lines = ["| slice | network alone | floor | slice to overlay | ratio to the floor | seen before |"]
    lines.append("|" + "---|" * 6)
    for r in results:
        ratio = statistics.median(r["overlay"]) / statistics.median(r["floor"])
        numbers = [summary(r[name]) for name in ("network", "floor", "overlay")]
        lines.append(f"| {r['size']}² | {' | '.join(numbers)} | {ratio:.2f} | {summary(r['seen'])} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[512, 1024])
    parser.add_argument("--architecture", default="VGGNet M")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    script = (HERE / "page.js").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium(script) as page:
        print(table([measure(page, server, s, options.architecture, options.rounds) for s in options.sizes]))


if __name__ == "__main__":
    main()
