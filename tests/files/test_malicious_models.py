"""Models and groups made to do harm are refused, with the reason, and nothing in them runs."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ais_jupyter.core.data.errors import FileFormatError, UnsafeFileError
from ais_jupyter.core.files import open as open_file
from ais_jupyter.core.files.safe_tar import add_member
from ais_jupyter.core.files.scnm import read_scnm

METADATA = b'{"title": "a", "apix": 1.0}'


class Touch:
    """Unpickling it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def archive(path: Path, *extra: tarfile.TarInfo, **members: bytes) -> Path:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        add_member(tar, "a_weights.h5", members.pop("weights", b"own"))
        add_member(tar, "a_metadata.json", METADATA)
        for name, data in members.items():
            add_member(tar, name, data)
        for info in extra:
            tar.addfile(info, io.BytesIO())
    return path


def special(kind: bytes, name: str = "a_slice.tiff", target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("ending", [".scnm", ".scnmgroup"])
@pytest.mark.parametrize(
    ("info", "message"),
    [
        (special(tarfile.SYMTYPE), "is a link"),
        (special(tarfile.LNKTYPE), "is a link"),
        (special(tarfile.SYMTYPE, "b", "../../x"), "is a link"),
        (special(tarfile.CHRTYPE), "is a special file"),
        (special(tarfile.GNUTYPE_SPARSE), "is a sparse file"),
        (special(tarfile.REGTYPE, "../../.ssh/authorized_keys"), "points outside"),
        (special(tarfile.REGTYPE, "/etc/cron.d/x"), "points outside"),
    ],
)
def test_members_that_reach_out(tmp_path: Path, ending: str, info: tarfile.TarInfo, message: str) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / f"a{ending}"
    archive(path, info)
    with pytest.raises(UnsafeFileError, match=message):
        open_file(path)
    assert os.listdir(tmp_path) == ["in"]
    assert os.listdir(tmp_path / "in") == [path.name]


def test_a_sparse_member_of_a_hundred_gigabytes(tmp_path: Path) -> None:
    """In the newer form of sparse files, where the size stands in an extended header."""
    info = tarfile.TarInfo("a_slice.tiff")
    info.pax_headers = {"GNU.sparse.size": str(100 << 30), "GNU.sparse.numblocks": "0", "GNU.sparse.map": ""}
    with tarfile.open(tmp_path / "a.scnm", "w", format=tarfile.PAX_FORMAT) as tar:
        add_member(tar, "a_weights.h5", b"own")
        add_member(tar, "a_metadata.json", METADATA)
        tar.addfile(info, io.BytesIO())
    with pytest.raises(FileFormatError):
        open_file(tmp_path / "a.scnm")


def test_a_pickle_in_place_of_weights_stays_unread(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.scnm", weights=pickle.dumps(Touch(tmp_path / "trace")))
    model = open_file(path)
    assert model.network is None
    assert model.weights_file is not None
    assert os.listdir(tmp_path) == ["a.scnm"]


def test_pickled_optimizer_state_is_refused(tmp_path: Path) -> None:
    array = np.array([Touch(tmp_path / "trace")], dtype=object)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        inner = io.BytesIO()
        np.save(inner, array, allow_pickle=True)
        file.writestr("adam/iteration.npy", inner.getvalue())
    path = archive(tmp_path / "a.scnm", **{"a_optimizer.npz": buffer.getvalue()})
    with pytest.raises(FileFormatError, match="Object arrays cannot be loaded"):
        open_file(path)
    assert os.listdir(tmp_path) == ["a.scnm"]


def test_a_previews_bomb_is_left_out(tmp_path: Path) -> None:
    import tifffile
    from PIL import Image

    large = io.BytesIO()
    Image.new("RGB", (8000, 8000)).save(large, "PNG")
    slices = io.BytesIO()
    tifffile.imwrite(slices, np.zeros((1, 4, 4)))
    path = archive(tmp_path / "a.scnm", **{"a_slice.tiff": slices.getvalue(), "a_preview.png": large.getvalue()})
    assert read_scnm(path).preview is None


READ = """
import sys
from ais_jupyter.core.data.errors import UnsafeFileError
from ais_jupyter.core.files import open
try:
    open(sys.argv[1])
except UnsafeFileError as error:
    print(error)
print(sorted({"keras", "tensorflow", "h5py", "torch", "jax"} & set(sys.modules)))
"""


def test_code_in_a_lambda_layer_meets_no_program_that_could_run_it(tmp_path: Path) -> None:
    import base64
    import json
    import marshal

    import h5py

    trace = tmp_path / "trace"
    code = marshal.dumps(compile(f"__import__('os').system('touch {trace}')", "x", "eval"))
    config = {
        "class_name": "Functional",
        "config": {
            "name": "model",
            "layers": [
                {"class_name": "InputLayer", "name": "i", "config": {"batch_input_shape": [None, None, None, 1]}},
                {
                    "class_name": "Lambda", "name": "evil", "inbound_nodes": [[["i", 0, 0, {}]]],
                    "config": {"function": [base64.b64encode(code).decode(), None, None], "function_type": "lambda"},
                },
            ],
            "input_layers": [["i", 0, 0]],
            "output_layers": [["evil", 0, 0]],
        },
    }  # fmt: skip
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        file.create_group("model_weights")
    path = archive(tmp_path / "a.scnm", weights=data.getvalue())
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    assert "layer 'evil' is a Lambda, which contains or calls code written by the file's author" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
    assert os.listdir(tmp_path) == ["a.scnm"]
