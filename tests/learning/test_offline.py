"""Nothing that computes opens a connection, looks up a name, or leaves an id behind."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ais_jupyter

pytest.importorskip("openvino")

PACKAGE = Path(ais_jupyter.__file__).parent

#: Every way out of the process raises, also in the children that a library starts in Python.
GUARD = """
import socket, sys

def refuse(*args, **kwargs):
    print("NETWORK", args, file=sys.stderr, flush=True)
    raise AssertionError(f"the network was used: {args}")

for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "create_connection"):
    setattr(socket, name, refuse)
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
"""

WORK = {
    "live view": """
from ais_jupyter.core.learning.live_engine import LiveEngine
engine = LiveEngine().of(model)
assert engine.name == "OpenVINO"
engine.predict(np.zeros((1, 32, 32, 1), np.float32))
""",
    "export": """
from ais_jupyter.core.workflows import segment
(outcome,) = segment(model, Tomogram(np.random.rand(5, 40, 40).astype("f4"), 10.0), "out").result()
assert outcome.error is None, outcome.error
""",
    "training and a prediction": """
from ais_jupyter.core.data.training_set import TrainingSet
labels = np.zeros((8, 32, 32), np.uint8)
labels[:, 8:16, 8:16] = 1
boxes = TrainingSet(labels[..., None].astype("f4"), labels, 10.0, "global_mad")
model = SegmentationModel("VGGNet S", "A")
model.train(boxes, epochs=1, n_copies=1, batch_size=8).result()
model.segment_slice(np.random.rand(64, 64), 10.0)
""",
    "precision": """
from ais_jupyter.core.learning.hardware import resolve_precision
resolve_precision("auto", "openvino")
""",
    "command": """
model.save("a.scnm")
from ais_jupyter.core.files.mrc import write_mrc
from pathlib import Path
write_mrc(Path("t.mrc"), np.random.rand(5, 40, 40).astype("f4"), (10.0, 10.0, 10.0), (0.0, 0.0, 0.0))
from ais_jupyter.main import main
assert not main(["segment", "-m", "a.scnm", "-d", "t.mrc", "-ou", "out"])
""",
}

BEGIN = """
import numpy as np
from ais_jupyter.core.data.model_info import ModelInfo, StoredModel
from ais_jupyter.core.data.network import Layer, Network
from ais_jupyter.core.data.tomogram import Tomogram
from ais_jupyter.core.learning.model import SegmentationModel
conv = Layer("c", "Conv2D", {"padding": "same", "activation": "sigmoid", "kernel_size": [3, 3], "filters": 1,
                             "use_bias": True}, ["i"], [np.ones((3, 3, 1, 1), "f4"), np.zeros(1, "f4")])
network = Network([Layer("i", "InputLayer", {"shape": [None, None, 1]}), conv], "c")
model = SegmentationModel.from_stored(StoredModel(ModelInfo("A", "", voxel_size=10.0, box_size=32), network))
"""


@pytest.mark.parametrize("what", WORK)
def test_no_network_and_no_id_in_the_home_folder(what: str, tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    (tmp_path / "sitecustomize.py").write_text(GUARD)
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", f"{BEGIN}\n{WORK[what]}\nimport sys\nassert 'openvino' in sys.modules\n"
                               "assert sys.modules['openvino_telemetry'] is None"],
        cwd=work, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "NETWORK" not in done.stderr
    left = {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert not {name for name in left if "intel" in name or "openvino" in name or "cid" in name}, left


def test_openvino_is_imported_in_one_place() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "openvino" for name in names):
                found.add(path.name)
    assert found == {"openvino_runtime.py"}
