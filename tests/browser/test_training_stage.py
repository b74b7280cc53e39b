"""Training with the mouse: make the set, watch curve and prediction, stop, train further, reload, lose the kernel."""

from __future__ import annotations

import contextlib

import pytest
from training_page import ANNOTATED, SHOW, TINY, TrainingPage

ENDLESS = "20000"
RUN = "next(iter(trainer.session.trainings.runs.values()))"
POINTS = "document.querySelector('[aria-label=\"Loss curve\"]').dataset.points"


@pytest.fixture
def page(open_notebook):
    notebook = open_notebook(TINY + ANNOTATED + SHOW, "trainer")
    notebook.run(0)
    page = TrainingPage(notebook)
    page.choose_architecture("Tiny")
    yield page
    with contextlib.suppress(Exception):  # some tests end without a kernel
        notebook.python("[run.job.cancel() for run in trainer.session.trainings.runs.values()]")


def test_make_train_watch_stop_and_train_further(page):
    assert page.make_set() == 20
    assert page.button("Train further").count() == 0
    page.field("Epochs", ENDLESS)
    page.button("Train").click()
    first = page.wait_points(10)
    assert page.page.get_by_role("progressbar", name="Training progress").count() == 1
    pixels = page.curve_pixels()
    assert pixels > 10
    assert page.wait_points(first + 20) > first
    assert "steps/s" in page.state()
    # the prediction is over the picture, and follows the weights, before training ends
    live = "any(one.version >= 2 and one.live is not None for one in trainer.session.models)"
    page.notebook.wait_python(live, 90)
    page.wait_prediction()
    assert page.state().startswith("running")
    page.button("Stop").click()
    page.wait_state("cancelled")
    page.page.wait_for_timeout(400)
    stopped = page.points()
    page.page.wait_for_timeout(600)
    assert page.points() == stopped
    assert page.notebook.python("trainer.models[0].compiled")
    page.field("Epochs", "19999")
    page.button("Train further").click()
    further = page.wait_points(stopped + 10)
    assert page.state().startswith("running")
    assert page.notebook.python(f"[{RUN}.options.epochs]") == [19999]
    page.button("Stop").click()
    page.wait_state("cancelled")
    page.button("Start over").click()
    page.button("Discard and start over").click()
    page.wait_state("running")
    page.page.wait_for_function(f"Number({POINTS}) < {further}")
    page.button("Stop").click()
    page.wait_state("cancelled")


def test_the_notebook_answers_while_it_trains(page):
    page.make_set()
    page.field("Epochs", ENDLESS)
    page.button("Train").click()
    page.wait_points(5)
    before = page.points()
    assert page.notebook.python("sum(range(1000))") == 499500
    page.wait_points(before + 5)


def test_a_reloaded_page_has_the_curve_and_the_buttons(page):
    page.make_set()
    page.field("Epochs", ENDLESS)
    page.button("Train").click()
    points = page.wait_points(15)
    page.notebook.load()
    page.notebook.run(1)
    page = TrainingPage(page.notebook)
    assert page.wait_points(points) >= points
    assert page.state().startswith("running")
    assert page.button("Train").count() == 0
    page.wait_points(page.points() + 10)
    page.button("Stop").click()
    page.wait_state("cancelled")
    assert page.button("Train further").is_enabled()


def test_a_kernel_that_dies_in_training_leaves_its_best_weights(page):
    page.make_set()
    page.field("Epochs", ENDLESS)
    page.button("Train").click()
    page.wait_points(10)
    kept = "next(iter(trainer.session.trainings.backups.values())).time > 0"
    page.notebook.wait_python(kept, 60)
    with contextlib.suppress(Exception):
        page.notebook.start_code("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    page.page.get_by_text("Training ended when its kernel did").wait_for(timeout=60_000)
    page.page.get_by_role("dialog").get_by_role("button", name="Ok").click()  # JupyterLab says that it restarts
    page.notebook.wait_kernel()
    page.notebook.run(0)
    page.button("Recover model").click(timeout=60_000)
    page.notebook.wait_python("len(trainer.models) == 1 and trainer.models[0].compiled", 30)
    assert page.notebook.python("trainer.models[0].title") == "Disc"
    page.notebook.console.clear()  # the connection was cut on purpose


def test_what_is_missing_is_said_before_anything_runs(page):
    page.page.get_by_role("radio", name="Disc left out").click()
    page.page.get_by_text("mark the feature to find with +").wait_for()
    assert page.button("Make training set").is_disabled()
    assert page.button("Train").is_disabled()
