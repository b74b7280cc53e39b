"""Scores shown: the table and the plots hold the numbers of the scores."""

from __future__ import annotations

import re

import numpy as np
import pytest

from ais_jupyter.core.analysis.evaluation import evaluate


@pytest.fixture
def scores():
    rng = np.random.default_rng(3)
    truth = rng.random((5, 20, 20)) < 0.3
    truth[4] = False  # a slice without the feature has no recall
    levels = np.clip(rng.normal(80, 40, truth.shape) + 90 * truth, 0, 255).astype(np.uint8)
    return evaluate(levels, truth, threshold=100)


def test_table_holds_the_numbers(scores):
    html = scores._repr_html_()
    numbers = [
        [float(cell) for cell in re.findall(r"<td>([\d.]+)</td>", row)] for row in re.findall("<tr>.*?</tr>", html)
    ]
    best = scores.at(scores.best_threshold)
    for row, expected in zip(numbers[1:], (scores, best)):
        assert row == pytest.approx([expected.dice, expected.iou, expected.precision, expected.recall], abs=6e-4)
    per_slice = scores.as_rows()[1:]
    assert len(numbers) == 2 + 2 + len(per_slice)  # two heads, two wholes
    assert numbers[4] == pytest.approx([per_slice[0][n] for n in ("dice", "iou", "precision", "recall")], abs=6e-4)
    assert "<td>–</td>" in html  # nothing to find, nothing missed
    assert "nan" not in html


def test_plot_draws_the_curve_and_the_slices(scores):
    thresholds, slices = scores.plot(marked=[2])
    np.testing.assert_allclose(thresholds.lines[0].get_ydata(), scores.curve)
    assert thresholds.lines[1].get_xdata() == [scores.best_threshold]
    drawn = {line.get_label(): line.get_ydata() for line in slices.lines}
    np.testing.assert_allclose(drawn["Dice"][:4], scores.per_slice["dice"][:4])
    assert np.isnan(drawn["Dice"][4])
    assert {"precision", "recall", "annotated"} <= set(drawn)


def test_two_results_in_one_plot(scores):
    axes = scores.plot(label="first")
    scores.at(150).plot(axes=axes, label="second")
    names = [[text.get_text() for text in one.get_legend().get_texts()] for one in axes]
    assert names == [["first", "second"], ["first", "second"]]
    assert len({line.get_color() for line in axes[1].lines}) == 2
