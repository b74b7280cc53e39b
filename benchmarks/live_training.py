"""What watching a training costs: its pace with and without the live view, stopping, the kernel's answers.

    python benchmarks/live_training.py

One model trains without pause; the live view (copies of the weights and the prediction of a slice of 512² with each)
is switched on and off in turn, so that what else the machine does falls on both. Meanwhile a thread asks, as a cell
would, for a moment of the interpreter, and measures how long it waits for it.
"""

from __future__ import annotations

import argparse
import os
import threading
import time

import numpy as np
from measure import describe_machine, median

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def training_set(boxes: int = 64, size: int = 64):
    from ais_jupyter.core.data.training_set import TrainingSet

    rng = np.random.default_rng(0)
    labels = np.zeros((boxes, size, size), np.uint8)
    labels[:, 20:40, 20:40] = 1
    images = rng.normal(0, 1, labels.shape) + 2.0 * labels
    return TrainingSet(images[..., None], labels, 10.0, "global_mad", ["Square"])


class LiveView:
    """As the window does: a copy of the weights when it is due, and a prediction with it in a thread of its own."""

    def __init__(self) -> None:
        from ais_jupyter.core.learning.live_engine import LiveEngine

        self.on, self.copies, self.predictions = False, 0, 0
        self.off_since, self.time_off = time.monotonic(), 0.0
        self.image = np.random.default_rng(1).normal(0, 1, (1, 512, 512, 1)).astype(np.float32)
        self.engine, self.latest, self.wake = LiveEngine(), None, threading.Event()
        threading.Thread(target=self._predict, daemon=True).start()

    def switch(self, on: bool) -> None:
        if on and not self.on:
            self.time_off += time.monotonic() - self.off_since
        elif self.on and not on:
            self.off_since = time.monotonic()
        self.on = on

    def time_on(self) -> float:
        """Time without the view saves nothing up for it."""
        return time.monotonic() - self.time_off

    def show(self, state) -> None:
        from ais_jupyter.core.learning.model import SegmentationModel

        self.copies += 1
        self.latest = SegmentationModel.of(state)
        self.wake.set()

    def _predict(self) -> None:
        while True:
            self.wake.wait()
            self.wake.clear()
            self.engine.of(self.latest).predict(self.image)
            self.predictions += 1


class Interpreter:
    """Waits for a moment of the interpreter again and again, as a cell does that begins to run."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self.running = True
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        while self.running:
            begin = time.perf_counter()
            time.sleep(0.01)
            self.delays.append(time.perf_counter() - begin - 0.01)

    def take(self) -> list[float]:
        taken, self.delays = self.delays, []
        return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-a", "--architecture", default="VGGNet S")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each half of a round")
    options = parser.parse_args()
    from ais_jupyter.core.jobs.job import Job
    from ais_jupyter.core.learning.live_copies import LiveCopies
    from ais_jupyter.core.learning.model import SegmentationModel
    from ais_jupyter.core.learning.training_options import TrainingOptions

    print(describe_machine())
    view = LiveView()
    policy = LiveCopies(view.show, lambda: (view.copies, view.predictions), clock=view.time_on)

    def watch(event):
        if view.on:
            policy(event)

    interpreter = Interpreter()
    time.sleep(3)
    idle = interpreter.take()
    model = SegmentationModel(options.architecture)
    chosen = TrainingOptions(epochs=100_000, batch_size=options.batch, n_copies=10)
    job = Job(model.training(training_set(), chosen, [watch]), "training")
    while not any("batch_loss" in row for row in job.history):
        time.sleep(0.1)
    view.switch(True)
    time.sleep(options.seconds)  # the first prediction builds its engine
    interpreter.take()

    ratios, times = [], {True: [], False: []}
    for number in range(options.rounds):
        pace = {}
        for on in (False, True) if number % 2 else (True, False):
            view.switch(on)
            before, begin, copies = _steps(job), time.perf_counter(), view.copies
            time.sleep(options.seconds)
            pace[on] = (_steps(job) - before) / (time.perf_counter() - begin)
            times[on].append(pace[on])
            words = f"with the live view, {view.copies - copies} copies" if on else "without"
            print(f"  round {number + 1}: {pace[on]:6.2f} steps/s {words}", flush=True)
        ratios.append(pace[True] / pace[False])
    busy = interpreter.take()
    begin = time.perf_counter()
    job.cancel()
    job.wait(60)
    stopping = time.perf_counter() - begin
    interpreter.running = False
    each = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    print(f"\n{options.architecture}, batches of {options.batch} boxes of 64 px, prediction of 512²")
    print(f"pace with / without the live view: {median(ratios):.3f} (rounds: {each})")
    print(f"from stop to stopped: {stopping:.2f} s, a step takes {1 / median(times[False]):.2f} s")
    for name, delays in (("idle", idle), ("in training", busy)):
        middle, late = np.percentile(delays, (50, 99)) * 1000
        print(f"the interpreter answers, {name}: median {middle:.1f} ms, 99 % within {late:.0f} ms")


def _steps(job) -> int:
    return sum("batch_loss" in row for row in job.history)


if __name__ == "__main__":
    main()
