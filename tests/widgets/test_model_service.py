"""The list of models as the browser sees and changes it."""

from __future__ import annotations

import numpy as np
import plugins
import pytest
from model_window import ModelWindow, brightness_model

from ais_jupyter.core.data.model_info import Interaction, ModelInfo, StoredModel
from ais_jupyter.core.files.scnm import write_scnm
from ais_jupyter.core.learning.architectures import reload
from ais_jupyter.core.workflows import ModelGroup
from ais_jupyter.core.workflows import open as open_any


@pytest.fixture
def window(tmp_path, monkeypatch):
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(tmp_path / "state"))
    made = ModelWindow([brightness_model("Ribosome"), brightness_model("Membrane", bias=-2)])
    yield made
    made.close()


def listing(window):
    return window.ask("models")[0]


def test_everything_shown_is_listed(window):
    one, two = listing(window)["models"]
    assert (one["title"], two["title"]) == ("Ribosome", "Membrane")
    assert one["compiled"]
    assert not one["training"]
    assert (one["box_size"], one["voxel_size"], one["receptive_field"]) == (32, 10.0, 1)
    assert one["proposed_name"] == "10.00_32_0.0000_Ribosome.scnm"
    assert listing(window)["selected"] == two["uid"]


def test_settings_reach_the_model_and_what_makes_no_sense_is_refused(window):
    uid = listing(window)["models"][0]["uid"]
    info = window.workspace.models[0].info
    for name, value, kept in (("threshold", 0.7, 0.7), ("alpha", 1, 1.0), ("tta", 4, 4), ("blend", True, True),
                              ("title", " Mito ", "Mito"), ("voxel_size", 13.6, 13.6), ("tta", 16, 16)):  # fmt: skip
        assert "error" not in window.ask("model_set", model=uid, name=name, value=value)[0]
        assert getattr(info, name) == kept
    for name, value, says in (
        ("voxel_size", 0, "voxel size of a model cannot be 0"), ("title", "  ", "title of a model cannot be"),
        ("network", None, "must be one of 'title'"), ("n_parameters", 3, "must be one of 'title'"),
        ("threshold", "high", "must be a number"), ("threshold", float("nan"), "cannot be"),
        ("color", [1, 0], "cannot be"), ("alpha", 2, "between 0 and 1"), ("tta", 99, "between 1 and 16"),
    ):  # fmt: skip
        assert says in window.ask("model_set", model=uid, name=name, value=value)[0]["error"]["message"], (name, value)
    assert "no longer open" in window.ask("model_set", model="gone", name="tta", value=1)[0]["error"]["message"]


def test_changes_made_in_python_are_told(window):
    window.workspace.models[1].info.threshold = 0.25
    told = window.event("models", lambda content: content["models"][1]["threshold"] == 0.25)
    assert told["models"][0]["threshold"] == 0.5


def test_load_save_and_never_overwrite_silently(window, tmp_path):
    uid = listing(window)["models"][0]["uid"]
    path = tmp_path / "Ribosome.scnm"
    saved = window.ask("model_save", model=uid, path=str(path), z=3)[0]
    assert saved["path"] == str(path)
    stored = open_any(path)
    slices, picture = stored.preview
    np.testing.assert_allclose(slices[0], window.annotated.tomogram.slice(3))
    assert picture.shape == (512, 512, 3)
    assert (np.ptp(picture.astype(int), axis=2) > 0).any()  # coloured where the model found something
    before = path.read_bytes()
    other = listing(window)["models"][1]["uid"]
    refused = window.ask("model_save", model=other, path=str(path))[0]
    assert "already exists" in refused["error"]["message"]
    assert path.read_bytes() == before
    assert "error" not in window.ask("model_save", model=uid, z=3)[0]  # to where it is
    assert "give a path" in window.ask("model_save", model=other)[0]["error"]["message"]
    loaded = window.ask("model_load", path=str(path))[0]["model"]
    assert listing(window)["selected"] == loaded
    assert listing(window)["models"][2]["path"] == str(path)


def test_groups(window, tmp_path):
    path = tmp_path / "both.scnmgroup"
    interaction = {"parent": "Ribosome", "partner": "Membrane", "kind": "avoid", "radius": 50.0, "threshold": 0.4}
    window.ask("interactions", interactions=[interaction])
    assert listing(window)["interactions"] == [interaction]
    assert window.ask("model_group_save", path=str(path))[0]["path"] == str(path)
    assert "already exists" in window.ask("model_group_save", path=str(path))[0]["error"]["message"]
    group = open_any(path)
    assert isinstance(group, ModelGroup)
    assert group.interactions == [Interaction("Ribosome", "Membrane", "avoid", 50.0, 0.4)]
    window.ask("model_load", path=str(path))
    assert len(listing(window)["models"]) == 4
    assert "no_such" in window.ask("model_load", path=str(tmp_path / "no_such.scnm"))[0]["error"]["message"]


def test_add_select_remove(window):
    uid = window.ask("model_add", architecture="VGGNet M", title="Ribosome")[0]["model"]
    added = listing(window)["models"][-1]
    assert (added["title"], added["architecture"], added["compiled"]) == ("Ribosome 2", "VGGNet M", False)
    assert "no weights" in window.ask("model_save", model=uid, path="x.scnm")[0]["error"]["message"]
    first = listing(window)["models"][0]["uid"]
    window.ask("model_select", model=first)
    assert listing(window)["selected"] == first
    window.ask("model_remove", model=first)
    assert listing(window)["selected"] == uid
    assert [model.title for model in window.workspace.models] == ["Membrane", "Ribosome 2"]


def test_architectures_in_groups_with_a_word_on_each(window):
    found = window.ask("architectures")[0]["architectures"]
    groups = {one["title"]: one["group"] for one in found}
    assert groups["VGGNet M"] == "current"
    assert groups["Eman2"] == "retired"
    assert all(one["summary"] for one in found if one["group"] == "current")


@pytest.mark.slow
def test_facts_of_an_architecture(window):
    facts = window.ask("architecture_facts", timeout=300, title="VGGNet S")[0]["facts"]
    assert facts["parameters"] > 100_000
    assert facts["size_multiple"] == 8


def test_a_custom_object_of_a_stranger_is_opened_only_when_a_person_agrees(window, tmp_path):
    folder = tmp_path / "state/.ais_jupyter/models"
    folder.mkdir(parents=True)
    (folder / "threshold.py").write_text(plugins.THRESHOLD)
    reload()
    path = tmp_path / "m.scnm"
    write_scnm(StoredModel(ModelInfo("Disc", "Threshold", box_size=32), weights_file=b"whatever"), path)
    refused = window.ask("model_load", path=str(path))[0]["error"]
    assert (refused["type"], refused["offer"]) == ("CustomObjectError", "allow_custom")
    assert "the plug-in 'Threshold' reads its weights" in refused["message"]
    assert len(listing(window)["models"]) == 2
    assert "error" not in window.ask("model_load", path=str(path), allow_custom=True)[0]
    assert not window.workspace.models[-1].needs_consent
