"""A JupyterLab (or Notebook 7) server of its own for the browser tests."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Server:
    """Where it answers and where its notebooks lie."""

    url: str
    notebooks: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _settings(folder: Path, theme: str) -> None:
    apputils = folder / "lab/user-settings/@jupyterlab/apputils-extension"
    apputils.mkdir(parents=True)
    (apputils / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    (apputils / "themes.jupyterlab-settings").write_text(json.dumps({"theme": f"JupyterLab {theme.title()}"}))
    (folder / "labconfig").mkdir()  # fewer plugins: quicker load, less console noise
    disabled = {f"@jupyterlab/{name}-extension": True for name in ("debugger", "extensionmanager")}
    (folder / "labconfig/page_config.json").write_text(json.dumps({"disabledExtensions": disabled}))


@contextlib.contextmanager
def serve(root: Path, application: str = "jupyterlab", theme: str = "light") -> Iterator[Server]:
    """Run a server until the block ends; kernels import the package from this repository."""
    config, notebooks = root / "config", root / "notebooks"
    notebooks.mkdir()
    _settings(config, theme)
    port = _free_port()
    folders = {
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTERLAB_SETTINGS_DIR": config / "lab/user-settings",
        "JUPYTERLAB_WORKSPACES_DIR": config / "workspaces",
        "JUPYTER_RUNTIME_DIR": root / "runtime",
        "JUPYTER_DATA_DIR": root / "data",
        "IPYTHONDIR": root / "ipython",
        "AIS_JUPYTER_HOME": root / "home",
        "PYTHONPATH": REPOSITORY,
    }
    flags = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    flags += ["--IdentityProvider.token=", f"--ServerApp.root_dir={notebooks}"]
    flags += ["--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True"]
    log = (root / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", application, *flags],
        env={**os.environ, **{name: str(path) for name, path in folders.items()}},
        stdout=log,
        stderr=log,
    )
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status", timeout=2).read()
                break
            assert process.poll() is None, (root / "server.log").read_text()
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", notebooks)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()
