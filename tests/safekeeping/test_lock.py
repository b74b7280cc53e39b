"""Locks: one holder at a time, given up by the dead, on file systems without locks of their own."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ais_jupyter.core.safekeeping import lock as lock_module
from ais_jupyter.core.safekeeping.lock import Lock, is_locked, lock_folder


def test_one_holder_until_released(tmp_path):
    path = tmp_path / "result.mrc"
    lock = Lock.acquire(path)
    assert lock is not None
    assert is_locked(path)
    assert Lock.acquire(path) is None
    lock.release()
    assert not is_locked(path)
    assert list(tmp_path.iterdir()) == []
    assert Lock.acquire(path) is not None


def test_what_is_no_longer_used_is_released(tmp_path):
    assert Lock.acquire(tmp_path / "a") is not None
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Lock.acquire(tmp_path / "none" / "a")


def test_long_names_fit(tmp_path):
    lock = Lock.acquire(tmp_path / ("ö" * 120 + ".mrc"))
    assert lock is not None


def run(code: str, *args: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), *args], stdout=subprocess.PIPE, text=True)


HOLD = """
    import sys, time, pathlib
    from ais_jupyter.core.safekeeping.lock import Lock
    lock = Lock.acquire(pathlib.Path(sys.argv[1]))
    print(lock is not None, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_killed_process_holds_nothing(tmp_path):
    path = tmp_path / "result.mrc"
    process = run(HOLD, str(path))
    assert process.stdout.readline().strip() == "True"
    assert is_locked(path)
    assert Lock.acquire(path) is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not is_locked(path)
    assert Lock.acquire(path) is not None


def test_a_process_elsewhere_holds_it_as_long_as_its_heart_beats(tmp_path):
    path = tmp_path / "result.mrc"
    folder = lock_folder(path)
    folder.mkdir()
    mark = folder / "1.abc.another-machine"
    mark.touch()
    assert Lock.acquire(path) is None
    past = time.time() - lock_module.EXPIRY - 5
    os.utime(mark, (past, past))
    lock = Lock.acquire(path)
    assert lock is not None
    assert not mark.exists()


def test_the_heart_beats(tmp_path):
    lock = Lock.acquire(tmp_path / "a")
    os.utime(lock._mark, (1e9, 1e9))
    lock_module._beat_once()
    assert lock._mark.stat().st_mtime > 1.5e9
    assert lock_module._heart.is_alive()
    assert not lock.lost


def test_a_guard_that_was_left_behind_is_removed(tmp_path):
    path = tmp_path / "result.mrc"
    folder = lock_folder(path)
    folder.mkdir()
    guard = folder.with_name(f"{folder.name}.takeover")
    guard.mkdir()
    past = time.time() - lock_module.EXPIRY - 5
    for one in (folder, guard):
        os.utime(one, (past, past))
    assert Lock.acquire(path) is None  # removes the guard
    assert Lock.acquire(path) is not None


RACE = """
    import sys, pathlib
    from ais_jupyter.core.safekeeping.lock import Lock
    folder = pathlib.Path(sys.argv[1])
    sys.stdin.readline()
    kept = []
    for i in range(300):
        path = folder / f"{i}.mrc"
        if path.exists():
            continue
        lock = Lock.acquire(path)
        if lock is None:
            continue
        if not path.exists():
            with open(folder / f"{i}.done", "a") as file:
                file.write("x")
            path.touch()
        lock.release()
"""


def test_processes_that_race_never_do_the_same_twice(tmp_path):
    for i in range(0, 300, 3):  # some of it was left behind by a process that died
        lock_folder(tmp_path / f"{i}.mrc").mkdir()
        mark = lock_folder(tmp_path / f"{i}.mrc") / "1.abc.elsewhere"
        mark.touch()
        os.utime(mark, (1e9, 1e9))
    code = textwrap.dedent(RACE)
    racers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert [racer.wait(120) for racer in racers] == [0] * 4
    done = {path.stem: path.read_text() for path in Path(tmp_path).glob("*.done")}
    assert all(text == "x" for text in done.values())
    assert len(done) == 300
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
