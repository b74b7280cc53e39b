"""A tomogram of which a part is masked, through the whole workflow."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest
from brightness import brightness_model

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.workflows import extract, segment


def test_a_masked_tomogram_is_segmented_and_gives_sound_boxes(tmp_path):
    plain = np.random.default_rng(0).normal(100, 20, (8, 128, 160)).astype(np.float32)
    plain[:, 60:70, 70:80] += 200
    y, x = np.mgrid[:128, :160]
    disc = (y - 64) ** 2 + (x - 80) ** 2 < 40**2
    tomogram = Tomogram(np.where(disc, plain, 0), 10.0, name="cell")
    annotated = AnnotatedTomogram(tomogram)
    feature = annotated.add_feature("A", box_size=32)
    feature.set_mask(4, plain[4] > 250)
    feature.add_box(4, 64, 76)
    with pytest.warns(UserWarning, match="taken for a mask"):
        (outcome,) = segment(brightness_model(bias=-12), tomogram, tmp_path).result()
    assert outcome.error is None
    found = mrcfile.read(outcome.outputs[0])
    assert found[4, 62:68, 72:78].mean() > 200
    assert found[4, :50].mean() < 20
    with pytest.warns(UserWarning, match="taken for a mask"):
        boxes = extract(annotated, "A", box_size=32)
    assert np.abs(boxes.images).max() < 50
