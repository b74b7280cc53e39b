"""Models go both ways: our weights are applied by the real Ais, and the other way round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ais_jupyter.core.data.model_info import Interaction, ModelInfo, StoredGroup, StoredModel
from ais_jupyter.core.data.network import Network
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.scnm import write_scnm
from ais_jupyter.core.files.scnmgroup import write_scnmgroup

pytestmark = [pytest.mark.interop, pytest.mark.timeout(3600)]

LARGEST_DIFFERENCE = 1e-4
BOX, SLAB_DEPTH = 64, 16


def titles() -> list[str]:
    from ais_jupyter.core.learning.architectures import architectures

    return [entry.title for entry in architectures()]


def batch(title: str, folder: Path) -> np.ndarray:
    """Random input for a network of this architecture, also as a file."""
    shape = (1, BOX, BOX, SLAB_DEPTH, 1) if "3d" in title else (1, BOX, BOX, 1)
    values = np.random.default_rng(len(title)).normal(size=shape).astype(np.float32)
    np.save(folder / f"{title}_input.npy", values)
    return values


def ours(network: Network, values: np.ndarray) -> np.ndarray:
    import keras

    from ais_jupyter.core.learning.network_keras import keras_from_network

    result = np.asarray(keras_from_network(network).predict(values, verbose=0))
    keras.backend.clear_session()
    return result


def shaken(network: Network) -> Network:
    """Give statistics and biases values that a trained network could have."""
    chance = np.random.default_rng(0)
    for layer in network.layers:
        if layer.kind == "BatchNormalization":
            low, high = (0.5, 0.5, -0.1, 0.5), (1.5, 1.5, 0.1, 1.5)
            layer.weights = [
                chance.uniform(a, b, w.shape).astype(np.float32)
                for a, b, w in zip(low, high, layer.weights, strict=True)
            ]
        elif len(layer.weights) == 2:
            layer.weights[1] = chance.normal(0, 0.1, layer.weights[1].shape).astype(np.float32)
    return network


def test_our_models_in_ais(ais: Any, tmp_path: Path, record_property: Any) -> None:
    from ais_jupyter.core.learning.model import SegmentationModel

    expected, job = {}, []
    for title in titles():
        depth = SLAB_DEPTH if "3d" in title else 1
        network = SegmentationModel(title).build(BOX, depth).network
        if not isinstance(network, Network):
            continue
        info = ModelInfo(f"my {title}", title, voxel_size=7.84, box_size=BOX, depth=depth, loss=0.125, tta=4)
        write_scnm(StoredModel(info, shaken(network)), tmp_path / f"{title}.scnm")
        expected[title] = ours(network, batch(title, tmp_path))
        names = {"path": f"{title}.scnm", "input": f"{title}_input.npy", "output": f"{title}_output.npy"}
        job.append({key: str(tmp_path / name) for key, name in names.items()})
    answers = ais.ask("predict", tmp_path, models=job)
    differences = {}
    for (title, wanted), answer in zip(expected.items(), answers, strict=True):
        assert (answer["title"], answer["compiled"], answer["apix"]) == (f"my {title}", True, 7.84)
        assert (answer["loss"], answer["tta"], answer["box_size"]) == (0.125, 4, BOX)
        found = np.load(tmp_path / f"{title}_output.npy")
        assert found.shape == wanted.shape
        assert wanted.std() > 1e-3, f"{title} says nothing"
        differences[title] = float(abs(found - wanted).max())
    print("\nour model in Ais, largest difference:", *(f"\n  {t}: {d:.1e}" for t, d in differences.items()))
    assert len(differences) >= 20
    assert max(differences.values()) <= LARGEST_DIFFERENCE


def test_a_forest_is_no_network_to_ais(ais: Any, tmp_path: Path) -> None:
    from ais_jupyter.core.learning.model import SegmentationModel

    path = SegmentationModel("Instant forest", "Ribosome").build(BOX, 5, 7.84).save(tmp_path / "a.scnm")
    answer = ais.ask("load", tmp_path, path=str(path))
    assert answer == {"title": "Unnamed model", "compiled": False, "has network": False}


def test_models_of_ais_here(ais: Any, tmp_path: Path) -> None:
    job = []
    for title in titles():
        batch(title, tmp_path)
        names = {"path": f"{title}.scnm", "input": f"{title}_input.npy", "output": f"{title}_output.npy"}
        files = {key: str(tmp_path / name) for key, name in names.items()}
        job.append({"title": title, "box": BOX, "depth": SLAB_DEPTH if "3d" in title else 1, **files})
    answers = ais.ask("create", tmp_path, models=job, seed=1)
    differences = {}
    for item, answer in zip(job, answers, strict=True):
        if answer is None:
            continue  # retired: only in older versions
        model = open_file(item["path"])
        assert (model.info.title, model.info.architecture) == ("made by Ais", item["title"])
        assert (model.info.loss, model.info.voxel_size, model.info.box_size) == (0.25, 7.84, BOX)
        assert model.network.n_parameters == answer["n_parameters"]
        found = ours(model.network, np.load(item["input"]))
        wanted = np.load(item["output"])
        assert wanted.std() > 1e-3, f"{item['title']} says nothing"
        differences[item["title"]] = float(abs(found - wanted).max())
    print("\nmodel of Ais here, largest difference:", *(f"\n  {t}: {d:.1e}" for t, d in differences.items()))
    assert len(differences) == 13
    assert max(differences.values()) <= LARGEST_DIFFERENCE


def test_group_in_ais(ais: Any, tmp_path: Path) -> None:
    """Members of a group are models, and the list of interactions is written as Ais writes it."""
    import json
    import tarfile

    from ais_jupyter.core.learning.model import SegmentationModel

    models, job, expected = [], [], []
    values = batch("group", tmp_path)
    for title in ("Membrane", "Ribosome"):
        network = SegmentationModel("UNet S").build(BOX).network
        assert network is not None
        models.append(StoredModel(ModelInfo(title, "UNet S", voxel_size=7.84, box_size=BOX), shaken(network)))
        expected.append(ours(network, values))
    interactions = [Interaction("Membrane", "Ribosome", "avoid", 125.0, 0.35)]
    write_scnmgroup(StoredGroup(models, interactions), tmp_path / "g.scnmgroup")
    with tarfile.open(tmp_path / "g.scnmgroup") as archive:
        names = archive.getnames()
        archive.extractall(tmp_path, filter="data")
    assert names == ["g_model_0.scnm", "g_model_1.scnm", "g_interactions.json"]
    assert json.loads((tmp_path / "g_interactions.json").read_text()) == [
        {"parent_title": "Membrane", "partner_title": "Ribosome", "type": 1, "radius": 12.5, "threshold": 0.35}
    ]
    for i in range(2):
        files = {"path": f"g_model_{i}.scnm", "input": "group_input.npy", "output": f"{i}.npy"}
        job.append({key: str(tmp_path / name) for key, name in files.items()})
    answers = ais.ask("predict", tmp_path, models=job)
    assert [a["title"] for a in answers] == ["Membrane", "Ribosome"]
    for i, wanted in enumerate(expected):
        assert abs(np.load(tmp_path / f"{i}.npy") - wanted).max() <= LARGEST_DIFFERENCE


def test_segmenting_a_volume(ais: Any, tmp_path: Path, shared: Path) -> None:
    """The real ``ais segment`` with a model that we wrote, and with the one it came from, writes the same bytes."""
    import mrcfile

    source = shared / "samples/scnm/cli_trained_unet_s.scnm"
    model = open_file(source)
    model.info.title = "again"
    write_scnm(model, tmp_path / "again.scnm")
    tomogram = shared / "samples/tomo/sample_f32.mrc"
    for path in (source, tmp_path / "again.scnm"):
        ais.run("segment", "-m", path, "-d", tomogram, "-ou", tmp_path / "out", "-gpu", 0, folder=tmp_path)
    ours_, theirs = (mrcfile.read(tmp_path / f"out/sample_f32__{t}.mrc") for t in ("again", "Membrane"))
    np.testing.assert_array_equal(ours_, theirs)
    assert theirs.max() > 0
    from ais_jupyter.core.workflows import segment

    (outcome,) = segment(source, tomogram, tmp_path / "here", precision="float32").result()
    here = mrcfile.read(outcome.outputs[0]).astype(int)
    different = abs(here - theirs)
    print(
        f"\nour segment beside ais segment: {(different > 0).sum()} of {here.size} voxels differ, by {different.max()}"
    )
    assert different.max() <= 1
