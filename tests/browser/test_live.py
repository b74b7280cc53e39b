"""Live in a real browser: strokes on the sample, and what a forest finds elsewhere lies over the slice soon after."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect
from test_models_stage import ModelsPage

SAMPLE = """
import numpy as np, ais_jupyter as ais
from ais_jupyter.widgets import Workspace
paths = ais.sample_tomogram("sample")
tomogram, truth = ais.open(paths.tomogram), ais.open(paths.ribosome_mask)
annotator = Workspace(tomogram)
annotator
"""
Z = 48
#: Centres (y, x) and areas of the ribosomes of the slice, largest first.
PARTICLES = f"""(lambda found: [[float(v) for v in __import__("scipy.ndimage", fromlist=["a"]).center_of_mass(
    found[0] == i)] + [int((found[0] == i).sum())] for i in 1 + np.argsort(-np.bincount(found[0].ravel())[1:])[:4]])(
    __import__("scipy.ndimage", fromlist=["a"]).label(truth.slice({Z})))"""
DICE = f"""(lambda found, known: float(2 * (found & known).sum() / (found.sum() + known.sum())))(
    annotator.session.predictor.predict(annotator.annotated[0], {Z}, [o.as_applied() for o in annotator.session.models]
    ).levels[list(annotator.session.models)[0].uid] > 127, truth.slice({Z}) != 0)"""


@pytest.fixture
def live(open_notebook):
    notebook = open_notebook(SAMPLE, "annotator")
    notebook.run(0)
    shape = notebook.python("list(tomogram.shape)")
    page = ModelsPage(notebook, shape[2], shape[1])
    assert notebook.python("annotator.annotated[0].tomogram.shape[0] // 2") == Z
    return page


def settled(page):
    expect(page.button("Live")).to_have_attribute("data-settled", "true", timeout=20_000)


def version(page) -> int:
    return page.notebook.python("next((o.version for o in annotator.session.models), 0)")


def painted(page, y, x, area) -> float:
    """Paint a disc, and return the seconds until the kernel has another forest."""
    before = version(page)
    page.slider("Brush size", max(2, round((area / 3.14) ** 0.5)))
    page.stroke((x, y), (x + 1, y))
    began = time.perf_counter()
    while version(page) == before:
        assert time.perf_counter() - began < 30
        page.page.wait_for_timeout(20)
    return time.perf_counter() - began


def test_each_stroke_is_found_elsewhere_and_can_be_copied(live):
    particles = live.notebook.python(PARTICLES)
    live.page.get_by_role("button", name="Add feature", exact=True).first.click()
    live.button("Live").click()
    live.page.get_by_text("Paint some of a feature").wait_for()
    settled(live)
    plain = live.colored()
    times, found = [], []
    for y, x, area in particles:
        times.append(painted(live, y, x, area))
        settled(live)
        found.append(live.notebook.python(DICE))
    shown = live.wait_colored(lambda count: count > plain + 300)
    print(
        f"\nstroke to new forest: {[round(t, 2) for t in times]} s; Dice in the slice: {[round(d, 2) for d in found]}"
    )
    assert found[-1] > 0.4
    # it is a model like any other: its threshold, copying into the annotation, one undo step
    live.page.get_by_role("slider", name="Threshold").first.fill("0.9")
    live.wait_colored(lambda count: count < shown)
    live.page.get_by_role("slider", name="Threshold").first.fill("0.5")
    before = live.masks()[Z]
    live.button("Copy to annotation").click()
    live.settle()
    assert live.masks()[Z] > before
    settled(live)
    live.button("Undo").click()
    live.settle()
    assert live.masks()[Z] == before
    settled(live)
    # switched off, nothing more is learned; the forest stays
    live.button("Live").click()
    expect(live.button("Live")).to_have_attribute("aria-pressed", "false")
    last = version(live)
    live.stroke((20, 20), (30, 30))
    live.settle()
    live.page.wait_for_timeout(1000)
    assert version(live) == last
    live.tab("Models")
    assert "Instant forest" in live.page.get_by_role("list", name="Models").inner_text()
