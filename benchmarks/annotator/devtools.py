"""Drives Chromium by the bare DevTools protocol.

Playwright copies every websocket frame to its driver, which would slow down just what is measured here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websocket

FLAGS = [
    "--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--remote-allow-origins=*", "--no-first-run",
    "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
]  # fmt: skip


class Page:
    """One tab."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(url, timeout=300, max_size=None)
        self._number = 0
        self.send("Page.enable")
        self.send("Runtime.enable")
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)  # the notebook shell wants the focus

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        number = self.post(method, **parameters)
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def post(self, method: str, **parameters: Any) -> int:
        """Call a method without waiting for its result."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        return self._number

    def evaluate(self, expression: str) -> Any:
        """Value of an expression in the page; a promise is awaited."""
        found = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            details = found["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return found["result"].get("value")

    def wait(self, expression: str, seconds: float = 60.0) -> Any:
        """Wait until an expression is true in the page."""
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise TimeoutError(f"still not true after {seconds} s: {expression}")
            time.sleep(0.1)
        return value

    def screenshot(self, path: Path) -> None:
        """Save a picture of the page."""
        import base64

        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


@contextmanager
def chromium(script: str, width: int = 1600, height: int = 1300) -> Iterator[Page]:
    """Run Chromium with one empty page, in which `script` runs before every other script of a document."""
    executable = os.environ.get("AIS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        raise SystemExit("no Chromium found; install it or set AIS_CHROMIUM")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [*FLAGS, f"--window-size={width},{height}", f"--user-data-dir={profile}"]
        process = subprocess.Popen([executable, *flags, "about:blank"], stderr=subprocess.DEVNULL)
        try:
            port_file = Path(profile) / "DevToolsActivePort"
            for _ in range(300):
                if port_file.exists() and port_file.read_text().strip():
                    break
                time.sleep(0.1)
            port = port_file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as reply:
                target = next(t for t in json.load(reply) if t["type"] == "page")
            page = Page(target["webSocketDebuggerUrl"])
            page.send("Page.addScriptToEvaluateOnNewDocument", source=script)
            yield page
            page.close()
        finally:
            process.terminate()
            process.wait(10)
