"""The whole way on the sample: paint, train, watch, copy, correct, train further, export, score."""

from __future__ import annotations

import numpy as np
import pytest
from annotator_page import AnnotatorPage
from playwright.sync_api import expect
from training_page import TrainingPage

SAMPLE = """
import numpy as np, ais_jupyter as ais, tempfile, pathlib
from scipy.ndimage import label, find_objects
folder = pathlib.Path(tempfile.mkdtemp())
paths = ais.sample_tomogram(folder)
truth = np.asarray(ais.open(paths.ribosome_mask).data[:]) > 0
def ribosomes(z):
    '''Middle (x, y) and radius of each ribosome that a person would see in a slice, and inside boxes of 64.'''
    parts, n = label(truth[z])
    found = []
    for i in range(1, n + 1):
        y, x = np.nonzero(parts == i)
        if len(y) > 120 and 34 < y.mean() < 222 and 34 < x.mean() < 222:
            found.append([int(x.mean()), int(y.mean()), float(np.sqrt(len(y) / np.pi))])
    return found
best = sorted(range(10, 86), key=lambda z: -len(ribosomes(z)))
first = best[0]
second = next(z for z in best if abs(z - first) > 12)
seen = next(z for z in best if min(abs(z - first), abs(z - second)) > 8)
"""
SHOW = """
annotator = ais.Workspace(paths.tomogram)
annotator
"""
SIZE = 256
#: Epochs after the correction, to the end: what the network then knows does not depend on how fast a machine is.
FURTHER = "4"


def tab(page, name):
    page.page.get_by_role("tab", name=name).click()


def paint_slice(page, z):
    """Paint every ribosome with one dab of its size, and put a box on it."""
    page.slider("Slice", z)
    page.page.wait_for_timeout(300)
    for x, y, radius in page.notebook.python(f"ribosomes({z})"):
        page.slider("Brush size", round(2 * radius) / 2)
        page.page.mouse.click(*page.at(x, y))
        page.page.keyboard.down("Shift")
        page.page.mouse.click(*page.at(x, y))
        page.page.keyboard.up("Shift")
    page.settle()


def box_background(page, z, count=4):
    """Put boxes where nothing is, so that the network sees that too."""
    empty = (
        f"[[int(x), int(y)] for y in range(40, 220, 30) for x in range(40, 220, 30) "
        f"if not truth[{z}, y - 20:y + 20, x - 20:x + 20].any()][:{count}]"
    )
    page.page.keyboard.down("Shift")
    for x, y in page.notebook.python(empty):
        page.page.mouse.click(*page.at(x, y))
    page.page.keyboard.up("Shift")
    page.settle()


def colored(page):
    """Pixels of the main view that are not grey: what a model found, where nothing is painted."""
    return int((np.ptp(page.notebook.pixels().astype(int), axis=2) > 40).sum())


@pytest.mark.slow
def test_from_the_first_stroke_to_a_scored_file(open_notebook):
    notebook = open_notebook(SAMPLE, SHOW)
    notebook.run(0)
    notebook.run(1)
    notebook.view().wait_for()
    notebook.page.locator(".ais-status").scroll_into_view_if_needed()
    page = AnnotatorPage(notebook, SIZE, SIZE)
    z1, z2, seen = (notebook.python(name) for name in ("first", "second", "seen"))

    # Two slices are painted, with boxes.
    page.button("Add feature").click()
    name = page.page.get_by_label("Feature name")
    name.fill("Ribosome")
    name.press("Enter")
    page.slider("Box edge", 64)
    paint_slice(page, z1)
    box_background(page, z1)
    paint_slice(page, z2)
    box_background(page, z2)
    feature = "annotator.annotated[0].feature('Ribosome')"
    assert notebook.python(f"{feature}.annotated_slices") == sorted([z1, z2])
    painted = f"({feature}.mask({z1}) > 0)"
    agreement = f"float(2 * ({painted} & truth[{z1}]).sum() / ({painted}.sum() + truth[{z1}].sum()))"
    assert notebook.python(agreement) > 0.55  # the dabs lie where the ribosomes are
    boxes = notebook.python(f"len({feature}.boxes)")
    assert boxes >= 12

    # The set is made, and a small network learns it while its prediction is seen on another slice.
    page.slider("Slice", seen)
    tab(page, "Models")
    training = TrainingPage(notebook)
    assert training.make_set() == boxes
    page.page.get_by_role("combobox", name="Architecture").select_option("VGGNet S")
    training.field("Epochs", "40")
    assert colored(page) == 0
    training.button("Train").click()
    training.wait_points(2)
    early = training.curve_pixels()
    assert early > 0
    page.page.wait_for_function("() => document.querySelector('.ais-run')?.dataset.state === 'running'", timeout=60_000)
    waited = 0
    while (found := colored(page)) < 50:
        assert training.page.locator('.ais-run[data-state="running"]').count(), "it ended before anything was seen"
        page.page.wait_for_timeout(250)
        waited += 1
        assert waited < 400, f"no prediction is seen: {found} pixels"
    training.wait_points(4)
    assert training.page.locator('.ais-run[data-state="running"]').count()

    # Stopped, it keeps what it learned; that becomes the annotation of the slice, and is corrected by hand.
    training.button("Stop").click()
    training.wait_state("cancelled")
    loss = notebook.python("annotator.models[0].info.loss")
    assert 0 < loss < 1
    page.page.wait_for_timeout(1500)
    page.button("Copy to annotation").click()
    page.settle()
    notebook.wait_python(f"{feature}.mask({seen}) is not None")
    copied = notebook.python(f"int({feature}.mask({seen}).sum())")
    assert copied > 50
    expect(page.page.get_by_role("tab", name="Annotate")).to_have_attribute("aria-selected", "true")
    wrong = f"({feature}.mask({seen}) > 0) & ~truth[{seen}]"
    mistakes = notebook.python(f"int(({wrong}).sum())")
    page.tool("Erase")
    page.slider("Brush size", 6)
    for x, y in notebook.python(f"[[int(x), int(y)] for y, x in np.argwhere({wrong})[::40][:40]]"):
        page.page.mouse.click(*page.at(x, y))
    page.tool("Brush")
    page.settle()
    if mistakes:
        assert notebook.python(f"int(({wrong}).sum())") < mistakes
    paint_slice(page, seen)

    # It learns on from there.
    tab(page, "Models")
    training.button("Make training set").click()
    training.page.wait_for_function(
        f"() => Number(document.querySelector('.ais-made')?.dataset.boxes) > {boxes}", timeout=60_000
    )
    training.field("Epochs", FURTHER)
    training.button("Train further").click()
    training.wait_state("done")

    # The whole volume is segmented; the panel says what the file scores.
    tab(page, "Export")
    page.button("Export").click()
    page.page.locator('.ais-job[data-state="done"]').wait_for(timeout=120_000)
    result = notebook.python("[str(p) for p in (folder / 'segmented').glob('*.mrc')]")
    assert len(result) == 1
    field = page.page.get_by_role("textbox", name="Truth")
    field.fill(notebook.python("str(paths.ribosome_mask)"))
    field.press("Enter")
    page.button("Compare with truth").click()
    table = page.page.get_by_role("figure", name="Scores of")
    table.wait_for()
    scores = notebook.python(
        f"(lambda s: [s.dice, s.best_dice])(ais.evaluate({result[0]!r}, paths.ribosome_mask, "
        f"ignore={feature}.annotated_slices))"
    )
    shown = table.inner_text()
    assert f"{scores[0]:.3f}" in shown
    assert f"{scores[1]:.3f}" in shown
    assert scores[1] > 0.5, scores
    print("whole workflow:", boxes, "boxes, Dice", scores)
