"""A forest learns from the drawing itself: from the first stroke, with boxes, scribbles and other features."""

from __future__ import annotations

import numpy as np
import pytest
from test_forest import dice, scene

import ais_jupyter as ais
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.learning import painted_samples
from ais_jupyter.core.learning.filter_responses import tiles
from ais_jupyter.core.learning.painted_pixels import MARGIN, RING, drawing_of, painted_labels, slices_about
from ais_jupyter.core.learning.painted_samples import PaintedSamples
from ais_jupyter.core.learning.segmenter import Segmenter


def disc(shape, y, x, radius):
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    return ((rows - y) ** 2 + (cols - x) ** 2 < radius**2).astype(np.uint8)


@pytest.fixture
def annotated():
    tomogram, _ = scene(8, 160)
    return ais.AnnotatedTomogram(tomogram)


def test_around_a_stroke_is_background_and_farther_off_is_unknown(annotated):
    feature = annotated.add_feature("Disc")
    feature.set_mask(3, disc((160, 160), 80, 80, 5))
    labels = painted_labels(annotated, "Disc", 3)
    assert labels[80, 80] == 1
    assert labels[80, 80 + 4 + MARGIN] == 2  # outlines are never exact
    assert labels[80, 80 + 4 + MARGIN + 1] == 0
    assert labels[80, 80 + 4 + RING] == 0
    assert labels[80, 80 + 4 + RING + 1] == 2
    assert slices_about(annotated, "Disc") == [3]


def test_inside_boxes_is_background_and_outside_is_unknown(annotated):
    feature = annotated.add_feature("Disc", box_size=32)
    feature.set_mask(3, disc((160, 160), 80, 80, 5))
    feature.add_box(3, 90, 80)
    feature.add_box(5, 2, 158)  # partly outside the image
    labels = painted_labels(annotated, "Disc", 3)
    assert (labels[74:106, 64:96] != 2).all()
    assert (labels == 2).sum() == 160 * 160 - 32 * 32
    assert (painted_labels(annotated, "Disc", 5) == 0).sum() == 18 * 18
    assert slices_about(annotated, "Disc") == [3, 5]


def test_other_features_are_background_and_scribbles_need_no_surroundings(annotated):
    ours, other = annotated.add_feature("Disc"), annotated.add_feature("Membrane")
    ours.set_mask(3, disc((160, 160), 80, 80, 5))
    other.set_mask(3, disc((160, 160), 80, 140, 5))
    other.set_mask(6, disc((160, 160), 20, 20, 5))
    labels = painted_labels(annotated, "Disc", 3)
    assert (labels[80, 140], labels[80, 125], labels[80, 95]) == (0, 2, 0)
    assert painted_labels(annotated, "Disc", 6)[20, 20] == 0
    assert slices_about(annotated, "Disc") == [3, 6]
    other.title = "Background"
    labels = painted_labels(annotated, "Disc", 3)
    assert (labels[80, 140], labels[80, 95]) == (0, 2)


def test_nothing_is_said_before_the_feature_is_painted(annotated):
    annotated.add_feature("Disc")
    annotated.add_feature("Membrane").set_mask(3, disc((160, 160), 80, 140, 5))
    assert slices_about(annotated, "Disc") == []
    with pytest.raises(InputError, match="nothing is painted as 'Disc' yet"):
        ais.SegmentationModel("Instant forest", "Disc").train(annotated).result()
    annotated.feature("Disc").set_mask(3, np.ones((160, 160)))
    annotated.remove_feature("Membrane")
    with pytest.raises(InputError, match="nothing says what is not"):
        ais.SegmentationModel("Instant forest", "Disc").train(annotated).result()


def test_networks_say_that_they_need_boxes(annotated):
    with pytest.raises(InputError, match="learns from boxes"):
        ais.SegmentationModel("UNet S", "Disc").train(annotated).result()


def test_the_short_form_of_a_drawing_tells_all_that_matters(annotated):
    ours, other = annotated.add_feature("Disc"), annotated.add_feature("Membrane")
    background = annotated.add_feature("Background")
    ours.set_mask(3, disc((160, 160), 80, 80, 5))
    changes = [
        lambda: ours.edit_mask(3, ais.Region(20, 22, 20, 22), np.ones((2, 2))),
        lambda: other.set_mask(3, disc((160, 160), 80, 120, 5)),
        lambda: background.set_mask(7, disc((160, 160), 80, 120, 5)),
        lambda: ours.add_box(3, 70, 70),
        lambda: setattr(ours, "box_size", 40),
        lambda: setattr(other, "title", "Disc"),
    ]
    seen = [(drawing_of(annotated, "Disc", 3), painted_labels(annotated, "Disc", 3).tobytes())]
    for change in changes:
        change()
        seen.append((drawing_of(annotated, "Disc", 3), painted_labels(annotated, "Disc", 3).tobytes()))
    assert len({drawing for drawing, _ in seen}) == len({labels for _, labels in seen}) == len(seen)
    other.color = (0, 0, 1)
    background.set_mask(5, disc((160, 160), 80, 120, 5))
    assert drawing_of(annotated, "Disc", 3) == seen[-1][0]


@pytest.mark.parametrize("way", ["surroundings", "scribbles"])
def test_a_model_of_a_few_strokes_finds_the_others(way):
    tomogram, truth = scene(8, 160)
    annotated = ais.AnnotatedTomogram(tomogram)
    feature = annotated.add_feature("Disc")
    if way == "surroundings":
        feature.set_mask(3, truth[3])
    else:
        y, x = np.argwhere(truth[3])[30]
        feature.set_mask(3, truth[3] & disc((160, 160), y, x, 4))
        scribble = np.zeros((160, 160), bool)
        scribble[10:14] = True
        annotated.add_feature("Background").set_mask(3, scribble & ~truth[3])
    model = ais.SegmentationModel("Instant forest", "Disc").train(annotated, seed=0).result()
    assert (model.info.depth, model.info.voxel_size, model.info.normalization) == (5, 10.0, "global_mad")
    found = Segmenter(model.engine(), model.info, tomogram).slice(6) > 0.5
    assert dice(found, truth[6]) > (0.7 if way == "surroundings" else 0.5)


def test_only_slices_that_changed_are_measured_again(annotated, monkeypatch):
    measured = []
    monkeypatch.setattr(painted_samples, "tiles", lambda block, *a: measured.append(len(block)) or tiles(block, *a))
    feature = annotated.add_feature("Disc")
    for z in (2, 5):
        feature.set_mask(z, disc((160, 160), 80, 80, 5))
    painted = PaintedSamples(FilterBank((1.0, 2.0), 5), 10.0, 4000)

    def sample():
        measured.clear()

        def followed():
            found.append((yield from painted.sampling([annotated], "Disc")))

        found = []
        assert all(0 < fraction <= 1 for fraction in followed())
        return found[0]

    first = sample()
    assert len(measured) == 2
    again = sample()
    assert measured == []
    np.testing.assert_array_equal(first.responses, again.responses)
    feature.edit_mask(5, ais.Region(80, 90, 80, 90), np.zeros((10, 10)))
    changed = sample()
    assert len(measured) == 1
    assert (changed.labels == 1).sum() < (first.labels == 1).sum()
    annotated.relink(ais.Tomogram(annotated.tomogram.data[::-1].copy(), 10.0))
    sample()
    assert len(measured) == 2
    feature.set_mask(2, None)
    sample()
    assert len(painted._kept) == 1


def test_tomograms_of_another_pixel_size_are_rescaled():
    tomogram, truth = scene(8, 160)
    double = ais.Tomogram(tomogram.data.repeat(2, axis=1).repeat(2, axis=2), 5.0, name="fine")
    fine, coarse = ais.AnnotatedTomogram(double), ais.AnnotatedTomogram(tomogram)
    for one, mask in ((coarse, truth[3]), (fine, truth[6].repeat(2, 0).repeat(2, 1))):
        one.add_feature("Disc").set_mask(3 if one is coarse else 6, mask)
    model = ais.SegmentationModel("Instant forest", "Disc").train([coarse, fine], seed=0).result()
    assert model.info.voxel_size == 10.0
    found = Segmenter(model.engine(), model.info, double).slice(1) > 0.5
    assert dice(found, truth[1].repeat(2, 0).repeat(2, 1)) > 0.7
