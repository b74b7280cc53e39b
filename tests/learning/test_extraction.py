from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import InputError
from ais_jupyter.core.data.progress import run_to_end
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.learning.extraction import extracting, native_edge

GOLDEN = [
    "tar_gui_32x32x1_15.68Apx", "tar_gui_64x64x1_7.84Apx", "tar_gui_32x32x8_7.84Apx",
    "cli_32x32x1_7.84Apx_Membrane", "cli_32x32x1_7.84Apx_Ribosome", "cli_merge_32x32x8_7.84Apx_Membrane_Ribosome",
]  # fmt: skip


def annotated(shape=(12, 60, 70), voxel_size=10.0, seed=0):
    rng = np.random.default_rng(seed)
    return AnnotatedTomogram(Tomogram(rng.normal(100, 20, shape).astype(np.float32), voxel_size, name="cell"))


def extract(*args, **options):
    return run_to_end(extracting(*args, **options))


@pytest.mark.parametrize("name", GOLDEN)
def test_boxes_equal_those_of_ais(shared, name):
    """The same boxes of the same annotations give the same images and labels as the desktop program wrote."""
    theirs = open_file(shared / f"samples/scnt/{name}.scnt")
    by_place = {_place(s): i for i, s in enumerate(theirs.sources)}
    items = []
    for stem in ("sample_f32", "sample_i16", "sample_i8"):
        item = open_file(shared / f"samples/scns/{stem}.scns")
        item.relink(shared / f"samples/tomo/{stem}.mrc")
        items.append(item)
    ours = extract(
        items,
        theirs.features,
        sorted({s["aisFeatureName"] for s in theirs.sources} - set(theirs.features)),
        box_size=theirs.box_size,
        voxel_size=theirs.voxel_size,
        depth=theirs.depth,
        slab_labels=theirs.labels.ndim == 4,
    )
    found = 0
    for number, source in enumerate(ours.sources):
        place = by_place.get(_place(source))
        if place is None:
            continue
        found += 1
        np.testing.assert_allclose(ours.images[number], theirs.images[place], atol=5e-6)
        np.testing.assert_array_equal(ours.labels[number], theirs.labels[place])
    assert found == len(theirs) > 0


def _place(source):
    keys = ("aisTomogramName", "aisFeatureName", "aisBoxCoordinateZ", "aisBoxCoordinateY", "aisBoxCoordinateX")
    return tuple(source[key] for key in keys)


def test_outside_the_image_is_reflected_and_ignored():
    item = annotated()
    feature = item.add_feature("A", box_size=16)
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 2, 30)
    boxes = extract([item], ["A"], box_size=16)
    label = boxes.labels[0]
    assert (label[:6] == 2).all()
    assert (label[6:] == 1).all()
    image = boxes.images[0, ..., 0]
    np.testing.assert_allclose(image[5], image[7])  # row −1 mirrors row 1


def test_only_the_drawn_box_is_trusted():
    item = annotated()
    feature = item.add_feature("A", box_size=16)
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 30, 35)
    label = extract([item], ["A"], box_size=32).labels[0]
    assert (label[8:24, 8:24] == 1).all()
    assert (label == 1).sum() == 16 * 16
    assert (label == 2).sum() == 32 * 32 - 16 * 16


@pytest.mark.parametrize("depth", [1, 3])
def test_a_margin_shows_the_surroundings_and_labels_nothing_there(depth):
    item = annotated()
    feature = item.add_feature("A", box_size=40)  # the annotator drew more than is asked for
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 30, 35)
    bare, boxes = (extract([item], ["A"], box_size=16, depth=depth, margin=margin) for margin in (0, 8))
    inner = (slice(None), slice(8, 24), slice(8, 24))
    np.testing.assert_array_equal(boxes.images[inner], bare.images)
    np.testing.assert_array_equal(boxes.labels[inner], bare.labels)
    assert (boxes.labels != 2).sum() == (bare.labels != 2).sum()
    assert boxes.images[0, 0, 0].std() > 0 or depth == 1
    assert (boxes.stored_size, boxes.sources[0]["aisBoxEdge"], boxes.sources[0]["aisBoxMargin"]) == (32, 32, 8)
    trimmed = boxes.trimmed(0)
    np.testing.assert_array_equal(trimmed.images, bare.images)
    np.testing.assert_array_equal(trimmed.labels, bare.labels)
    assert (boxes.margin, boxes.box_size, trimmed.margin, trimmed.box_size) == (8, 16, 0, 16)


def test_a_margin_has_the_pixels_of_the_boxes_when_they_are_rescaled():
    item = annotated()
    feature = item.add_feature("A", box_size=32)
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 30, 35)
    boxes = extract([item], ["A"], box_size=16, voxel_size=20.0, margin=4)
    assert boxes.images.shape == (1, 24, 24, 1)
    assert (boxes.labels[0, 4:20, 4:20] == 1).all()
    assert (boxes.labels == 1).sum() == 16 * 16
    assert (boxes.sources[0]["aisBoxEdge"], boxes.sources[0]["aisBoxMargin"]) == (48, 8)


def test_a_box_that_reaches_the_image_with_its_margin_alone_is_left_out():
    item = annotated()
    feature = item.add_feature("A", box_size=16)
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 30, 35)
    feature.add_box(5, 30, 80)
    with pytest.warns(UserWarning, match="lies outside"):
        boxes = extract([item], ["A"], box_size=16, margin=8)
    assert len(boxes) == 1


def test_negative_boxes_are_background():
    item = annotated()
    a, b = item.add_feature("A", box_size=16), item.add_feature("B", box_size=16)
    for feature in (a, b):
        feature.set_mask(5, np.ones((60, 70)))
        feature.add_box(5, 30, 35)
    boxes = extract([item], ["A"], ["B"], box_size=16)
    assert boxes.positive.tolist() == [True, False]
    assert [s["aisNegative"] for s in boxes.sources] == [False, True]


def test_slabs_repeat_edge_slices_and_trust_other_boxes():
    item = annotated()
    feature = item.add_feature("A", box_size=16)
    for z in (1, 3):
        feature.set_mask(z, np.ones((60, 70)))
        feature.add_box(z, 30, 35)
    boxes = extract([item], ["A"], box_size=16, depth=8)
    assert boxes.images.shape == (2, 16, 16, 24)
    assert (boxes.depth, boxes.z_jitter) == (8, 16)
    np.testing.assert_array_equal(boxes.images[0, ..., 0], boxes.images[0, ..., 11])  # z −11 … 0 are slice 0
    assert (boxes.labels[0, ..., 12] == 1).all()  # its own slice
    assert (boxes.labels[0, ..., 14] == 1).all()  # slice 3, drawn and boxed at the same place
    assert (boxes.labels[0, ..., 13] == 2).all()  # slice 2, which nobody drew on


def test_rescaling_cuts_a_larger_window():
    assert native_edge(64, 10.0, 10.4) == 64  # less than 5 % apart
    assert native_edge(64, 10.0, 20.0) == 128
    item = annotated()
    feature = item.add_feature("A", box_size=32)
    feature.set_mask(5, np.ones((60, 70)))
    feature.add_box(5, 30, 35)
    boxes = extract([item], ["A"], box_size=16, voxel_size=20.0)
    assert boxes.images.shape == (1, 16, 16, 1)
    assert (boxes.labels == 1).all()


def test_no_boxes_is_an_error_that_lists_what_is_there():
    item = annotated()
    item.add_feature("Membrane")
    with pytest.raises(InputError, match=r"no boxes of 'Ribosome'.*Membrane \(0 boxes\)"):
        extract([item], ["Ribosome"])


def test_box_wholly_outside_is_left_out():
    item = annotated()
    feature = item.add_feature("A", box_size=16)
    feature.add_box(5, 30, 35)
    feature.add_box(5, -100, 35)
    with pytest.warns(UserWarning, match="lies outside"):
        boxes = extract([item], ["A"], box_size=16)
    assert len(boxes) == 1
    feature.set_boxes(5, [(-100, 35)])
    with pytest.raises(InputError, match="every box lies outside"), pytest.warns(UserWarning, match="lies outside"):
        extract([item], ["A"], box_size=16)


def test_nan_and_infinity_do_not_reach_the_network():
    data = np.random.default_rng(0).normal(size=(8, 60, 60)).astype(np.float32)
    data[4, 28:32, 28:32] = np.nan
    data[4, 20, 20] = np.inf
    item = AnnotatedTomogram(Tomogram(data, 10.0))
    item.add_feature("A", box_size=32).add_box(4, 30, 30)
    assert np.isfinite(extract([item], ["A"], box_size=32).images).all()


@settings(max_examples=40, deadline=None)
@given(
    y=st.integers(-40, 100),
    x=st.integers(-40, 110),
    z=st.integers(0, 11),
    box=st.integers(8, 200),
    drawn=st.integers(8, 128),
)
def test_any_box_gives_a_full_window(y, x, z, box, drawn):
    """Boxes anywhere, also larger than the image: right size, finite, never a label outside {0, 1, 2}."""
    item = annotated()
    feature = item.add_feature("A", box_size=drawn)
    feature.set_mask(z, np.ones((60, 70)))
    feature.add_box(z, y, x)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            boxes = extract([item], ["A"], box_size=box)
    except InputError:
        half = box // 2
        assert y - half >= 60 or x - half >= 70 or y - half + box <= 0 or x - half + box <= 0
        return
    assert boxes.images.shape == (1, box, box, 1)
    assert np.isfinite(boxes.images).all()
    inside = boxes.labels[0] != 2
    assert set(np.unique(boxes.labels)) <= {0, 1, 2}
    assert (boxes.labels[0][inside] == 1).all()
