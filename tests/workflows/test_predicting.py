"""The slice that is looked at shows what an export would write there."""

from __future__ import annotations

import threading

import mrcfile
import numpy as np
import pytest
from brightness import brightness_model

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.errors import CancelledError
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.model_info import Interaction
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.custom_storage import CustomObject
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model_state import ModelState
from ais_jupyter.core.session.open_models import OpenModels
from ais_jupyter.core.workflows import ModelGroup, segment
from ais_jupyter.core.workflows.predicting import SlicePredictor


@pytest.fixture
def annotated():
    data = np.random.default_rng(0).normal(100, 10, (6, 40, 48)).astype(np.float32)
    return AnnotatedTomogram(Tomogram(data, 10.0, name="cell"))


class Counting:
    """Counts what the network of a model is asked."""

    def __init__(self, opened, after=lambda: None):
        self.calls = 0
        engine = opened.model.engine()
        predict = engine.predict

        def counted(batch):
            self.calls += 1
            result = predict(batch)
            after()
            return result

        engine.predict = counted
        self.network = opened.model.network
        custom = CustomObject(opened.model.info, engine)
        opened.model._state = ModelState(opened.model.info, custom=custom)  # then its own engine is taken
        opened.look_at_weights()


def applied(models):
    return [opened.as_applied() for opened in models]


def opened(*models):
    all_models = OpenModels()
    for model in models:
        all_models.add(model)
    return all_models


@pytest.mark.parametrize("voxel_size", [10.0, 12.0])
@pytest.mark.parametrize("tta", [1, 4])
def test_is_what_an_export_writes(annotated, tmp_path, voxel_size, tta):
    annotated.roi = Region(4, 36, 6, 44)
    a, b = brightness_model("A", emit=True, tta=tta), brightness_model("B", bias=-1, absorb=True, tta=tta)
    for model in (a, b):
        model.info.voxel_size = voxel_size
    group = ModelGroup([a, b], [Interaction("A", "B", "avoid", radius=20, threshold=0.5)])
    (outcome,) = segment(group, annotated, tmp_path, tta=tta).result()
    models = opened(a, b)
    assert all(mrcfile.read(path)[3].any() for path in outcome.outputs)
    found = SlicePredictor().predict(annotated, 3, applied(models), group.interactions)
    for path, levels, note in zip(outcome.outputs, found.levels.values(), [found.notes.get(m.uid) for m in models]):
        np.testing.assert_array_equal(levels, mrcfile.read(path)[3])
        assert ("rescaled" in note) if voxel_size == 12.0 else note is None


def test_several_slices_deep_and_slice_by_slice_normalisation(annotated, tmp_path):
    model = brightness_model("Deep", depth=5, normalization=None)
    first, convolution = model.network.layers
    first.config["shape"][-1] = 5
    convolution.weights[0] = np.arange(-1, 4, dtype=np.float32).reshape(1, 1, 5, 1)
    (outcome,) = segment(model, annotated, tmp_path).result()
    for z in (0, 3):
        found = SlicePredictor().predict(annotated, z, applied(opened(model)))
        np.testing.assert_array_equal(next(iter(found.levels.values())), mrcfile.read(outcome.outputs[0])[z])


def test_display_settings_do_not_ask_the_network_again(annotated):
    models = opened(brightness_model("A"), brightness_model("B", bias=-1))
    counting = [Counting(one) for one in models]
    predictor = SlicePredictor()
    first = predictor.predict(annotated, 2, applied(models))
    one, two = models
    one.model.info.threshold, one.model.info.alpha, one.model.info.color = 0.9, 0.1, (1, 0, 0)
    one.model.info.emit = two.model.info.absorb = True
    second = predictor.predict(annotated, 2, applied(models), [Interaction("A", "B", radius=30)])
    assert [c.calls for c in counting] == [1, 1]
    assert (second.levels[two.uid] != first.levels[two.uid]).any()
    one.model.info.tta = 4
    predictor.predict(annotated, 2, applied(models))
    assert [c.calls for c in counting] == [5, 1]


def test_other_weights_region_or_pixel_size_are_computed(annotated):
    models = opened(brightness_model("A"))
    (one,) = models
    predictor = SlicePredictor()
    before = predictor.predict(annotated, 2, applied(models)).levels[one.uid]
    models.set_live(one, brightness_model("A", bias=2))
    after = predictor.predict(annotated, 2, applied(models)).levels[one.uid]
    assert after.mean() > before.mean() + 20
    models.set_live(one, None)
    np.testing.assert_array_equal(predictor.predict(annotated, 2, applied(models)).levels[one.uid], before)
    one.model.network = brightness_model("A", bias=-2).network  # by a script, with no word to anybody
    assert predictor.predict(annotated, 2, applied(models)).levels[one.uid].mean() < before.mean() - 20
    annotated.roi = Region(0, 10, 0, 10)
    assert not predictor.predict(annotated, 2, applied(models)).levels[one.uid][10:].any()
    one.model.info.voxel_size = 20.0
    assert "rescaled" in predictor.predict(annotated, 2, applied(models)).notes[one.uid]


def test_withdrawn_before_it_starts_and_between_orientations(annotated):
    models = opened(brightness_model("A", tta=8))
    stop = threading.Event()
    counting = Counting(next(iter(models)), after=lambda: counting.calls == 3 and stop.set())
    predictor = SlicePredictor()
    with pytest.raises(CancelledError):
        predictor.predict(annotated, 2, applied(models), stop=stop.is_set)
    assert counting.calls == 3
    with pytest.raises(CancelledError):
        predictor.predict(annotated, 3, applied(models), stop=stop.is_set)
    assert counting.calls == 3


def test_the_statistic_of_a_volume_is_measured_once(annotated, monkeypatch):
    asked = []
    plain = Tomogram.slice
    monkeypatch.setattr(Tomogram, "slice", lambda self, *args: asked.append(args) or plain(self, *args))
    predictor = SlicePredictor()
    models = opened(brightness_model("A"))
    predictor.predict(annotated, 1, applied(models))
    once = len(asked)
    predictor.predict(annotated, 2, applied(models))
    assert once > 0
    assert len(asked) == once


def test_what_is_kept_stays_within_its_budget(annotated):
    predictor = SlicePredictor(budget=3 * 40 * 48)
    models = opened(brightness_model("A"))
    for z in range(6):
        predictor.predict(annotated, z, applied(models))
    assert len(predictor._cache) == 3
    assert predictor._cache.bytes == 3 * 40 * 48
    predictor.forget(next(iter(models)).uid)
    assert predictor._cache.bytes == 0


def test_models_of_one_title_are_told_apart(annotated):
    models = opened(brightness_model("A"), brightness_model("A", bias=2))
    low, high = SlicePredictor().predict(annotated, 2, applied(models)).levels.values()
    assert high.mean() > low.mean() + 20


def test_interactions_without_a_pixel_size_are_left_out_and_said(annotated):
    annotated.tomogram.voxel_size = (0, 0, 0)
    models = opened(brightness_model("A"), brightness_model("B"))
    found = SlicePredictor().predict(annotated, 2, applied(models), [Interaction("A", "B")])
    assert "pixel size" in found.notes[next(iter(models)).uid]


def test_interactions_follow_a_model_that_is_renamed():
    models = opened(brightness_model("A"), brightness_model("B"))
    models.set_interactions([Interaction("A", "B")])
    told = []
    models.changed.connect(lambda: told.append(1))
    next(iter(models)).model.info.title = "C"
    assert models.interactions == [Interaction("C", "B")]
    assert told


def test_a_window_applies_models_as_it_is_told(annotated):
    models = opened(brightness_model("A"))
    (one,) = models
    told = []
    models.changed.connect(lambda: told.append(models.inference))
    models.set_inference(InferenceOptions(trim_edges=True, tiled=True))
    models.set_inference(InferenceOptions(trim_edges=True, tiled=True))
    assert told == [InferenceOptions(trim_edges=True, tiled=True)]
    found = SlicePredictor().predict(annotated, 2, applied(models), options=models.inference)
    plain = SlicePredictor().predict(annotated, 2, applied(models))
    assert not found.levels[one.uid][:16].any()
    assert plain.levels[one.uid][:16].any()
