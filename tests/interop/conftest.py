"""The released Ais in an environment of its own, used as a black box.

``AIS_VENV`` names an environment that has it (``pip install ais-cryoet==1.2.40``, Python 3.9 to 3.11); without it one
is made under the user's cache folder, which takes some minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

VERSION = "1.2.40"


class Ais:
    """Runs the released program."""

    def __init__(self, venv: Path, home: Path) -> None:
        self.python = venv / "bin" / "python"
        self.program = venv / "bin" / "ais"
        # Its own home: it keeps settings there. Its own Python path: it must not see this repository.
        self.environment = {**os.environ, "HOME": str(home), "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        self.environment.pop("PYTHONPATH", None)

    def run(self, *arguments: object, folder: Path) -> str:
        """Run ``ais …`` and return what it prints."""
        return self._call([str(self.program), *map(str, arguments)], folder)

    def ask(self, task: str, folder: Path, **job: Any) -> Any:
        """Run a task of ``inside_ais.py`` and return its answer."""
        answer = folder / f"{task}_answer.json"
        (folder / "job.json").write_text(json.dumps({**job, "answer": str(answer)}))
        script = Path(__file__).with_name("inside_ais.py")
        self._call([str(self.python), str(script), task, str(folder / "job.json")], folder)
        return json.loads(answer.read_text())

    def _call(self, command: list[str], folder: Path) -> str:
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, timeout=3000, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout


@pytest.fixture(scope="session")
def ais(tmp_path_factory: pytest.TempPathFactory) -> Ais:
    venv = Path(os.environ["AIS_VENV"]) if "AIS_VENV" in os.environ else _made()
    if not (venv / "bin" / "ais").exists():
        pytest.skip(f"there is no Ais in {venv}")
    return Ais(venv, tmp_path_factory.mktemp("home"))


def _made() -> Path:
    venv = Path.home() / ".cache" / "ais_jupyter" / f"ais-{VERSION}"
    if not (venv / "bin" / "ais").exists():
        python = next((p for v in ("3.11", "3.10", "3.9") if (p := shutil.which(f"python{v}"))), None)
        if python is None:
            pytest.skip("Ais 1.2 needs Python 3.9, 3.10 or 3.11; none was found")
        subprocess.run([python, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", f"ais-cryoet=={VERSION}"], check=True)
    return venv
