"""Measures the annotator in a real JupyterLab and headless Chromium, beside the floor of the same machine and run.

python benchmarks/annotator/run.py --sizes 512 1024 2048 4096 --training
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import math
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1]), str(HERE.parents[1] / "tests/browser")]

import cells  # noqa: E402
from devtools import Page, chromium  # noqa: E402
from lab_server import Server, serve  # noqa: E402
from notebook_page import READY, RUN  # noqa: E402

N_SLICES = 1200


def grey(z: int) -> int:
    """Grey of the square in the middle of slice `z`, as in `cells.ANNOTATOR`."""
    return 20 + (z * 5 % 15) * 15


def open_notebook(page: Page, server: Server, name: str, sources: list[str]) -> None:
    """Open a new notebook with these cells and wait until its kernel answers."""
    code = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for i, text in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": code}
    (server.notebooks / name).write_text(json.dumps(notebook))
    page.send("Page.navigate", url=f"{server.url}/lab/tree/{name}?reset")
    page.wait("!!window.jupyterapp?.shell?.currentWidget?.sessionContext")
    page.evaluate(f"({READY})()")


def run_cell(page: Page, number: int) -> None:
    """Run a cell to its end."""
    if not page.evaluate(f"({RUN})({number})"):
        raise SystemExit(page.evaluate(f"document.querySelectorAll('.jp-Cell')[{number}].innerText"))


def current_slice(page: Page) -> int:
    """Index of the slice shown, from 0."""
    return int(page.evaluate("document.querySelector('input[type=range][aria-label=\"Slice\"]').value"))


def scroll(page: Page, size: int, rounds: int, pause: float) -> tuple[list[float], list[float]]:
    """Milliseconds from a wheel event to the slice drawn: by the bare view, and over slices that the browser has.

    The two take turns, ten steps each; of the largest slices fewer, since the browser keeps no more of them.
    """
    steps = 10 if size < 4000 else 3

    def step(delta: int, shown: int) -> float:
        took = page.evaluate(f"bench.until(() => bench.wheel({delta}), {shown})")
        time.sleep(pause)
        return took

    start = current_slice(page)
    page.evaluate("bench.wheel(100)")
    time.sleep(0.5)
    sense = current_slice(page) - start
    bare, own = [], []
    for turn in range(-2, rounds):
        direction = 1 if turn % 2 else -1
        page.evaluate(f"bench.coverWithFloor({size})")
        time.sleep(0.3)
        floor = [step(100, 50 if i % 2 else 200) for i in range(steps)]
        page.evaluate("bench.uncover()")
        time.sleep(0.3)
        ours = [step(100 * direction, grey(current_slice(page) + direction * sense)) for _ in range(steps)]
        if turn >= 0:  # the first two turns fill the cache
            bare += floor[1:]
            own += ours[1:]
    return bare, own


def unseen_places(rounds: int) -> list[int]:
    """Slices in random order, so far from one another and from the middle that none was fetched beside another."""
    middle = N_SLICES // 2
    places = [z for z in range(40, N_SLICES - 40, 32) if abs(z - middle) > 60]
    return random.sample(places, rounds)


def jump(page: Page, target: int) -> tuple[float, int]:
    """Milliseconds and websocket bytes from a key to a slice that the browser does not have.

    The slider leads far away; five slices back from there lies behind what is fetched ahead.
    """
    near = current_slice(page)
    page.evaluate(f"bench.until(() => bench.slide({target}), {grey(target)})")
    time.sleep(1.0)  # until neighbours have been fetched as well
    back, key = (-5, "ArrowLeft") if target > near else (5, "ArrowRight")
    before = page.evaluate("bench.received")
    took = page.evaluate(f"bench.until(() => bench.five('{key}'), {grey(target + back)})")
    received = page.evaluate("bench.received") - before
    time.sleep(1.0)
    return took, received


def fetched(page: Page, size: int, round_: int) -> float:
    """Milliseconds until the bare view shows as many bytes from the kernel."""
    page.evaluate(f"bench.coverWithFloor({size})")
    time.sleep(1.0)
    value = 40 + 10 * (round_ % 20)
    for _ in range(3):  # the bare widget does not notice when a message was lost on a busy machine
        with contextlib.suppress(RuntimeError):
            took = page.evaluate(f"bench.until(() => bench.fetched({value}), {value}, 2)")
            break
    else:
        raise SystemExit("the kernel no longer answers the bare widget")
    page.evaluate("bench.uncover()")
    time.sleep(0.5)
    return took


def take_largest_brush(page: Page) -> None:
    """Set the brush to its largest size; it belongs to a feature."""
    page.evaluate("document.querySelector('button[aria-label=\"Add feature\"]').click()")
    time.sleep(1)
    page.evaluate(
        """(() => { const slider = document.querySelector('input[type=range][aria-label="Brush size"]');
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(slider, slider.max);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        slider.dispatchEvent(new Event("change", { bubbles: true })); })()"""
    )


def stroke(page: Page, seconds: float = 5.0) -> dict[str, Any]:
    """Pointer-to-pixels latencies and lost frames while the largest brush is led over the slice."""
    rect = page.evaluate(
        """(() => { const r = document.querySelector(`canvas[aria-label="${bench.view}"]`).getBoundingClientRect();
        return [r.left, r.top, r.width, r.height]; })()"""
    )

    def at(t: float) -> dict[str, float]:
        left, top, width, height = rect
        return {
            "x": left + width * (0.5 + 0.2 * math.cos(2.1 * t)),
            "y": top + height * (0.5 + 0.2 * math.sin(3.3 * t)),
        }

    mouse = {"button": "left", "buttons": 1, "clickCount": 1}
    page.send("Input.dispatchMouseEvent", type="mouseMoved", **at(0))
    page.send("Input.dispatchMouseEvent", type="mousePressed", **at(0), **mouse)
    number = page.post(
        "Runtime.evaluate", expression=f"bench.watchStroke({1000 * seconds})", awaitPromise=True, returnByValue=True
    )
    start = time.monotonic()
    while (t := time.monotonic() - start) < seconds:
        page.post("Input.dispatchMouseEvent", type="mouseMoved", **at(t), **mouse)
        time.sleep(0.008)
    while (message := json.loads(page._socket.recv())).get("id") != number:
        pass
    page.send("Input.dispatchMouseEvent", type="mouseReleased", **at(seconds), **mouse)
    return message["result"]["result"]["value"]


def measure(page: Page, server: Server, size: int, dtype: str, training: bool, rounds: int) -> dict[str, Any]:
    """All numbers for slices of `size`²."""
    source = cells.ANNOTATOR.replace("{n}", str(N_SLICES)).replace("{size}", str(size)).replace("{dtype}", dtype)
    open_notebook(page, server, f"s{size}{dtype}{training}.ipynb", [source, cells.ECHO, cells.TRAINING])
    run_cell(page, 1 - 1)
    run_cell(page, 1)
    page.wait("!!document.querySelector('canvas[aria-label=\"Slice view\"]') && !!window.echo")
    time.sleep(3)
    if training:
        run_cell(page, 2)
        time.sleep(20)  # until it is under way
    # Running a cell scrolls to it: back to the picture.
    page.evaluate("document.querySelector('canvas[aria-label=\"Slice view\"]').scrollIntoView({block: 'center'})")
    time.sleep(1)
    floor = page.evaluate(f"bench.floor({size})")
    page.evaluate(f"bench.coverWithFloor({size})")
    floor["stroke"] = stroke(page)
    page.evaluate("bench.uncover()")
    floor["step"], steps = scroll(page, size, max(2, rounds // 4), 0.25)
    floor["scroll"], cached = scroll(page, size, max(2, rounds // 4), 0.03)
    uncached, echo, received, floor["fetched"] = [], [], [], []
    for i, place in enumerate(unseen_places(rounds)):
        floor["fetched"].append(fetched(page, size, i))
        echo.append(page.evaluate(f"window.echo({size * size}).then(({{ took }}) => took)"))
        took, n_bytes = jump(page, place)
        uncached.append(took)
        received.append(n_bytes)
    take_largest_brush(page)
    painted = stroke(page)
    page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")  # nothing trains beside the next size
    return {
        "size": size, "dtype": dtype, "training": training, "steps": steps, "cached": cached,
        "uncached": uncached, "echo": echo, "bytes": sorted(received)[len(received) // 2],
        "stroke": painted, "floor": floor,
    }  # fmt: skip


def summary(times: list[float]) -> str:
    """Median and 95th percentile in ms; a machine with too much to do may have drawn nothing at all."""
    if not times:
        return "nothing drawn"
    ordered = sorted(times)
    return f"{statistics.median(ordered):6.1f} ({ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]:6.1f})"


def table(results: list[dict[str, Any]]) -> str:
    """Markdown table: median (95th percentile) in ms; "floor" is what stands before it done by a bare canvas."""
    columns = (
        "slice, upload, upload + draw, floor step, cached step, floor scroll, cached scroll, "
        "echo, echo + draw, uncached, kB, floor stroke, stroke, floor frames lost, frames lost"
    )
    lines = [f"| {columns.replace(', ', ' | ')} |", "|" + "---|" * 15]
    for r in results:
        floor = r["floor"]
        name = f"{r['size']}² {r['dtype']}" + (" while training" if r["training"] else "")
        lost = [f"{s['lost']} of {s['lost'] + s['frames']}" for s in (floor["stroke"], r["stroke"])]
        times = [floor["upload"], floor["uploadAndDraw"], floor["step"], r["steps"], floor["scroll"], r["cached"]]
        times += [r["echo"], floor["fetched"], r["uncached"]]
        strokes = [floor["stroke"]["latencies"], r["stroke"]["latencies"]]
        cells_ = [*map(summary, times), f"{r['bytes'] / 1000:.0f}", *map(summary, strokes), *lost]
        lines.append(f"| {name} | {' | '.join(cells_)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[512, 1024, 2048, 4096])
    parser.add_argument("--dtypes", nargs="+", default=["uint8"], help="of the volume; float32 is converted per slice")
    parser.add_argument("--training", action="store_true", help="measure again while a network trains in the kernel")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write all measured times here")
    arguments = parser.parse_args()
    results = []
    script = (HERE / "page.js").read_text()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as server, chromium(script) as page:
        for training in [False, True] if arguments.training else [False]:
            for dtype, size in itertools.product(arguments.dtypes, arguments.sizes):
                result = measure(page, server, size, dtype, training, arguments.rounds)
                results.append(result)
                print(table([result]).splitlines()[-1], flush=True)
    print("\n" + table(results))
    if arguments.json:
        arguments.json.write_text(json.dumps(results))


if __name__ == "__main__":
    main()
