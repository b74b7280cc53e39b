"""Every way of painting, by hand, in one notebook: each on a slice of its own, checked against the Python rules."""

from __future__ import annotations

import numpy as np
import pytest
from annotator_page import VOLUME, AnnotatorPage
from painting_reference.brush import disc, sphere, stroke
from painting_reference.fill import fill_enclosed, lasso
from painting_reference.flood import flood
from playwright.sync_api import expect

from ais_jupyter.core.editing.interpolate import interpolate_masks

SHAPE = (24, 200, 240)
SQUARE = [(60, 60), (120, 60), (120, 120), (60, 120), (60, 60)]


def whole(painted) -> np.ndarray:
    region, inside = painted
    mask = np.zeros(SHAPE[1:], bool)
    mask[region.slices] = inside
    return mask


def under(points, radius: float) -> np.ndarray:
    return whole(stroke(SHAPE[1:], [(y, x) for x, y in points], radius))


class Hand(AnnotatorPage):
    def mask(self, z: int) -> np.ndarray:
        return np.array(self.notebook.python(f"annotator.annotated[0].features[0].mask({z}).tolist()"), bool)

    def slices(self) -> list[int]:
        return self.notebook.python("annotator.annotated[0].features[0].annotated_slices")

    def forget(self) -> None:
        """Take away what was drawn, as a script would."""
        clear = "[annotator.annotated[0].features[0].set_mask(z, None) for z in {}]"
        self.notebook.python(clear.format(self.slices()))
        self.page.wait_for_timeout(200)

    def chip(self, name: str) -> None:
        self.button(name).click()


@pytest.fixture
def hand(open_notebook):
    notebook = open_notebook(VOLUME)
    notebook.run(0)
    page = Hand(notebook)
    page.button("Add feature").click()
    page.settle()
    return page


def test_lasso_fill_sphere_range_and_slices_between(hand):
    hand.tool("Lasso")
    hand.slider("Slice", 1)
    hand.stroke(*SQUARE)
    hand.tool("Brush")
    hand.chip("Fill")
    hand.slider("Brush size", 5)
    hand.slider("Slice", 3)
    hand.stroke(*SQUARE)
    hand.chip("Fill")
    hand.slider("Slice", 4)
    hand.page.mouse.move(*hand.at(30, 30))
    hand.stroke(*SQUARE)
    hand.settle()
    expected = whole(lasso(SHAPE[1:], [(y, x) for x, y in SQUARE[:-1]]))
    assert (hand.mask(1) ^ expected).sum() <= 4 * 61  # the outline's own pixels may fall to either side
    assert hand.mask(1)[62:119, 62:119].all()
    closed = stroke(SHAPE[1:], [(y, x) for x, y in SQUARE], 5)
    assert np.array_equal(hand.mask(3), whole(fill_enclosed(closed)))
    assert np.array_equal(hand.mask(4), whole(closed))
    hand.forget()

    hand.chip("Sphere")
    hand.slider("Slice", 12)
    hand.slider("Brush size", 6.5)
    hand.stroke((100, 90))
    hand.chip("Sphere")
    hand.settle()
    ball = {z: int(whole(painted).sum()) for z, painted in sphere(SHAPE, 12, 90, 100, 6.5).items()}
    assert hand.masks() == ball
    hand.page.keyboard.press("Control+z")  # one stroke over many slices is one step
    hand.settle()
    assert hand.masks() == {}

    hand.slider("Slice", 6)
    hand.chip("Range")
    hand.slider("Paint to grey value", 105)
    hand.page.mouse.move(*hand.at(30, 30))
    hand.page.wait_for_timeout(800)  # the exact grey values arrive while the pointer rests
    hand.slider("Brush size", 20)
    hand.stroke((60, 100), (160, 100))
    hand.settle()
    low, high = (
        float(hand.page.get_by_role("slider", name=f"Paint {end} grey value", exact=True).input_value())
        for end in ("from", "to")
    )
    volume = np.array(hand.notebook.python("volume[6].tolist()"), np.float32)
    brushed, painted = under([(60, 100), (160, 100)], 20), hand.mask(6)
    step = 0.1  # of the sliders, which round what they show
    assert painted[brushed & (volume >= low + step) & (volume <= high - step)].all()
    assert not painted[~brushed | (volume < low - step) | (volume > high + step)].any()
    assert 0 < painted.sum() < 0.9 * brushed.sum()
    hand.chip("Range")
    hand.forget()

    hand.slider("Brush size", 12)
    for z, x in ((10, 80), (14, 110)):
        hand.slider("Slice", z)
        hand.stroke((x, 90))
    hand.menu("Unnamed feature 1", "Interpolate between slices")
    hand.notebook.wait_python("len(annotator.annotated[0].features[0].annotated_slices) == 5")
    drawn = {z: whole(disc(SHAPE[1:], 90, x, 12)).astype(np.uint8) for z, x in ((10, 80), (14, 110))}
    for z, mask in interpolate_masks(drawn).items():
        assert np.array_equal(hand.mask(z), mask > 0), z
    hand.page.keyboard.press("n")  # the drawing of this slice is added to the next, which is shown
    hand.settle()
    assert np.array_equal(hand.mask(15), hand.mask(14))
    expect(hand.page.get_by_role("slider", name="Slice", exact=True)).to_have_value("15")
    hand.menu("Unnamed feature 1", "Clear drawing and boxes here")
    hand.settle()
    assert hand.slices() == [10, 11, 12, 13, 14]


def test_flood_rules_scrolling_strokes_pen_and_touch(hand):
    hand.tool("Flood")
    hand.slider("Sensitivity", 97)
    for z, kind in ((2, "spread"), (3, "relative")):
        if kind == "relative":
            hand.chip("Ais rule")
        hand.slider("Slice", z)
        hand.page.mouse.move(*hand.at(100, 100))
        hand.page.wait_for_timeout(800)  # the exact grey values arrive while the pointer rests
        hand.stroke((100, 100))
        hand.settle()
        image = np.array(hand.notebook.python(f"volume[{z}].tolist()"), np.float32)
        expected = int(flood(image, 100, 100, 10.0, 97.0, kind)[1].sum())
        assert abs(hand.masks()[z] - expected) <= 1, kind
        assert 1 < expected < 305  # a whole disc
    hand.forget()

    # Scrolling with the button held: what was drawn stays, and the brush goes on where one is.
    hand.tool("Brush")
    hand.slider("Brush size", 5)
    hand.slider("Slice", 8)
    hand.page.mouse.move(*hand.at(60, 60))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.at(90, 60))
    hand.page.mouse.wheel(0, 100)
    hand.page.wait_for_timeout(300)
    hand.page.mouse.move(*hand.at(90, 100))
    hand.page.mouse.up()
    hand.settle()
    now = int(hand.page.get_by_role("slider", name="Slice", exact=True).input_value())
    assert abs(now - 8) == 1
    assert sorted(hand.masks()) == sorted([8, now])
    assert np.array_equal(hand.mask(8), under([(60, 60), (90, 60)], 5))
    assert np.array_equal(hand.mask(now), under([(90, 60), (90, 100)], 5))
    hand.forget()

    devtools = hand.page.context.new_cdp_session(hand.page)
    hand.slider("Slice", 12)
    hand.slider("Brush size", 20)
    pen = {"pointerType": "pen", "button": "left", "clickCount": 1}
    left, top = hand.at(120, 100)
    for kind, force, buttons in (("mouseMoved", 0.0, 0), ("mousePressed", 0.5, 1), ("mouseReleased", 0.0, 0)):
        devtools.send(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": left, "y": top, "force": force, "buttons": buttons, **pen},
        )
    hand.settle()
    assert np.array_equal(hand.mask(12), whole(disc(SHAPE[1:], 100, 120, 20 * (0.25 + 0.75 * 0.5))))
    hand.forget()


def test_a_finger_paints_and_two_fingers_move_the_picture(hand):
    devtools = hand.page.context.new_cdp_session(hand.page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})

    def touch(kind, *points):
        fingers = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    hand.slider("Brush size", 8)
    touch("touchStart", hand.at(60, 60))
    touch("touchMove", hand.at(100, 60))
    touch("touchEnd")
    hand.settle()
    assert np.array_equal(hand.mask(12), under([(60, 60), (100, 60)], 8))
    hand.forget()

    zoom = hand.page.locator(".ais-hover")
    before = zoom.inner_text()
    middle = hand.at(120, 100)
    for i in range(6):
        fingers = [(middle[0] - 30 - 10 * i, middle[1]), (middle[0] + 30 + 10 * i, middle[1])]
        touch("touchMove" if i else "touchStart", *fingers)
    touch("touchEnd")
    hand.settle()
    hand.page.mouse.move(3, 3)
    hand.page.wait_for_timeout(200)
    assert hand.slices() == []
    percent = [float(text.split("%")[0]) for text in (before, zoom.inner_text())]
    assert percent[1] == pytest.approx(percent[0] * 80 / 30, rel=0.05)
