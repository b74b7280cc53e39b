"""The places of which a model is least certain are found, and those that are annotated are left out."""

from __future__ import annotations

import numpy as np
import pytest
from test_segmenting import brightness_model

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.progress import run_to_end
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.session.open_models import OpenModels
from ais_jupyter.core.workflows.uncertainty import box_in, entropy, least_certain, spread

SHAPE = (64, 120, 140)
PLACES = [(20, 30, 40), (40, 80, 100)]


@pytest.fixture
def annotated():
    """Grey values of which the model is sure, −100 and 100, but for two balls of 0."""
    z, y, x = np.mgrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    data = np.where((x // 8 + y // 8) % 2, 100.0, -100.0).astype(np.float32)
    for place, radius in zip(PLACES, (12, 9)):
        data[(z - place[0]) ** 2 + (y - place[1]) ** 2 + (x - place[2]) ** 2 < radius**2] = 0
    return AnnotatedTomogram(Tomogram(data, 10.0, name="two balls"))


@pytest.fixture
def applied():
    models = OpenModels()
    model = brightness_model("A")
    model.network.layers[1].weights[0][:] = 20  # quite sure, but of grey
    return models.add(model).as_applied()


def near(place, wanted, reach):
    return max(abs(a - b) for a, b in zip((place.z, place.y, place.x), wanted)) <= reach


def test_the_uncertain_places_come_first(annotated, applied):
    places = run_to_end(least_certain(annotated, applied))
    assert near(places[0], PLACES[0], 7)
    assert near(places[1], PLACES[1], 7)
    assert places[0].score > places[1].score > 0.1
    assert all(place.score < 0.05 for place in places[2:])


def test_the_region_and_the_slices_that_are_segmented_count(annotated, applied):
    annotated.roi, annotated.z_range = Region(50, 120, 60, 140), (30, 50)
    places = run_to_end(least_certain(annotated, applied))
    assert near(places[0], PLACES[1], 7)
    assert all(30 <= place.z < 50 and place.y >= 50 and place.x >= 60 for place in places)


def test_what_is_annotated_is_left_out(annotated, applied):
    feature = annotated.add_feature("Ball", box_size=32)
    for z in range(SHAPE[0]):
        feature.add_box(z, *PLACES[0][1:])
    assert near(run_to_end(least_certain(annotated, applied, feature))[0], PLACES[1], 7)
    y, x = np.mgrid[: SHAPE[1], : SHAPE[2]]
    mask = (y - PLACES[1][1]) ** 2 + (x - PLACES[1][2]) ** 2 < 9**2
    for z in range(SHAPE[0]):
        feature.set_mask(z, mask)
    places = run_to_end(least_certain(annotated, applied, feature))
    assert not any(place.score > 0.1 for place in places)


def test_stopped_it_returns_what_it_has(annotated, applied):
    work = least_certain(annotated, applied)
    next(work)
    for _ in range(16):
        work.send(False)
    with pytest.raises(StopIteration) as end:
        work.send(True)
    assert near(end.value.value[0], PLACES[0], 9)


def test_few_slices_of_many_are_looked_at(annotated, applied):
    work, seen = least_certain(annotated, applied), []
    try:
        report = next(work)
        while True:
            seen.append(report)
            report = work.send(False)
    except StopIteration:
        pass
    assert len(seen) <= 28
    assert [r.fraction for r in seen] == sorted(r.fraction for r in seen)


def test_entropy_is_one_bit_in_the_middle_and_none_at_the_ends():
    np.testing.assert_allclose(entropy(np.array([0, 127, 128, 255], np.uint8)), [0, 1, 1, 0], atol=1e-4)


@pytest.mark.parametrize(("start", "stop", "count"), [(0, 1, 16), (3, 10, 16), (0, 500, 16), (5, 21, 16)])
def test_slices_are_spread(start, stop, count):
    found = spread(start, stop, count)
    assert len(found) == len(set(found)) == min(count, stop - start)
    assert all(start <= z < stop for z in found)
    assert max(np.diff([start - 1, *sorted(found), stop])) <= 2 * (stop - start) / len(found)
    if stop - start >= 16:
        assert abs(found[0] - (start + stop) / 2) <= (stop - start) / 16


def test_boxes_of_another_pixel_size(annotated, applied):
    applied.model.info.voxel_size = 20.0
    assert box_in(annotated, applied) == 64
