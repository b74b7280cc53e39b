"""A prediction is what an export writes: for every kind of network and every combination of settings."""

from __future__ import annotations

from itertools import product

import mrcfile
import numpy as np
import pytest

from ais_jupyter.core.data.annotations import AnnotatedTomogram
from ais_jupyter.core.data.filter_bank import FilterBank
from ais_jupyter.core.data.forest import Forest
from ais_jupyter.core.data.geometry import Region
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.inference_options import InferenceOptions
from ais_jupyter.core.learning.model import SegmentationModel
from ais_jupyter.core.learning.normalization import Statistic
from ais_jupyter.core.learning.segmenter import Segmenter
from ais_jupyter.core.learning.slabs import SlabPlan
from ais_jupyter.core.session.open_models import OpenModels
from ais_jupyter.core.workflows import segment
from ais_jupyter.core.workflows.predicting import SlicePredictor

SHAPE = (11, 56, 60)
Z_RANGE = (2, 9)
DEPTHS = {"plain": 1, "several slices": 5, "forest": 5, "slab": 6, "odd slab": 5, "slab with shifts": 8}


def model_of(kind: str) -> SegmentationModel:
    """An asymmetric network, so that whatever is mirrored, shifted or cut off shows."""
    depth, slab = DEPTHS[kind], "slab" in kind
    rng = np.random.default_rng(0)
    if kind == "forest":
        asked = rng.integers(0, 40, (9, 5)).astype(np.int32)
        thresholds, leaves = (rng.normal(0, 0.5, (9, n)).astype(np.float32) for n in (5, 32))
        forest = Forest(FilterBank((1.0, 2.0, 4.0, 8.0), 5), -0.5, asked, thresholds, leaves)
        info = ModelInfo(kind, "Instant forest", voxel_size=14.0, box_size=32, depth=depth)
        return SegmentationModel.from_stored(StoredModel(info, forest))
    kernel = rng.normal(0, 0.4, (3, 3, 3, 1, 1) if slab else (3, 3, depth, 1)).astype(np.float32)
    settings = {"filters": 1, "padding": "same", "activation": "sigmoid", "use_bias": True}
    weights = [kernel, np.array([-1], np.float32)]
    conv = Layer("c", "Conv3D" if slab else "Conv2D", settings, ["i"], weights)
    conv.config["kernel_size"] = list(kernel.shape[: 3 if slab else 2])
    shape = [None, None, depth, 1] if slab else [None, None, depth]
    network = Network([Layer("i", "InputLayer", {"shape": shape}), conv], "c")
    info = ModelInfo(kind, "", voxel_size=14.0, box_size=32, depth=depth)
    info.z_jitter = 8 if "shifts" in kind else 0
    return SegmentationModel.from_stored(StoredModel(info, network))


@pytest.fixture
def annotated() -> AnnotatedTomogram:
    volume = np.random.default_rng(1).normal(50, 9, SHAPE).astype(np.float32)
    item = AnnotatedTomogram(Tomogram(volume, 10.0, name="cell"))
    item.z_range = Z_RANGE
    return item


@pytest.mark.filterwarnings("ignore:.*slices are rescaled")
@pytest.mark.parametrize("kind", DEPTHS)
def test_both_give_the_same_voxels(kind, annotated, tmp_path):
    model = model_of(kind)
    models = OpenModels()
    opened = models.add(model)
    predictor = SlicePredictor()
    distinct = set()
    forest = kind == "forest"  # the same in every tile and orientation
    tiles = [False] if "slab" in kind or forest else [False, True]  # networks of slabs have tiles of their own
    settings = product(
        tiles, [1] if forest else [1, 3], [False, True], [False, True], ["global_mad", "per-slice"], [None, (3, 51)]
    )
    for number, (tiled, tta, rescale, trim, normalization, rows) in enumerate(settings):
        annotated.roi = Region.whole(SHAPE) if rows is None else Region(*rows, 2, 58)
        options = {
            "tiled": tiled, "tta": tta, "rescale": rescale, "trim_edges": trim, "normalization": normalization,
        }  # fmt: skip
        (outcome,) = segment(model, annotated, tmp_path / str(number), **options).result()
        assert outcome.error is None
        written = mrcfile.read(outcome.outputs[0])
        distinct.add(written.tobytes())
        for z in (8, 2, 5):  # in another order than the export
            found = predictor.predict(annotated, z, [opened.as_applied()], options=InferenceOptions(**options))
            np.testing.assert_array_equal(found.levels[opened.uid], written[z], err_msg=f"{options} {rows} {z}")
    assert len(distinct) == number + 1


@pytest.mark.parametrize("kind", DEPTHS)
def test_the_models_own_settings_are_taken_by_both(kind, annotated, tmp_path):
    model = model_of(kind)
    plain, own = (tmp_path / name for name in ("plain", "own"))
    (first,) = segment(model, annotated, plain).result()
    model.info.tta = 8
    (second,) = segment(model, annotated, own).result()
    written = mrcfile.read(second.outputs[0])
    changed = (written != mrcfile.read(first.outputs[0])).any()
    assert changed == (kind != "forest")  # its filters see the same in every orientation
    opened = OpenModels().add(model)
    found = SlicePredictor().predict(annotated, 5, [opened.as_applied()])
    np.testing.assert_array_equal(found.levels[opened.uid], written[5])


@pytest.mark.parametrize("kind", DEPTHS)
def test_a_slice_does_not_depend_on_which_others_are_computed(kind, annotated):
    model = model_of(kind)
    tomogram = annotated.tomogram

    def segmenter() -> Segmenter:
        return Segmenter(model.engine(precision="float32"), model.info, tomogram, statistic=Statistic(50, 9))

    everything = dict(segmenter().stream((0, SHAPE[0])))
    some = dict(segmenter().stream((3, 8), batch_size=2))
    assert list(some) == [3, 4, 5, 6, 7]
    one = segmenter()
    for z in (6, 0, 10, 3):
        np.testing.assert_allclose(one.slice(z), everything[z], atol=1e-6)
        if z in some:
            np.testing.assert_allclose(some[z], everything[z], atol=1e-6)


def test_slabs_average_what_is_trusted():
    info = ModelInfo(depth=8)
    assert [SlabPlan(info).covering(z) for z in (0, 3, 4)] == [[-4, 0], [-4, 0], [0, 4]]
    info.z_jitter = 4  # two slices on each side of the middle of a slab
    assert [SlabPlan(info).covering(z) for z in (0, 1, 2, 3, 6)] == [[-4], [-4], [-4, 0], [0], [0, 4]]
    assert SlabPlan(ModelInfo(depth=1)).covering(5) == [5]


def test_only_the_slabs_that_are_needed_are_computed_and_kept(annotated, monkeypatch):
    model = model_of("slab")
    segmenter = Segmenter(model.engine(precision="float32"), model.info, annotated.tomogram)
    computed = []
    slab = segmenter._slab
    monkeypatch.setattr(segmenter, "_slab", lambda first: computed.append(first) or slab(first))
    for _ in segmenter.stream((0, 11)):
        assert len(segmenter._slabs) <= 2
    assert computed == [-3, 0, 3, 6, 9]
