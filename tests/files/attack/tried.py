"""Tries hostile files in this process, which is limited and watched: ``python -m tests.files.attack.tried mrc 0 9``.

Prints what happened as JSON. Memory is limited by the operating system, time by an alarm for each file; the caller ends
a process that no longer listens to it. An audit hook counts programs started, connections, and files written elsewhere.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any

from ais_jupyter.core.data.errors import AisError
from ais_jupyter.core.workflows.describing import describe
from tests.files.attack.mutations import MUTATIONS, splice
from tests.files.test_fuzz import make_files, read_everything

LONGEST = 10  # seconds for one file
MOST_MEMORY = 3 << 30  # bytes above what the process begins with
SPLICES = 0.1  # of all files

STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn")
CONNECTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


class HangError(BaseException):
    """One file took too long."""


class Watch:
    """Counts what no file may cause."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.seen: dict[str, list[str]] = {"executions": [], "connections": [], "stray files": []}
        self.active = False
        sys.addaudithook(self._hook)

    def _hook(self, event: str, details: tuple[Any, ...]) -> None:
        if not self.active:
            return
        if event in STARTS:
            self.seen["executions"].append(f"{event} {details!r}"[:200])
        elif event in CONNECTS:
            self.seen["connections"].append(f"{event} {details!r}"[:200])
        elif event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            name = os.path.abspath(os.fsdecode(details[0])) if isinstance(details[0], (str, bytes)) else ""
            if name and not name.startswith((self.folder, "/dev/null")):
                self.seen["stray files"].append(name)


def main(kind: str, first: int, last: int) -> dict[str, Any]:
    """Try the files of these numbers and return the counts and the worst cases."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        os.chdir(folder)
        tempfile.tempdir = str(folder)  # what is unpacked goes here
        made = make_files(folder)
        goods = {name: path.read_bytes() for name, path in made.items()}
        for path in made.values():  # whatever is imported late is imported now
            read_everything(path)
            describe(path, [])
        watch, names = Watch(folder), sorted(os.listdir(folder))
        found: dict[str, list[str]] = {"hangs": [], "foreign errors": [], "memory": []}
        opened = refused = 0
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MOST_MEMORY, used + MOST_MEMORY))
        signal.signal(signal.SIGALRM, _too_long)
        warnings.simplefilter("ignore")
        path = made[kind]
        for number in range(first, last):
            chance = random.Random(f"{kind} {number}")
            if chance.random() < SPLICES:
                data = splice(goods[kind], goods[chance.choice(list(goods))], chance)
            else:
                data = goods[kind]
                for _ in range(chance.choice([1, 1, 1, 2])):
                    data = _once(chance.choice(MUTATIONS[kind]), data, chance)
            path.write_bytes(data)
            watch.active = True
            signal.alarm(LONGEST)
            try:
                read_everything(path)
                describe(path, [])
                opened += 1
            except AisError as error:
                str(error).encode("utf-8")
                refused += 1
            except HangError:
                found["hangs"].append(f"{kind} {number}")
            except MemoryError:
                found["memory"].append(f"{kind} {number}")
            except BaseException as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                found["foreign errors"].append(
                    f"{kind} {number}: {type(error).__name__}: {error} ({where.filename}:{where.lineno})"[:400]
                )
            finally:
                signal.alarm(0)
                watch.active = False
        strays = sorted(set(os.listdir(folder)) - set(names))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        os.chdir("/")
    return {
        "inputs": last - first, "opened": opened, "refused": refused, "peak memory (MB)": peak, **found, **watch.seen,
        "files left": strays,
    }  # fmt: skip


def _once(mutation: Any, data: bytes, chance: random.Random) -> bytes:
    """Damage once more, where what is already damaged can still be taken apart."""
    try:
        return bytes(mutation(data, chance))
    except Exception:
        return data[: len(data) // 2]


def _too_long(*_: Any) -> None:
    raise HangError


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
