"""What a plug-in does with a stranger's file happens only after a person has said that the file may be trusted."""

from __future__ import annotations

import numpy as np
import pytest

import ais_jupyter as ais
from ais_jupyter.compat.model import SEModel
from ais_jupyter.core.data.errors import CustomObjectError
from ais_jupyter.core.data.model_info import Interaction, ModelInfo, StoredGroup, StoredModel
from ais_jupyter.core.files.mrc import write_mrc
from ais_jupyter.core.files.scnm import write_scnm
from ais_jupyter.core.files.scnmgroup import write_scnmgroup
from ais_jupyter.core.learning.architectures import reload
from ais_jupyter.main import main

#: A plug-in as people write them: it unpickles its weights.
PLUGIN = """
import pickle

title = "Pickled"
include = True

class Pickled:
    value = 0.25

    def save(self, path):
        with open(path, "wb") as file:
            pickle.dump(self.value, file)

    def load(self, path):
        with open(path, "rb") as file:
            self.value = pickle.load(file)

    def predict(self, images, **options):
        import numpy as np
        return np.full((*images.shape[:3], 1), self.value, np.float32)

    def train_on_batch(self, images, labels):
        return 0.5

    def count_params(self):
        return 1

def create(input_shape):
    return Pickled()
"""


@pytest.fixture
def ran(tmp_path):
    return tmp_path / "the file was executed"


@pytest.fixture
def hostile(tmp_path, ran, monkeypatch):
    """A model of a plug-in that is installed here; unpickling its weights makes a file."""
    home = tmp_path / "home"
    monkeypatch.setenv("AIS_JUPYTER_HOME", str(home))
    folder = home / ".ais_jupyter/models"
    folder.mkdir(parents=True)
    (folder / "pickled.py").write_text(PLUGIN)
    reload()
    weights = f"cbuiltins\nexec\n(V{f'open({str(ran)!r}, chr(119)).close()'}\ntR0F0.5\n.".encode()
    path = tmp_path / "stranger.scnm"
    write_scnm(StoredModel(ModelInfo("Ribosome", "Pickled", box_size=32), weights_file=weights), path)
    yield path
    monkeypatch.undo()
    reload()


@pytest.fixture
def tomogram(tmp_path):
    path = tmp_path / "t.mrc"
    write_mrc(path, np.random.default_rng(0).normal(size=(2, 32, 32)).astype(np.float32), 10.0)
    return path


def test_opening_and_describing_run_nothing_and_using_is_refused(hostile, ran, tomogram, tmp_path):
    model = ais.open(hostile)
    assert "Pickled" in repr(model)
    assert main(["info", str(hostile)]) == 0
    for use in (
        lambda: model.segment_slice(np.zeros((32, 32), np.float32)),
        lambda: ais.segment(model, tomogram, tmp_path / "out"),
        lambda: ais.segment(hostile, tomogram, tmp_path / "out"),
        lambda: ais.open(hostile, allow_custom="Another").custom,
    ):
        with pytest.raises(CustomObjectError, match="'Pickled' reads its weights with code of its own"):
            use()
    assert not ran.exists()
    assert not (tmp_path / "out").exists()


def test_a_person_agrees_by_name(hostile, ran, tomogram, tmp_path):
    model = ais.open(hostile, allow_custom="Pickled")
    assert not ran.exists()  # nothing is read before it is needed
    assert model.segment_slice(np.zeros((32, 32), np.float32)).mean() == 0.5
    assert ran.exists()


def test_members_of_a_group_are_asked_about_as_well(hostile, ran, tmp_path):
    member = ais.open(hostile).to_stored()
    path = tmp_path / "g.scnmgroup"
    write_scnmgroup(StoredGroup([member], list[Interaction]()), path)
    with pytest.raises(CustomObjectError):
        _ = ais.open(path).models[0].custom
    assert not ran.exists()
    assert ais.open(path, allow_custom=["Pickled"]).models[0].custom.value == 0.5


def test_the_command_line_says_how_to_agree(hostile, ran, tomogram, tmp_path, capsys):
    command = ["segment", "-m", str(hostile), "-d", str(tomogram), "-ou", str(tmp_path / "out")]
    assert main(command) == 1
    assert "--allow-custom 'Pickled'" in capsys.readouterr().err
    assert not ran.exists()
    assert main([*command, "--allow-custom", "Pickled"]) == 0
    assert ran.exists()


def test_scripts_of_the_desktop_program_work_as_before(hostile, ran):
    model = SEModel()
    model.load(str(hostile))
    assert model.model.custom.value == 0.5
